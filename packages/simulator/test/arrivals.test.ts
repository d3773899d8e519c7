import { seededRandom } from '@plimsoll/core';
import { expect, test } from 'vitest';

import { type Arrivals, gammaBursts, poisson, recorded } from '../src/index.ts';

/** Mean of the gaps, in seconds, and their coefficient of variation. */
function gapsOf(arrivals: Arrivals): { mean: number; variation: number } {
  const next = arrivals.create(seededRandom(3));
  const count = 100_000;
  let lastS = 0;
  let sum = 0;
  let squares = 0;
  for (let index = 0; index < count; index++) {
    const { atS } = next()!;
    sum += atS - lastS;
    squares += (atS - lastS) ** 2;
    lastS = atS;
  }
  const mean = sum / count;
  return { mean, variation: Math.sqrt(squares / count - mean ** 2) / mean };
}

// Three standard errors of a mean of 100,000 gaps: 0.95 % of the mean times the coefficient of variation.
test('a Poisson process has exponential gaps', () => {
  const { mean, variation } = gapsOf(poisson({ perS: 40 }));
  expect(Math.abs(mean * 40 - 1)).toBeLessThan(0.0095);
  expect(variation).toBeCloseTo(1, 1);
});

test('bursts have the stated rate and variation', () => {
  const { mean, variation } = gapsOf(gammaBursts({ perS: 40, variation: 4 }));
  expect(Math.abs(mean * 40 - 1)).toBeLessThan(0.038);
  // The fourth moment of these gaps is large: 5 % is three standard errors.
  expect(Math.abs(variation / 4 - 1)).toBeLessThan(0.05);
});

test('a record is replayed as it is', () => {
  const next = recorded([0.5, { atS: 0.5, outputTokens: 9 }, 2]).create(seededRandom(1));
  expect([next(), next(), next(), next()]).toEqual([
    { atS: 0.5 },
    { atS: 0.5, outputTokens: 9 },
    { atS: 2 },
    undefined,
  ]);
});

test('a record out of order is refused', () => {
  expect(() => recorded([2, 1])).toThrow('recorded: `arrivals[1].atS` must be seconds >= 2, got 1');
});
