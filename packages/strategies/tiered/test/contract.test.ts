import { strategyContract, turns } from '@plimsoll/testkit';

import { tiered } from '../src/index.ts';

strategyContract({ name: 'tiered, one tier', create: () => tiered({ within: turns() }) });

strategyContract({
  name: 'tiered by health, one tier',
  create: () => tiered({ within: turns(), overflow: 'by-health' }),
});

strategyContract({
  name: 'tiered, two tiers',
  create: () => tiered({ within: turns() }),
  target: (index) => ({ tier: index % 2 }),
  exempt: [
    {
      clause: 'skip',
      reason: 'A later tier starves while an earlier one can serve: that is its use.',
    },
    {
      clause: 'reach',
      reason: 'A later tier starves while an earlier one can serve: that is its use.',
    },
    {
      clause: 'reuse',
      reason: 'The target that comes back is in the second tier, which stays unused.',
    },
  ],
});

strategyContract({
  name: 'tiered within tiered',
  create: () =>
    tiered({ within: tiered({ within: turns(), overflow: 'by-health' }), overflow: 'by-health' }),
});
