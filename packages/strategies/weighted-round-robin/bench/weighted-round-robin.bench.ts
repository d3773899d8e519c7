import { pickBench } from '@plimsoll/testkit';

import { weightedRoundRobin as create } from '../src/index.ts';

// Up to 100 targets a period that is worked out ahead, above that deadlines.
pickBench({ create, name: 'weights 1 to 5', weight: (index) => 1 + (index % 5) });
// No whole numbers are in this proportion: deadlines at every size.
pickBench({ create, name: 'square roots', weight: (index) => Math.sqrt(2 + (index % 5)) });
