import { seededRandom } from '@plimsoll/testkit';
import { expect, test } from 'vitest';

import { counts, sequence } from './sequence.ts';

test('splits 300 requests 3:2 into 180 and 120', () => {
  expect(counts(sequence([3, 2]).next(300), 2)).toEqual([180, 120]);
});

test.each([
  ['a period worked out ahead', [2, 5, 3]],
  ['deadlines', [2, 5, 3 * (1 + 1e-6)]],
])(
  'gives a target that slow start admits to 3 turns in 10 that part of its share, by %s',
  (_, weights) => {
    const random = seededRandom(11);
    const { view, next } = sequence(weights);
    const rounds = 2000;
    const taken = { a: 0, b: 0, c: 0 };
    // `b` has 5 turns in a round and keeps them all.
    while (taken.b < 5 * rounds) {
      view.admissible[0] = random.float() < 0.3 ? 1 : 0;
      taken[next(1) as 'a' | 'b' | 'c']++;
    }
    // Each of the 2 turns of `a` in a round is a draw of its own, as they do not follow each other: four standard
    // deviations of 4,000 draws at 0.3 are 4 * sqrt(4000 * 0.3 * 0.7) = 116.
    expect(Math.abs(taken.a - 2 * rounds * 0.3)).toBeLessThanOrEqual(116);
    expect(Math.abs(taken.c - 3 * rounds)).toBeLessThanOrEqual(2);
  },
);
