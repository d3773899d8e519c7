import { seededRandom, snapshotOf, testTrace } from '@plimsoll/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { consistentHash, type ConsistentHashOptions } from '../src/index.ts';
import { countsOf, keysOf, nodes, poolOf } from './pool.ts';

const algorithms = ['rendezvous', 'maglev', 'ring', 'jump'] as const;
const providers = [
  'openai-1',
  'openai-2',
  'azure-eu',
  'azure-us',
  'anthropic-1',
  'google-1',
  'groq',
  'mistral',
];
const users = Array.from({ length: 8 }, (_, index) => `user-${index + 1}`);

// These must never change: all processes of a fleet, old and new, have to agree. The rendezvous rows were made by another
// implementation, from MurmurHash3 and the formula.
describe('golden vectors', () => {
  const members = providers.map((id) => ({ id }));
  const weighted = providers.map((id, index) => ({ id, weight: index + 1 }));

  test.each([
    [
      'rendezvous',
      members,
      'azure-us anthropic-1 azure-eu azure-us mistral azure-eu azure-eu azure-us',
    ],
    [
      'rendezvous',
      weighted,
      'azure-us anthropic-1 azure-us azure-us mistral groq mistral azure-us',
    ],
    ['maglev', members, 'openai-1 mistral azure-us azure-us google-1 openai-1 google-1 google-1'],
    ['maglev', weighted, 'google-1 mistral azure-us google-1 google-1 groq google-1 google-1'],
    ['ring', members, 'groq azure-us groq anthropic-1 azure-eu anthropic-1 openai-2 mistral'],
    ['jump', members, 'groq openai-1 mistral openai-1 openai-2 azure-us openai-2 openai-2'],
  ] as const)('of %s', (algorithm, pool, expected) => {
    const { idOf } = poolOf(pool, { algorithm });
    expect(users.map(idOf).join(' ')).toBe(expected);
  });
});

test('takes rendezvous up to 64 targets and Maglev above', () => {
  for (const [count, algorithm] of [
    [64, 'rendezvous'],
    [65, 'maglev'],
  ] as const) {
    const auto = poolOf(nodes(count));
    const named = poolOf(nodes(count), { algorithm });
    expect(keysOf(500).map(auto.idOf)).toEqual(keysOf(500).map(named.idOf));
  }
});

test('goes by ids: slots and the order of the configuration change nothing, but for jump', () => {
  const random = seededRandom(3);
  const shuffled = [...nodes(8)].sort(() => random.float() - 0.5);
  for (const algorithm of ['rendezvous', 'maglev', 'ring'] as const) {
    const plain = poolOf(nodes(8), { algorithm });
    const other = poolOf(shuffled, { algorithm });
    expect(keysOf(300).map(other.idOf)).toEqual(keysOf(300).map(plain.idOf));
  }
});

test.each(['rendezvous', 'ring'] as const)(
  '%s moves the keys of a removed target only',
  (algorithm) => {
    const before = poolOf(nodes(8), { algorithm });
    for (let gone = 0; gone < 8; gone++) {
      const after = poolOf(nodes(8).toSpliced(gone, 1), { algorithm });
      for (const key of keysOf(1000)) {
        const was = before.idOf(key);
        if (was !== `node-${gone}`) expect(after.idOf(key)).toBe(was);
      }
    }
  },
);

test('jump moves the keys of the last target only, when that goes', () => {
  const before = poolOf(nodes(8), { algorithm: 'jump' });
  const after = poolOf(nodes(7), { algorithm: 'jump' });
  for (const key of keysOf(1000)) {
    const was = before.idOf(key);
    if (was !== 'node-7') expect(after.idOf(key)).toBe(was);
  }
});

test.each(algorithms)(
  '%s skips a target that is left out: its keys go to all others, and come back',
  (algorithm) => {
    const pool = poolOf(nodes(8), { algorithm });
    const keys = keysOf(8000);
    const before = keys.map(pool.idOf);
    pool.view.admissible[2] = 0;
    const moved = new Map<string, number>();
    for (const [index, key] of keys.entries()) {
      const id = pool.idOf(key);
      if (before[index] === 'node-2') moved.set(id, (moved.get(id) ?? 0) + 1);
      else expect(id).toBe(before[index]);
    }
    pool.view.admissible[2] = 1;
    expect(keys.map(pool.idOf)).toEqual(before);
    // About 1,000 keys over 7 targets: 143 each, with a standard deviation of 11; a ring's shares are uneven by 8 % more.
    expect(moved.size).toBe(7);
    expect(Math.max(...moved.values())).toBeLessThan(143 * 1.5);
    expect(Math.min(...moved.values())).toBeGreaterThan(143 / 1.5);
  },
);

test('rendezvous skips a target as if it were removed', () => {
  const weights = [1, 2, 3, 4, 5];
  for (const [gone] of weights.entries()) {
    const members = weights.map((weight, index) => ({ id: `node-${index}`, weight }));
    const without = poolOf(members.toSpliced(gone, 1));
    const skipping = poolOf(members);
    skipping.view.admissible[gone] = 0;
    expect(keysOf(500).map(skipping.idOf)).toEqual(keysOf(500).map(without.idOf));
  }
});

test('rendezvous moves keys to a target whose weight grows, and none between others', () => {
  const weights = [1, 2, 3, 4];
  const membersOf = (first: number): { id: string; weight: number }[] =>
    weights.with(0, first).map((weight, index) => ({ id: `node-${index}`, weight }));
  const before = poolOf(membersOf(1));
  const after = poolOf(membersOf(2));
  let moved = 0;
  for (const key of keysOf(3000)) {
    if (after.idOf(key) === before.idOf(key)) continue;
    expect(after.idOf(key)).toBe('node-0');
    moved++;
  }
  // From 1 / 10 to 2 / 11 of 3,000 keys: 245, with a standard deviation of 15.
  expect(Math.abs(moved - 245)).toBeLessThan(45);
});

// Shares are exact: of 200,000 keys each target is within 3 standard deviations of its weight.
test.each([[[1, 1, 1, 1, 1, 1, 1, 1]], [[3, 1]], [[5, 1, 3, 1]], [[0.1, 0.7, 2.5, 100]]])(
  'gives keys by the weights %j',
  (weights) => {
    const keys = 200_000;
    const pool = poolOf(weights);
    const counts = [...countsOf(pool, keysOf(keys)).values()];
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (const [index, weight] of weights.entries()) {
      const share = weight / total;
      const deviation = Math.sqrt(keys * share * (1 - share));
      expect(Math.abs(counts[index]! - keys * share)).toBeLessThan(3 * deviation);
    }
  },
);

describe('a request without a key', () => {
  test.each([[undefined], ['']])('given as %j goes anywhere, by weight', (key) => {
    const pool = poolOf([3, 1], { maxLoadPercent: false });
    let heavy = 0;
    for (let pick = 0; pick < 20_000; pick++) heavy += pool.idOf(key) === 'target-0' ? 1 : 0;
    // Three standard deviations of 20,000 draws are 184.
    expect(Math.abs(heavy - 15_000)).toBeLessThan(184);
  });
});

test('says every score, the least of which has the key', () => {
  for (const weights of [
    [1, 1, 1],
    [1, 2, 3],
  ]) {
    const pool = poolOf(weights);
    const trace = testTrace();
    pool.view.trace = trace;
    const slot = pool.strategy.pick(pool.view, { hashKey: 'user-1' }, 0);
    const [least] = [...trace.scores].sort(([, a], [, b]) => a - b);
    expect(trace.scores.size).toBe(3);
    expect(least![0]).toBe(slot);
  }
});

test('gives a target that takes another’s slot keys of its own', () => {
  const pool = poolOf(nodes(4));
  pool.strategy.update(snapshotOf([...nodes(3), { id: 'newcomer' }], { version: 2 }));
  const fresh = poolOf([...nodes(3), { id: 'newcomer' }]);
  for (const key of keysOf(500)) {
    expect(pool.strategy.pick(pool.view, { hashKey: key }, 0)).toBe(
      fresh.strategy.pick(fresh.view, { hashKey: key }, 0),
    );
  }
});

test('gives two targets whose ids have the same hash keys of their own', () => {
  // MurmurHash3 of both is 0x86246917.
  const pool = poolOf([{ id: 'key-38275' }, { id: 'key-112907' }]);
  const counts = [...countsOf(pool, keysOf(1000)).values()];
  expect(Math.min(...counts)).toBeGreaterThan(400);
});

test('answers a member for every key there is', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...algorithms),
      fc.integer({ min: 1, max: 70 }),
      (key, algorithm, count) => {
        const pool = poolOf(nodes(count), { algorithm });
        const id = pool.idOf(key);
        expect(id).toMatch(/^node-/);
        if (key !== '') expect(pool.idOf(key)).toBe(id);
      },
    ),
    { numRuns: 60 },
  );
});

test.each([
  [
    { algorithm: 'md5' },
    'consistentHash: `algorithm` must be one of auto, rendezvous, maglev, ring, jump, got "md5"',
  ],
  [
    { maxLoadPercent: 99 },
    'consistentHash: `maxLoadPercent` must be an integer from 100 to 10000, or false, got 99',
  ],
  [
    { maxLoadPercent: 1.25 },
    'consistentHash: `maxLoadPercent` must be an integer from 100 to 10000, or false, got 1.25',
  ],
  [{ minInFlight: 0 }, 'consistentHash: `minInFlight` must be an integer >= 1, got 0'],
])('refuses %j', (options, message) => {
  expect(() => consistentHash(options as ConsistentHashOptions)).toThrow(message);
});
