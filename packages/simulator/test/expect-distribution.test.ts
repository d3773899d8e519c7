import { balancer, fleet, type TargetOptions } from '@plimsoll/balancer';
import { seededRandom, type StrategyDefinition } from '@plimsoll/core';
import { consistentHash } from '@plimsoll/strategy-consistent-hash';
import { random } from '@plimsoll/strategy-random';
import { weightedRoundRobin } from '@plimsoll/strategy-weighted-round-robin';
import { expect, test } from 'vitest';

import { EventClock } from '../src/event-clock.ts';
import { expectDistribution } from '../src/index.ts';

const SIXTY_FORTY = [
  { id: 'a', weight: 3 },
  { id: 'b', weight: 2 },
];

function pool(
  strategy: StrategyDefinition,
  targets: readonly TargetOptions[] = SIXTY_FORTY,
): ReturnType<typeof balancer> {
  const world = fleet({ clock: new EventClock(0), random: seededRandom(4) });
  return balancer({ strategy, targets, fleet: world });
}

test('turns split exactly', async () => {
  await expectDistribution(pool(weightedRoundRobin()), {
    requests: 1000,
    shares: { a: 0.6, b: 0.4 },
    tolerance: 'exact',
  });
});

test('chance splits within three standard deviations', async () => {
  await expectDistribution(pool(random()), { requests: 5000, shares: { a: 0.6, b: 0.4 } });
});

test('keys split as they should', async () => {
  await expectDistribution(pool(consistentHash()), {
    requests: 5000,
    shares: { a: 0.6, b: 0.4 },
    traits: (index) => ({ hashKey: `user-${index}` }),
  });
});

test('wrong shares are shown in a table', async () => {
  const wrong = expectDistribution(pool(weightedRoundRobin()), {
    requests: 1000,
    shares: { a: 0.5, b: 0.5 },
    tolerance: 0.02,
  });
  await expect(wrong).rejects.toThrow(
    [
      'expectDistribution: shares of 1000 requests are off',
      'target  requests   share  expected  off by  allowed',
      'a            600  60.00%    50.00%  10.00%    2.00%  WRONG',
      'b            400  40.00%    50.00%  10.00%    2.00%  WRONG',
    ].join('\n'),
  );
});

test('a target that is not named should get nothing', async () => {
  const wrong = expectDistribution(pool(weightedRoundRobin()), {
    requests: 10,
    shares: { a: 1 },
  });
  await expect(wrong).rejects.toThrow(/^b +4 +40\.00% +0\.00% +40\.00% +0\.00% +WRONG$/m);
});

test('exact means by less than one request', async () => {
  const even = { requests: 7, shares: { a: 0.5, b: 0.5 }, tolerance: 'exact' } as const;
  const targets = [{ id: 'a' }, { id: 'b' }];
  await expectDistribution(pool(weightedRoundRobin(), targets), even);
  // One request of two went elsewhere.
  const all = { requests: 2, shares: { a: 1 }, tolerance: 'exact' } as const;
  const uneven = expectDistribution(pool(weightedRoundRobin(), targets), all);
  await expect(uneven).rejects.toThrow('WRONG');
});

test('a pool without an admissible target is no distribution', async () => {
  const result = expectDistribution(pool(random()), {
    requests: 10,
    shares: { a: 1 },
    traits: () => ({ pin: 'c' }),
  });
  await expect(result).rejects.toMatchObject({ code: 'ERR_PLIMSOLL_NO_TARGET' });
});

test.for([
  [{ requests: 0, shares: { a: 1 } }, '`requests` must be an integer >= 1, got 0'],
  [{ requests: 1, shares: { c: 1 } }, '`shares` must be of targets (a, b), got "c"'],
  [{ requests: 1, shares: { a: 0.5 } }, '`shares` must be shares that add up to 1, got 0.5'],
  [{ requests: 1, shares: { a: 2, b: -1 } }, '`shares.b` must be >= 0, got -1'],
  [
    { requests: 1, shares: { a: 1 }, tolerance: -1 },
    "`tolerance` must be a number >= 0 or 'exact', got -1",
  ],
] as const)('%j is refused', async ([options, message]) => {
  await expect(expectDistribution(pool(random()), options)).rejects.toThrow(
    `expectDistribution: ${message}`,
  );
});
