import { pickBench } from '@plimsoll/testkit';

import { roundRobin } from '../src/index.ts';

pickBench({ create: roundRobin });
