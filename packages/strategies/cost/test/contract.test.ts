import { strategyContract, turns } from '@plimsoll/testkit';

import { cost } from '../src/index.ts';

const starves = 'A dearer target starves while a cheaper one can serve: that is its use.';

strategyContract({ name: 'cost, no prices', create: () => cost({ within: turns() }) });

strategyContract({
  name: 'cost, equal prices',
  create: () => cost({ within: turns(), maxFirstContentMs: 600 }),
  target: () => ({ price: { input: 1, output: 4, cachedInput: 0.1 } }),
  traits: (pick) => ({ inputTokens: pick % 4000, maxOutputTokens: 100 }),
});

strategyContract({
  name: 'cost, two prices',
  create: () => cost({ within: turns(), maxFirstContentMs: 600 }),
  target: (index) => ({ price: { input: 1 + (index % 2), output: 4 } }),
  exempt: [
    { clause: 'skip', reason: starves },
    { clause: 'reach', reason: starves },
    {
      clause: 'reuse',
      reason: 'The target that comes back is the dearer one, which stays unused.',
    },
  ],
});

strategyContract({
  name: 'cost within cost',
  create: () =>
    cost({ within: cost({ within: turns(), maxFirstContentMs: 700 }), maxFirstContentMs: 600 }),
  target: () => ({ price: { input: 1, output: 4, cachedInput: 0.1 } }),
  traits: (pick) => ({ inputTokens: pick % 4000 }),
});
