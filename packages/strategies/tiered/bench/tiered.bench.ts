import { pickBench, turns } from '@plimsoll/testkit';

import { tiered } from '../src/index.ts';

for (const overflow of ['strict', 'by-health'] as const) {
  pickBench({
    name: `tiered, ${overflow}, three tiers`,
    create: () => tiered({ within: turns(), overflow }),
    target: (index) => ({ tier: index % 3 }),
  });
}
