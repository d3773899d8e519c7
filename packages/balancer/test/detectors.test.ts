import type { Failure } from '@plimsoll/core';
import { seededRandom } from '@plimsoll/core';
import { describe, expect, it } from 'vitest';

import { bayesianFailures } from '../src/health/bayesian-failures.ts';
import { consecutiveFailures } from '../src/health/consecutive-failures.ts';
import type { Detector, DetectorDefinition } from '../src/health/detector.ts';
import { failureRate } from '../src/health/failure-rate.ts';
import { outliers } from '../src/health/outliers.ts';
import { serverFault } from './rig.ts';

function detector(
  definition: DetectorDefinition,
  slots = 1,
): { detector: Detector; tripped: string[] } {
  const tripped: string[] = [];
  const made = definition.create((slot, reason) => tripped.push(`${slot}: ${reason}`));
  made.resize(slots);
  for (let slot = 0; slot < slots; slot++) made.reset(slot);
  return { detector: made, tripped };
}

/** Outcomes until the detector trips; 0 if it never does. */
function outcomesToTrip(
  definition: DetectorDefinition,
  outcomes: number,
  fails: (index: number) => boolean,
  everyMs = 100,
): number {
  const { detector: made, tripped } = detector(definition);
  for (let index = 0; index < outcomes; index++) {
    made.record(0, fails(index) ? serverFault : undefined, index * everyMs);
    if (tripped.length > 0) return index + 1;
  }
  return 0;
}

describe('consecutiveFailures', () => {
  it('counts a class of failure by itself where it has a threshold of its own', () => {
    const { detector: made, tripped } = detector(
      consecutiveFailures({ failures: 5, byKind: { timeout: 2 } }),
    );
    const timeout: Failure = { ...serverFault, kind: 'timeout', message: 'too slow' };
    for (let count = 0; count < 4; count++) made.record(0, serverFault, 0);
    made.record(0, timeout, 0);
    expect(tripped).toEqual([]);
    made.record(0, timeout, 0);
    expect(tripped).toEqual(['0: 2 failures in a row, last: timeout (500)']);
  });

  it('never trips on every other failure', () => {
    expect(outcomesToTrip(consecutiveFailures(), 1000, (index) => index % 2 === 0)).toBe(0);
  });
});

describe('failureRate', () => {
  it('trips on half of the attempts failing, once there are enough', () => {
    expect(outcomesToTrip(failureRate(), 100, (index) => index % 2 === 0)).toBe(11);
    expect(outcomesToTrip(failureRate({ minAttempts: 4 }), 100, () => true)).toBe(4);
  });

  it('forgets what is older than its window', () => {
    const fails = (index: number): boolean => index < 8;
    // Eight failures and then only successes, one every 4 s: the failures have left the window before ten attempts.
    expect(outcomesToTrip(failureRate(), 60, fails, 4000)).toBe(0);
    expect(outcomesToTrip(failureRate(), 60, (index) => index % 3 === 0, 100)).toBe(0);
  });

  it('names an option out of range', () => {
    expect(() => failureRate({ maxRatio: 0 })).toThrow(
      'failureRate: `maxRatio` must be more than 0 and at most 1, got 0',
    );
  });
});

describe('bayesianFailures', () => {
  it('finds a dead target in fewer than ten attempts', () => {
    expect(outcomesToTrip(bayesianFailures(), 100, () => true)).toBe(8);
  });

  it('finds one that fails every other time, which counting in a row never does', () => {
    const tripped = outcomesToTrip(bayesianFailures(), 400, (index) => index % 2 === 0);
    expect(tripped).toBeGreaterThan(10);
    expect(tripped).toBeLessThan(60);
  });

  it('leaves a target alone that fails one time in ten', () => {
    const random = seededRandom(7);
    expect(outcomesToTrip(bayesianFailures(), 5000, () => random.float() < 0.1)).toBe(0);
  });
});

describe('outliers', () => {
  /** One interval with the given success rates; which slots were tripped. */
  const trippedOf = (rates: readonly number[], options = {}): number[] => {
    const { detector: made, tripped } = detector(outliers(options), rates.length);
    for (let round = 0; round < 200; round++) {
      for (const [slot, rate] of rates.entries()) {
        made.record(slot, round < rate * 200 ? undefined : serverFault, round);
      }
    }
    made.record(0, undefined, 10_000);
    return tripped.map((line) => Number(line.split(':')[0]));
  };

  it('trips a target far below the others', () => {
    expect(trippedOf([1, 1, 1, 1, 1, 1, 1, 1, 1, 0.5])).toEqual([9]);
  });

  // spec 2.22: a single bad one of n lies sqrt(n - 1) deviations off: 1.414, 1.732, 2 for n = 3, 4, 5.
  it.each([
    [3, []],
    [4, []],
    [5, [4]],
  ])('cannot see a single dead target below five: %i targets', (targets, expected) => {
    const rates = [...Array.from({ length: targets - 1 }, () => 1), 0];
    expect(trippedOf(rates, { minTargets: 3 })).toEqual(expected);
  });

  // k of n alike lie sqrt((n - k) / k) off: more than about a fifth are never seen.
  it('cannot see a fault that more than a fifth share', () => {
    expect(trippedOf([1, 1, 1, 1, 1, 1, 1, 1, 0, 0])).toEqual([8, 9]);
    expect(trippedOf([1, 1, 1, 1, 1, 1, 1, 0, 0, 0])).toEqual([]);
  });

  it('compares nothing without enough traffic', () => {
    const { detector: made, tripped } = detector(outliers(), 6);
    for (let slot = 0; slot < 6; slot++) {
      for (let count = 0; count < 99; count++)
        made.record(slot, slot > 0 ? undefined : serverFault, 0);
    }
    made.record(0, undefined, 10_000);
    expect(tripped).toEqual([]);
  });
});
