import { manualClock, seededRandom, snapshotOf, testView } from '@plimsoll/testkit';
import { expect, test } from 'vitest';

import { quotaHeadroom, type QuotaHeadroomOptions } from '../src/index.ts';

/** Picks on each target while every request uses 1 of its limit. */
function counts(
  limits: readonly number[],
  picks: number,
  options?: QuotaHeadroomOptions,
): number[] {
  const snapshot = snapshotOf(limits.map(() => 1));
  const view = testView(snapshot);
  const strategy = quotaHeadroom(options).create({ random: seededRandom(3), clock: manualClock() });
  strategy.update(snapshot);
  const used = limits.map(() => 0);
  for (let pick = 0; pick < picks; pick++) {
    const slot = strategy.pick(view, {}, 0);
    used[slot]!++;
    view.quota[slot] = 1 - used[slot]! / limits[slot]!;
  }
  return used;
}

test('uses limits of 100, 300 and 600 in proportion to them, to the last request', () => {
  expect(counts([100, 300, 600], 10)).toEqual([1, 3, 6]);
  expect(counts([100, 300, 600], 500)).toEqual([50, 150, 300]);
  expect(counts([100, 300, 600], 1000)).toEqual([100, 300, 600]);
});

test('without limits splits evenly', () => {
  const used = counts([Infinity, Infinity, Infinity], 300);
  expect(used).toEqual([100, 100, 100]);
});

// Two draws at a time correct only what is drawn: a target with three times the limit is drawn no more often, so it is
// below its part, 75 %, by what the draws cannot see, and above the half that draws alone would give.
test('in a large pool leans to the larger limits', () => {
  const limits = Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? 3000 : 1000));
  const used = counts(limits, 100_000);
  const large = used.filter((_, index) => index % 2 === 0).reduce((sum, count) => sum + count, 0);
  expect(large / 100_000).toBeGreaterThan(0.7);
  expect(large / 100_000).toBeLessThan(0.76);
});
