import { snapshotOf, testView, type TestView } from '@plimsoll/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { Deadlines } from '../src/deadlines.ts';
import { counts, letter } from './sequence.ts';

function start(weights: readonly number[]) {
  const snapshot = snapshotOf(weights);
  const view = testView(snapshot);
  const deadlines = new Deadlines(
    snapshot.slots,
    snapshot.weights,
    new Float64Array(weights.length),
  );
  return {
    view,
    deadlines,
    next: (count: number) =>
      Array.from({ length: count }, () => letter(deadlines.pick(view))).join(''),
  };
}

function leaveOut(view: TestView, slots: readonly number[]): void {
  view.admissible.fill(1);
  for (const slot of slots) view.admissible[slot] = 0;
}

const someWeights = fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), {
  minLength: 1,
  maxLength: 12,
});

describe('Deadlines', () => {
  // The sequences of smooth weighted round-robin; only {5, 1, 1} differs, by a tie in the middle of its period.
  test.each([
    [[5, 2, 3], 'acbaacabca'],
    [[4, 3, 2, 1], 'abcabdacba'],
    [[1, 2, 3], 'cbacbc'],
    [[3, 1], 'aaba'],
    [[10, 1], 'aaaaabaaaaa'],
    [[5, 1, 1], 'aaabcaa'],
  ])('takes weights %j in the order in which turns are due', (weights, cycle) => {
    expect(start(weights).next(3 * cycle.length)).toBe(cycle.repeat(3));
  });

  test('gives exact shares over 131,070 picks', () => {
    expect(counts(start([21845, 43690, 65535]).next(131_070), 3)).toEqual([21845, 43690, 65535]);
  });

  test('is never further off than half a pick, and half a round of the others', () => {
    fc.assert(
      fc.property(someWeights, fc.nat(300), (weights, picks) => {
        const taken = counts(start(weights).next(picks), weights.length);
        const sum = weights.reduce((total, weight) => total + weight, 0);
        for (const [slot, weight] of weights.entries()) {
          // At any time each of n members is at most half a turn off, so all picks together are at most n/2 off.
          const bound = 0.5 + (weights.length / 2) * (weight / sum);
          expect(Math.abs(taken[slot]! - (picks * weight) / sum)).toBeLessThan(bound + 1e-9);
        }
      }),
    );
  });

  test('has debts that add up to nothing and are what the picks left', () => {
    fc.assert(
      fc.property(someWeights, fc.nat(100), (weights, picks) => {
        const { deadlines, next } = start(weights);
        const taken = counts(next(picks), weights.length);
        const sum = weights.reduce((total, weight) => total + weight, 0);
        const owed = deadlines.owed();
        for (const [slot, weight] of weights.entries()) {
          expect(owed[slot]).toBeCloseTo((picks * weight) / sum - taken[slot]!, 9);
        }
      }),
    );
  });

  test('goes on as before from its own debts', () => {
    fc.assert(
      fc.property(someWeights, fc.nat(100), (weights, picks) => {
        const { deadlines, next, view } = start(weights);
        next(picks);
        const { slots, weights: same } = snapshotOf(weights);
        const successor = new Deadlines(slots, same, deadlines.owed());
        // But for ties, which rounding may decide otherwise: the shares are the same.
        const ahead = Array.from({ length: 50 }, () => letter(successor.pick(view))).join('');
        const expected = counts(next(50), weights.length);
        for (const [slot, count] of counts(ahead, weights.length).entries()) {
          expect(Math.abs(count - expected[slot]!)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test('keeps the proportions of the others while a target is left out, however heavy', () => {
    for (const heavy of [1, 10, 1000, 1e6]) {
      const { view, next } = start([Math.SQRT2, heavy, 2 * Math.SQRT2]);
      leaveOut(view, [1]);
      expect(counts(next(3000), 3)).toEqual([1000, 0, 2000]);
    }
  });

  test('keeps proportions while many heavy targets are left out at once', () => {
    const heavy = Array.from({ length: 20 }, (_, index) => 100 + index);
    const { view, next } = start([Math.SQRT2, 3 * Math.SQRT2, ...heavy]);
    leaveOut(
      view,
      [...heavy.keys()].map((index) => index + 2),
    );
    expect(counts(next(4000), 2)).toEqual([1000, 3000]);
    // None of them comes back with a burst.
    leaveOut(view, []);
    const sum = heavy.reduce((total, weight) => total + weight, 4 * Math.SQRT2);
    const taken = counts(next(1000), 22);
    for (const [index, weight] of heavy.entries()) {
      expect(Math.abs(taken[index + 2]! - (1000 * weight) / sum)).toBeLessThan(2);
    }
  });

  test('peeks at what it picks next, whoever is left out', () => {
    const size = 6;
    const admissions = fc.array(fc.integer({ min: 0, max: 2 ** size - 1 }), { maxLength: 60 });
    const weights = fc.array(fc.constantFrom(1, Math.SQRT2, Math.PI, 50), {
      minLength: size,
      maxLength: size,
    });
    fc.assert(
      fc.property(weights, admissions, (weights, admissions) => {
        const { view, deadlines } = start(weights);
        for (const admission of admissions) {
          for (let slot = 0; slot < size; slot++) view.admissible[slot] = (admission >> slot) & 1;
          view.peek = true;
          const peeked = deadlines.pick(view);
          view.peek = false;
          expect(deadlines.pick(view)).toBe(peeked);
          expect(peeked === -1).toBe(admission === 0);
        }
      }),
    );
  });
});
