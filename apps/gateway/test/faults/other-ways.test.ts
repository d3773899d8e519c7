import { faultRows } from '@plimsoll/testkit';

import { faultSuite } from './fault-suite.ts';
import { throughGateway } from './through-gateway.ts';
import { byCompletions, byResponses } from './ways.ts';

/**
 * What is asked of one request. No target can go on with an answer that is no chat completion, so rows of rescue say
 * nothing here; those of minutes of traffic are about picking, which knows no dialects.
 */
const rows = faultRows.filter(
  ({ options, traffic = {} }) => options?.rescue === undefined && !('perSecond' in traffic),
);

for (const way of [byCompletions, byResponses]) faultSuite(throughGateway(way), rows);
