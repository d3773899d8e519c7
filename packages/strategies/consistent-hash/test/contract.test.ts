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

// Two domains of several targets and one of a single one; the shares are of targets, as ever.
for (const algorithm of ['rendezvous', 'maglev', 'jump'] as const) {
  for (const maxLoadPercent of [125, false] as const) {
    strategyContract({
      name: `consistent-hash, ${algorithm}, cache domains, ${maxLoadPercent === false ? 'no bound' : 'bound'}`,
      create: () => consistentHash({ algorithm, maxLoadPercent }),
      target: (index) => ({ cacheDomain: `account-${Math.floor(index / 2) % 3}` }),
      exempt:
        maxLoadPercent === false
          ? [
              {
                clause: 'share-of-rest',
                reason:
                  'The share of a target that is left out goes to others of its domain first.',
              },
            ]
          : [],
    });
  }
}
