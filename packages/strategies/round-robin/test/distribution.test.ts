import { manualClock, seededRandom, snapshotOf, testView } from '@plimsoll/testkit';
import { expect, test } from 'vitest';

import { roundRobin } from '../src/index.ts';

function countsOf(slots: number[], targets: number): number[] {
  const counts = Array.from({ length: targets }, () => 0);
  for (const slot of slots) counts[slot]!++;
  return counts;
}

function picks(seed: number, targets: number, count: number): number[] {
  const snapshot = snapshotOf(Array.from({ length: targets }, () => 1));
  const strategy = roundRobin().create({ random: seededRandom(seed), clock: manualClock() });
  strategy.update(snapshot);
  const view = testView(snapshot);
  return Array.from({ length: count }, () => strategy.pick(view, {}, 0));
}

test('gives 3 targets 100 of 300 requests each', () => {
  expect(countsOf(picks(1, 3, 300), 3)).toEqual([100, 100, 100]);
});

test('starts at every target equally often', () => {
  const firsts = Array.from({ length: 4000 }, (_, seed) => picks(seed, 4, 1)[0]!);
  // Four standard deviations of 4,000 draws at a quarter: 4 * sqrt(4000 * 0.25 * 0.75) = 110. Neighbouring seeds that
  // were not mixed would give one target nearly all, or all a quarter to the last one.
  for (const count of countsOf(firsts, 4)) expect(Math.abs(count - 1000)).toBeLessThanOrEqual(110);
});
