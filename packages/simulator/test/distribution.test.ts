import { seededRandom } from '@plimsoll/core';
import { describe, expect, test } from 'vitest';

import {
  chatLengths,
  constant,
  type Distribution,
  exponential,
  logNormal,
  normal,
  pareto,
} from '../src/index.ts';

const DRAWS = 200_000;

// Three standard errors: 3 x deviation / sqrt(200,000) = 0.0067 deviations. Stated per distribution as a share of the mean.
describe('the mean of many draws is the stated one', () => {
  const cases: readonly (readonly [string, Distribution, number])[] = [
    ['constant', constant(7), 1e-12],
    ['exponential', exponential({ mean: 3 }), 0.007],
    ['normal', normal({ mean: 167, deviation: 5 }), 0.0003],
    ['log-normal', logNormal({ median: 100, sigma: 1 }), 0.009],
    ['log-normal, cut', logNormal({ median: 129, sigma: 1.2, max: 4096 }), 0.011],
    ['Pareto, cut', pareto({ alpha: 1.3, min: 60, max: 16_000 }), 0.02],
    ['Pareto of 1, cut', pareto({ alpha: 1, min: 1, max: 100 }), 0.015],
    ['Pareto', pareto({ alpha: 3, min: 2 }), 0.006],
  ];
  test.for(cases)('%s', ([, distribution, tolerance]) => {
    const draw = distribution.create(seededRandom(5));
    let sum = 0;
    for (let index = 0; index < DRAWS; index++) sum += draw();
    expect(Math.abs(sum / DRAWS / distribution.mean - 1)).toBeLessThan(tolerance);
  });
});

test('half of log-normal draws are above the median, none above the bound', () => {
  const draw = logNormal({ median: 50, sigma: 2, max: 400 }).create(seededRandom(1));
  const draws = Array.from({ length: 10_000 }, draw);
  const above = draws.filter((value) => value > 50).length;
  // 3 sqrt(10,000 / 4) = 150.
  expect(Math.abs(above - 5000)).toBeLessThan(150);
  expect(Math.max(...draws)).toBe(400);
});

test('chat lengths have the documented means', () => {
  const { input, output } = chatLengths();
  expect(input.mean).toBeCloseTo(1816.4, 1);
  expect(output.mean).toBeCloseTo(260.8, 1);
});

test('equal seeds give equal draws', () => {
  const { output } = chatLengths();
  const draws = (): number[] => Array.from({ length: 20 }, output.create(seededRandom(9)));
  expect(draws()).toEqual(draws());
});

test.for([
  ['constant: `value` must be a finite number >= 0, got -1', () => constant(-1)],
  ['exponential: `mean` must be a finite number > 0, got 0', () => exponential({ mean: 0 })],
  ['normal: `mean` must be >= 4, 4 deviations, got 3', () => normal({ mean: 3, deviation: 1 })],
  [
    'logNormal: `sigma` must be a finite number > 0, got 0',
    () => logNormal({ median: 1, sigma: 0 }),
  ],
  ['pareto: `max` must be >= 2, the min, got 1', () => pareto({ alpha: 2, min: 2, max: 1 })],
  [
    'pareto: `alpha` must be > 1 where no `max` is stated, got 1',
    () => pareto({ alpha: 1, min: 1 }),
  ],
] as const)('%s', ([message, make]) => {
  expect(make).toThrow(message);
});
