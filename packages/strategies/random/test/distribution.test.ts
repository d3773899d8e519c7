import { manualClock, seededRandom, snapshotOf, testView } from '@plimsoll/testkit';
import { expect, test } from 'vitest';

import { random } from '../src/index.ts';

const picks = 100_000;

/** Chi-square of `picks` picks against shares in proportion to `expected`, with weights and some targets left out. */
function chiSquare(
  weights: number[],
  leftOut: number[],
  expected: number[],
  weighted = true,
): number {
  const snapshot = snapshotOf(weights);
  const strategy = random({ weighted }).create({ random: seededRandom(5), clock: manualClock() });
  strategy.update(snapshot);
  const view = testView(snapshot);
  for (const slot of leftOut) view.admissible[slot] = 0;
  const counts = weights.map(() => 0);
  for (let pick = 0; pick < picks; pick++) counts[strategy.pick(view, {}, 0)]!++;
  const whole = expected.reduce((sum, part) => sum + part, 0);
  return expected.reduce((sum, part, slot) => {
    const mean = (picks * part) / whole;
    return sum + (mean === 0 ? Infinity * counts[slot]! || 0 : (counts[slot]! - mean) ** 2 / mean);
  }, 0);
}

// Critical values of the chi-square distribution at a probability of 0.001: one seed in a thousand would fail by chance,
// and the seed is fixed. With 100,000 picks over 4 targets a share that is off by two hundredths of itself is seen.
const limits = { 1: 10.83, 2: 13.82, 3: 16.27, 4: 18.47 };

test('draws every target alike when weights are equal', () => {
  expect(chiSquare([2, 2, 2, 2], [], [1, 1, 1, 1])).toBeLessThan(limits[3]);
});

test('draws by weight', () => {
  expect(chiSquare([5, 3, 2, 0.5, 7], [], [5, 3, 2, 0.5, 7])).toBeLessThan(limits[4]);
});

test('draws every target alike when told to ignore weights', () => {
  expect(chiSquare([5, 3, 2], [], [1, 1, 1], false)).toBeLessThan(limits[2]);
});

test('keeps proportions among the others while one is left out', () => {
  expect(chiSquare([5, 3, 2, 7], [3], [5, 3, 2, 0])).toBeLessThan(limits[2]);
});

test('keeps proportions where nearly all picks have to look the admitted targets up', () => {
  // The two that are admitted have a thousandth of the weight: 16 draws find one of them in 1.6 % of the picks.
  const weights = [1, 2, ...Array.from({ length: 8 }, () => 375)];
  const leftOut = [...weights.keys()].slice(2);
  expect(chiSquare(weights, leftOut, weights.with(2, 0).fill(0, 2))).toBeLessThan(limits[1]);
});
