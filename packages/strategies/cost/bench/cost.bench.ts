import { pickBench, turns } from '@plimsoll/testkit';

import { cost } from '../src/index.ts';

for (const prices of [1, 10, 100]) {
  pickBench({
    name: `cost, up to ${prices} different prices`,
    create: () => cost({ within: turns() }),
    target: (index) => {
      const input = 1 + (index % prices);
      return { price: { input, output: 4 * input, cachedInput: input / 10 } };
    },
    traits: (pick) => ({ inputTokens: 100 * pick }),
  });
}
