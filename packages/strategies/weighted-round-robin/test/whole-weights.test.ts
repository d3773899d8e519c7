import { expect, test } from 'vitest';

import { wholeWeights } from '../src/whole-weights.ts';

test.each([
  [
    [0.5, 0.3, 0.2],
    [5, 3, 2],
  ],
  [
    [70, 30],
    [7, 3],
  ],
  [
    [1, 1, 1],
    [1, 1, 1],
  ],
  [
    [1 / 3, 1 / 7],
    [7, 3],
  ],
  [
    [4095, 1],
    [4095, 1],
  ],
  [
    [1.5, 1],
    [3, 2],
  ],
])('finds the smallest whole numbers for %j', (weights, whole) => {
  expect([...wholeWeights(Float64Array.from(weights), 4096)!]).toEqual(whole);
});

test.each([
  [[4096, 1]],
  [[Math.SQRT2, 1]],
  [[1e300, 1]],
  [[0.70001, 0.29999]],
  [Array.from({ length: 4097 }, () => 1)],
])('finds none of a sum up to 4,096 for others', (weights) => {
  expect(wholeWeights(Float64Array.from(weights), 4096)).toBeUndefined();
});
