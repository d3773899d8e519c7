import { strategyContract } from '@plimsoll/testkit';

import { weightedRoundRobin } from '../src/index.ts';

strategyContract({ create: weightedRoundRobin });
