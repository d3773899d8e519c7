import { pickBench, turns } from '@plimsoll/testkit';

import { rules } from '../src/index.ts';

for (const count of [1, 10]) {
  pickBench({
    name: `rules, ${count}, of which the last one matches every second request`,
    create: () =>
      rules({
        rules: Array.from({ length: count }, (_, index) => ({
          when: (request) => (request.inputTokens ?? 0) > 1000 * (count - index),
          use: turns(),
        })),
        otherwise: turns(),
      }),
    traits: (pick) => ({ inputTokens: 999 + 2 * (pick % 2) }),
  });
}
