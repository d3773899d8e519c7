import { strategyContract } from '@plimsoll/testkit';

import { roundRobin } from '../src/index.ts';

strategyContract({ create: roundRobin });
