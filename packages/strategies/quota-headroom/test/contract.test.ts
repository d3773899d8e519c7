import type { StrategyDefinition } from '@plimsoll/core';
import { strategyContract } from '@plimsoll/testkit';

import { quotaHeadroom } from '../src/index.ts';

strategyContract({ create: () => quotaHeadroom() });

// Every pool larger than one target is drawn from.
strategyContract({
  name: 'quota-headroom, drawn choices',
  create: () => quotaHeadroom({ exactUpTo: 1 }),
});

strategyContract({
  name: 'quota-headroom within quota-headroom',
  create: (): StrategyDefinition => quotaHeadroom({ within: quotaHeadroom(), tolerance: 0.1 }),
});
