import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { bySize, measureHealth, spillOver } from '../src/spill-over.ts';

function healthOf(healthy: number, size: number): number {
  const health = new Int32Array(1);
  measureHealth(0, Float64Array.of(healthy), Float64Array.of(size), health);
  return health[0]!;
}

function spilled(healthy: readonly number[]): number[] {
  const load = new Int32Array(healthy.length);
  spillOver(
    Int32Array.from(healthy, (percent) => healthOf(percent, 100)),
    load,
  );
  return [...load];
}

describe('spillOver', () => {
  // Envoy documentation, "Priority levels", where its code agrees: load_balancer_impl.cc, distributeLoad.
  test.each([
    [
      [100, 100],
      [100, 0],
    ],
    [
      [72, 100],
      [100, 0],
    ],
    [
      [71, 100],
      [99, 1],
    ],
    [
      [50, 100],
      [70, 30],
    ],
    [
      [25, 100],
      [35, 65],
    ],
    [
      [0, 100],
      [0, 100],
    ],
    [
      [50, 50],
      [70, 30],
    ],
    [
      [25, 25],
      [50, 50],
    ],
    [
      [71, 71, 100],
      [99, 1, 0],
    ],
    [
      [50, 50, 100],
      [70, 30, 0],
    ],
    [
      [25, 25, 100],
      [35, 35, 30],
    ],
  ])('healthy %j gives load %j', (healthy, load) => {
    expect(spilled(healthy)).toEqual(load);
  });

  // Rows where the tables of Envoy's documentation say 7/93, 50/50, 25/75 and 36/36/28, and its code computes these.
  test.each([
    [
      [5, 65],
      [8, 92],
    ],
    [
      [50, 60],
      [70, 30],
    ],
    [
      [25, 100],
      [35, 65],
    ],
    [
      [25, 25, 20],
      [37, 35, 28],
    ],
  ])('healthy %j gives load %j, as the code computes it', (healthy, load) => {
    expect(spilled(healthy)).toEqual(load);
  });

  test('treats the degraded parts of tiers as further tiers behind the last', () => {
    // Comment in load_balancer_impl.cc: healthy 10/20/10 %, degraded 20/10/0 % give 16/28/14 and 28/14/0.
    expect(spilled([10, 20, 10, 20, 10, 0])).toEqual([16, 28, 14, 28, 14, 0]);
  });

  test('gives everything to the first tier when none is healthy', () => {
    expect(spilled([0, 0, 0])).toEqual([100, 0, 0]);
  });

  test('always hands out exactly 100 %, none of it to a tier without health while another has some', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 12 }),
        (healthy) => {
          const load = spilled(healthy);
          expect(load.reduce((sum, percent) => sum + percent)).toBe(100);
          if (healthy.some((percent) => percent > 0)) {
            expect(load.filter((percent, tier) => percent > 0 && healthy[tier] === 0)).toEqual([]);
          }
        },
      ),
    );
  });
});

describe('measureHealth', () => {
  test.each([
    [1, 1, 100],
    [5, 7, 100],
    [2, 3, 93],
    [1, 2, 70],
    [1, 4, 35],
    [0, 4, 0],
    [0, 0, 0],
  ])('of %d of %d is %d', (healthy, whole, percent) => {
    expect(healthOf(healthy, whole)).toBe(percent);
  });

  test('loses no percent to the sums of decimal weights', () => {
    // 0.1 + 0.7 + 0.1 is 0.8999999999999999, and 140 times that over 1.8 is 69.99999999999999.
    expect(healthOf(0.1 + 0.7 + 0.1, 1.8)).toBe(70);
  });
});

describe('bySize', () => {
  test.each([
    [
      [1, 1],
      [50, 50],
    ],
    [
      [1, 1, 1],
      [34, 33, 33],
    ],
    [
      [0, 1, 2],
      [0, 34, 66],
    ],
    [
      [3, 1],
      [75, 25],
    ],
  ])('tiers of %j get %j', (sizes, expected) => {
    const load = new Int32Array(sizes.length);
    bySize(Float64Array.from(sizes), load);
    expect([...load]).toEqual(expected);
  });
});
