import { describe, expect, test } from 'vitest';

import { RingPlacement } from '../src/ring.ts';

const names = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `bucket-${index}`);
const equal = (count: number): Float64Array => new Float64Array(count).fill(1);

/** The part of the circle that each member has, times the number of members. */
function sizes({ points, owners }: RingPlacement, members: number): number[] {
  const parts = Array.from({ length: members }, () => 0);
  for (const [index, point] of points.entries()) {
    const previous = index === 0 ? points.at(-1)! - 2 ** 32 : points[index - 1]!;
    parts[owners[index]!]! += point - previous;
  }
  return parts.map((part) => (part * members) / 2 ** 32);
}

describe('ring', () => {
  // Lamping and Veach 2014, table 1: the standard error of 1,000 buckets with 1, 10, 100 and 1,000 points each is
  // 0.9979060, 0.3151810, 0.0996996 and 0.0315723; in closed form sqrt((n - 1) / (n V + 1)). Estimated from 1,000
  // buckets a standard deviation is itself uncertain by 2 % (and by 5 % for one point, whose sizes are exponential).
  test.each([
    [1, 0.997906, 0.15],
    [10, 0.315181, 0.07],
    [100, 0.0996996, 0.07],
    [1000, 0.0315723, 0.07],
  ])('of %d points per member is uneven as published', (pointsEach, error, tolerance) => {
    const parts = sizes(new RingPlacement(names(1000), equal(1000), 1000, pointsEach), 1000);
    const measured = Math.sqrt(parts.reduce((sum, part) => sum + (part - 1) ** 2, 0) / 1000);
    expect(Math.abs(measured / error - 1)).toBeLessThan(tolerance);
  });

  // By simulation of libketama with its 160 MD5 points: from 4, 9, 10 and 20 servers to one more, 20.69, 9.42, 8.21 and
  // 4.55 % of the keys move, where 20, 10, 9.09 and 4.76 % must; none moves between old servers. What the new server
  // takes has a standard deviation of 1 / sqrt(160) = 8 % of its share.
  test.each([
    [4, 20],
    [9, 10],
    [10, 9.09],
    [20, 4.76],
  ])('of %d members gives a new one its share, from nobody to anybody else', (count, percent) => {
    const before = new RingPlacement(names(count), equal(count));
    const after = new RingPlacement(names(count + 1), equal(count + 1));
    let moved = 0;
    const keys = 100_000;
    for (let key = 0; key < keys; key++) {
      const hash = Math.imul(key, 0x9e3779b1);
      const now = after.place(hash);
      if (now === before.place(hash)) continue;
      expect(now).toBe(count);
      moved++;
    }
    expect(Math.abs((100 * moved) / keys / percent - 1)).toBeLessThan(3 * 0.08);
  });

  test('gives points by weight, and leaves those of others alone when one member goes', () => {
    const weights = Float64Array.of(1, 3, 2, 2);
    const before = new RingPlacement(names(4), weights);
    const count = (member: number): number =>
      before.owners.filter((owner) => owner === member).length;
    expect([0, 1, 2, 3].map(count)).toEqual([80, 240, 160, 160]);
    const after = new RingPlacement(names(3), weights.subarray(0, 3));
    for (let key = 0; key < 20_000; key++) {
      const hash = Math.imul(key, 0x9e3779b1);
      const member = before.place(hash);
      if (member !== 3) expect(after.place(hash)).toBe(member);
    }
  });

  test('gives a member that stands for three targets the points of three', () => {
    const { owners } = new RingPlacement(['one', 'three'], Float64Array.of(1, 3), 4);
    expect(owners.filter((owner) => owner === 0).length).toBe(160);
    expect(owners.filter((owner) => owner === 1).length).toBe(480);
  });

  test('goes around: a key above the last point belongs to the first', () => {
    const ring = new RingPlacement(names(3), equal(3));
    expect(ring.place(-1)).toBe(ring.owners[0]);
  });
});
