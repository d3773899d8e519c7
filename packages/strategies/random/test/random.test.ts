import { isPlimsollError, type Random } from '@plimsoll/core';
import { manualClock, seededRandom, snapshotOf, testView } from '@plimsoll/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { random, type RandomOptions } from '../src/index.ts';
import { AliasTable } from '../src/alias-table.ts';

describe('random', () => {
  test('refuses an option that is no boolean', () => {
    const bad = { weighted: 'no' } as unknown as RandomOptions;
    expect(() => random(bad)).toThrow('random: `weighted` must be true or false, got "no"');
    expect(() => random(bad)).toThrow(expect.toSatisfy(isPlimsollError));
  });

  test('says whether it honours weights', () => {
    expect(random()).toMatchObject({ honoursWeights: true, expectedShare: 'by_weight' });
    expect(random({ weighted: false })).toMatchObject({
      honoursWeights: false,
      expectedShare: 'equal',
    });
  });

  test('finds the one target of a thousand that is admitted, at the first pick', () => {
    const snapshot = snapshotOf(Array.from({ length: 1000 }, (_, index) => 1 + (index % 7)));
    const strategy = random().create({ random: seededRandom(1), clock: manualClock() });
    strategy.update(snapshot);
    const view = testView(snapshot);
    view.admissible.fill(0);
    expect(strategy.pick(view, {}, 0)).toBe(-1);
    view.admissible[613] = 1;
    expect(strategy.pick(view, {}, 0)).toBe(613);
  });

  test('asks no more than 16 targets, and then each one once', () => {
    const snapshot = snapshotOf(Array.from({ length: 100 }, () => 1));
    const strategy = random().create({ random: seededRandom(1), clock: manualClock() });
    strategy.update(snapshot);
    let asked = 0;
    const view = testView(snapshot);
    view.admits = () => {
      asked++;
      return false;
    };
    strategy.pick(view, {}, 0);
    expect(asked).toBe(116);
  });
});

describe('AliasTable', () => {
  test('holds every weight exactly in its columns', () => {
    const weights = fc.array(fc.double({ min: 0.001, max: 1000, noNaN: true }), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(weights, (weights) => {
        const table = new AliasTable(Float64Array.from(weights));
        const steps = 2 ** 12;
        const sum = weights.reduce((total, weight) => total + weight, 0);
        const found = weights.map(() => 0);
        // Draws at evenly spaced points of every column measure how high each index stands in it.
        for (let point = 0; point < weights.length * steps; point++) {
          found[table.draw(always((point + 0.5) / (weights.length * steps)))]!++;
        }
        for (const [index, weight] of weights.entries()) {
          // A cut is met within one step, and an index may stand in every column.
          const share = found[index]! / (weights.length * steps);
          expect(Math.abs(share - weight / sum)).toBeLessThanOrEqual(1 / steps);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('draws the last index at the highest number there is', () => {
    const table = new AliasTable(Float64Array.of(1, 1, 1));
    expect(table.draw(always(1 - 2 ** -32))).toBe(2);
  });
});

function always(value: number): Random {
  return { float: () => value, below: (limit) => Math.floor(value * limit) };
}
