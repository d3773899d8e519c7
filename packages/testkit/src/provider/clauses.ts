import {
  endsErrorsAlone,
  keepsOrder,
  marksContent,
  reportsUsage,
  returnsFirst,
} from './answer-clauses.ts';
import type { ProviderClause } from './clause.ts';
import {
  abortsFromWithin,
  abortsStream,
  abortsUnanswered,
  pauses,
  toleratesLateControl,
} from './control-clauses.ts';
import { failsBrokenOff, failsUnreached, neverThrows } from './failure-clauses.ts';
import { keepsSecret } from './secret-clause.ts';

/** All clauses, in the order in which they are run. */
export const providerClauses: readonly ProviderClause[] = [
  returnsFirst,
  keepsOrder,
  endsErrorsAlone,
  failsUnreached,
  failsBrokenOff,
  neverThrows,
  abortsUnanswered,
  abortsStream,
  abortsFromWithin,
  toleratesLateControl,
  pauses,
  marksContent,
  reportsUsage,
  keepsSecret,
];
