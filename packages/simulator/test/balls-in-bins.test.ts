import { balancer, fleet } from '@plimsoll/balancer';
import { type Provider, seededRandom, type StrategyDefinition } from '@plimsoll/core';
import { leastBusy } from '@plimsoll/strategy-least-busy';
import { random } from '@plimsoll/strategy-random';
import { expect, test } from 'vitest';

import { EventClock } from '../src/event-clock.ts';

// Requests that never end are balls: what is in flight on a target is its bin's load.
//
// Source: Azar, Broder, Karlin, Upfal, Balanced Allocations, SIAM J. Comput. 29(1), 1999: n balls in n bins leave a
// fullest bin of ln n / ln ln n for one choice, ln ln n / ln d + O(1) for d; Berenbrink et al., Balanced Allocations:
// The Heavily Loaded Case, SIAM J. Comput. 35(6), 2006: with two choices the gap above the mean does not grow with the
// number of balls. The figures for these n are those of an independent simulation.

test('one choice fills a bin of 4096 with 5 to 8 balls', () => {
  // 5: 12 %, 6: 60 %, 7: 24 %, 8: 5 % of runs.
  const fullest = runs(10, (seed) => fill(4096, 4096, random(), seed));
  expect(Math.min(...fullest)).toBeGreaterThanOrEqual(5);
  // 9 balls come in half a percent of runs; 10 would be wrong.
  expect(Math.max(...fullest)).toBeLessThanOrEqual(9);
});

test('two choices fill a bin of 4096 with 3 balls', () => {
  // 3: 99 %, 4: 1 to 2 % of runs: four of ten runs with 4 happen once in 50,000.
  const fullest = runs(10, (seed) => fill(4096, 4096, leastBusy({ exactUpTo: 1 }), seed));
  expect(fullest.filter((balls) => balls === 3).length).toBeGreaterThanOrEqual(7);
  expect(Math.max(...fullest)).toBeLessThanOrEqual(4);
});

test('three choices fill a bin of 4096 with 2 or 3 balls', () => {
  // 2: 15 %, 3: 85 % of runs.
  const fullest = runs(5, (seed) =>
    fill(4096, 4096, leastBusy({ exactUpTo: 1, choices: 3 }), seed),
  );
  for (const balls of fullest) expect([2, 3]).toContain(balls);
});

test('with a hundred balls per bin one choice leaves a gap of 33 above the mean, two choices of 2', () => {
  // One run: the gap of one choice has a standard deviation of 3.4 (Gumbel, 10 / sqrt(2 ln 1000) x 1.28).
  const one = fill(1000, 100_000, random()) - 100;
  expect(Math.abs(one - 33.2)).toBeLessThan(3 * 3.4);
  // Two choices: 2.1 on average, so 2 in nearly all runs.
  const two = fill(1000, 100_000, leastBusy({ exactUpTo: 1 })) - 100;
  expect(two).toBeGreaterThanOrEqual(2);
  expect(two).toBeLessThanOrEqual(3);
});

function runs(count: number, run: (seed: number) => number): number[] {
  return Array.from({ length: count }, (_, seed) => run(seed));
}

/** The load of the fullest bin. */
function fill(bins: number, balls: number, strategy: StrategyDefinition, seed = 1): number {
  const pool = balancer({
    strategy,
    fleet: fleet({ clock: new EventClock(0), random: seededRandom(seed) }),
    targets: Array.from({ length: bins }, (_, index) => ({ id: `bin-${index}`, provider: HOLDS })),
    decisions: 0,
  });
  const sink = { onHead() {}, onChunk() {}, onEnd() {}, onError() {} };
  for (let ball = 0; ball < balls; ball++) pool.start({ payload: undefined }, sink);
  return Math.max(...pool.stats().targets.map(({ inFlight }) => inFlight));
}

const HOLDS: Provider = {
  name: 'holds',
  attempt: () => ({ pause() {}, resume() {}, abort() {} }),
  classify: () => {
    throw new Error('nothing is thrown here');
  },
};
