import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { jump } from '../src/jump.ts';

function bucketOf(key: bigint, buckets: number): number {
  return jump(Number(key >> 32n) | 0, Number(key & 0xffffffffn) | 0, buckets);
}

// Lamping and Veach 2014, figure 1, in 64-bit integers.
function publishedBucketOf(key: bigint, buckets: number): number {
  let state = BigInt.asUintN(64, key);
  let bucket = -1;
  let next = 0;
  while (next < buckets) {
    bucket = next;
    state = BigInt.asUintN(64, state * 2862933555777941757n + 1n);
    next = Math.floor((bucket + 1) * (2 ** 31 / (Number(state >> 33n) + 1)));
  }
  return bucket;
}

describe('jump', () => {
  // The vectors of the tests of Google Guava's Hashing.consistentHash and of go-jump.
  test('puts keys 0 to 19 into 100 buckets as published', () => {
    expect(Array.from({ length: 20 }, (_, key) => bucketOf(BigInt(key), 100))).toEqual([
      0, 55, 62, 8, 45, 59, 86, 97, 82, 59, 73, 37, 17, 56, 86, 21, 90, 37, 38, 83,
    ]);
  });

  test.each([
    [10863919174838991n, 11, 6],
    [2016238256797177309n, 11, 3],
    [1673758223894951030n, 11, 5],
    [2n, 100001, 80343],
    [2201n, 100001, 22152],
    [2202n, 100001, 15018],
    [256n, 1024, 520],
  ])('puts key %d into %d buckets as published', (key, buckets, expected) => {
    expect(bucketOf(key, buckets)).toBe(expected);
  });

  test.each([
    [1n, [0, 0, 0, 0, 0, 0, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 17, 17]],
    [0xdeadbeefn, [0, 1, 2, 3, 3, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 16, 16, 16]],
  ])('puts key %d into 1 to 19 buckets as published', (key, expected) => {
    expect(expected.map((_, index) => bucketOf(key, index + 1))).toEqual(expected);
  });

  test('is the published loop, for any 64-bit key', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        fc.integer({ min: 1, max: 100_000 }),
        (key, buckets) => {
          expect(bucketOf(key, buckets)).toBe(publishedBucketOf(key, buckets));
        },
      ),
    );
  });

  // Each bucket more takes its share 1 / (n + 1) from the others: of 10,000 keys 909 go from 10 to 11 buckets, with a
  // standard deviation of 29.
  test('moves keys to the new bucket only, and as many as it must', () => {
    let moved = 0;
    for (let key = 0n; key < 10_000n; key++) {
      const before = bucketOf((key * 0x9e3779b97f4a7c15n) % 2n ** 64n, 10);
      const after = bucketOf((key * 0x9e3779b97f4a7c15n) % 2n ** 64n, 11);
      if (after === before) continue;
      expect(after).toBe(10);
      moved++;
    }
    expect(Math.abs(moved - 909)).toBeLessThan(3 * 29);
  });
});
