import { strategyContract, turns } from '@plimsoll/testkit';

import { geo } from '../src/index.ts';

const starves = 'A farther region starves while the nearest one can serve: that is its use.';

strategyContract({ name: 'geo, no regions', create: () => geo({ within: turns() }) });

strategyContract({
  name: 'geo, users of one region',
  create: () => geo({ within: turns() }),
  target: (index) => ({ region: index % 2 === 0 ? 'eu-west-1' : 'us-east-1' }),
  traits: () => ({ region: 'eu' }),
  exempt: [
    { clause: 'skip', reason: starves },
    { clause: 'reach', reason: starves },
    {
      clause: 'reuse',
      reason: 'The target that comes back is in the farther region, which stays unused.',
    },
  ],
});

strategyContract({
  name: 'geo, users of two regions',
  create: () => geo({ within: turns() }),
  target: (index) => ({ region: index % 2 === 0 ? 'eu-west-1' : 'us-east-1' }),
  traits: (pick) => ({ region: pick % 2 === 0 ? 'uksouth' : 'us-west' }),
});

strategyContract({
  name: 'geo by latency',
  create: () => geo({ within: turns(), nearest: 'latency' }),
  target: (index) => ({ region: index % 2 === 0 ? 'eu-west-1' : 'us-east-1' }),
  exempt: [
    { clause: 'skip', reason: starves },
    { clause: 'reach', reason: starves },
    {
      clause: 'reuse',
      reason: 'The target that comes back is in the slower region, which stays unused.',
    },
  ],
});

strategyContract({
  name: 'geo within geo',
  create: () => geo({ within: geo({ within: turns(), nearest: 'latency' }) }),
  target: (index) => ({ region: index % 2 === 0 ? 'eu-west-1' : 'us-east-1' }),
  traits: (pick) => ({ region: pick % 2 === 0 ? 'uksouth' : 'us-west' }),
});
