import { strategyContract } from '@plimsoll/testkit';

import { consistentHash } from '../src/index.ts';

strategyContract({ create: () => consistentHash() });

// Without a bound shares are promised, and checked.
for (const algorithm of ['rendezvous', 'maglev', 'jump'] as const) {
  strategyContract({
    name: `consistent-hash, ${algorithm}, no bound`,
    create: () => consistentHash({ algorithm, maxLoadPercent: false }),
  });
}

strategyContract({
  name: 'consistent-hash, ring',
  create: () => consistentHash({ algorithm: 'ring' }),
});

strategyContract({
  name: 'consistent-hash, requests without a key',
  create: () => consistentHash({ maxLoadPercent: false }),
  traits: () => ({}),
});
