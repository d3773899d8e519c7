import { pickBench } from '@plimsoll/testkit';

import { random } from '../src/index.ts';

pickBench({ create: random, name: 'random, equal weights' });
pickBench({ create: random, name: 'random, weights 1 to 5', weight: (index) => 1 + (index % 5) });
