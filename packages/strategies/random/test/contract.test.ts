import { strategyContract } from '@plimsoll/testkit';

import { random } from '../src/index.ts';

strategyContract({ create: random });
strategyContract({ name: 'random, weighted: false', create: () => random({ weighted: false }) });
