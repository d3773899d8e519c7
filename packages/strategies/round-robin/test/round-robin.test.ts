import type { Random } from '@plimsoll/core';
import { manualClock, seededRandom, snapshotOf, testView } from '@plimsoll/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { roundRobin } from '../src/index.ts';

/** Draws the first of whatever there is, so that sequences can be written out. */
const first: Random = { float: () => 0, below: () => 0 };

function start(slots: number[], random: Random = first) {
  const strategy = roundRobin().create({ random, clock: manualClock() });
  const snapshot = snapshotOf(
    slots.map(() => 1),
    { slots },
  );
  const view = testView(snapshot);
  strategy.update(snapshot);
  return {
    view,
    update: (next: number[]): void => {
      const changed = snapshotOf(
        next.map(() => 1),
        { slots: next },
      );
      view.update(changed);
      strategy.update(changed);
    },
    picks: (count: number): number[] =>
      Array.from({ length: count }, () => strategy.pick(view, {}, 0)),
  };
}

describe('roundRobin', () => {
  test('takes the targets in the order of the configuration', () => {
    expect(start([5, 2, 9, 4]).picks(8)).toEqual([5, 2, 9, 4, 5, 2, 9, 4]);
  });

  test('gives the successor of a target that is left out no second turn', () => {
    const { view, picks } = start([0, 1, 2, 3]);
    view.admissible[1] = 0;
    expect(picks(9)).toEqual([0, 2, 3, 0, 2, 3, 0, 2, 3]);
  });

  test('owes a target nothing for the turns it was left out', () => {
    const { view, picks } = start([0, 1, 2, 3]);
    view.admissible[1] = 0;
    picks(30);
    view.admissible[1] = 1;
    expect(picks(8)).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
  });

  test('gives a target that is admitted every second time half a share', () => {
    const { view, picks } = start([0, 1, 2, 3]);
    const counts = [0, 0, 0, 0];
    for (let round = 0; round < 100; round++) {
      view.admissible[1] = round % 2;
      for (const slot of picks(round % 2 === 0 ? 3 : 4)) counts[slot]!++;
    }
    expect(counts).toEqual([100, 50, 100, 100]);
  });

  test('goes on with the same target when another one is added, removed or moved', () => {
    const { update, picks } = start([0, 1, 2, 3]);
    expect(picks(2)).toEqual([0, 1]);
    update([7, 0, 1, 2, 3]);
    expect(picks(1)).toEqual([2]);
    update([7, 1, 3]);
    expect(picks(1)).toEqual([3]);
    update([1, 7, 3]);
    expect(picks(3)).toEqual([7, 3, 1]);
  });

  test('goes on behind a target that was removed on its turn', () => {
    const { update, picks } = start([0, 1, 2, 3]);
    expect(picks(1)).toEqual([0]);
    update([0, 2, 3]);
    expect(picks(3)).toEqual([2, 3, 0]);
  });

  test('starts anywhere when every target was replaced', () => {
    const firsts = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => {
      const { update, picks } = start([0, 1], seededRandom(seed));
      update([10, 11, 12]);
      return picks(1)[0];
    });
    expect(new Set(firsts)).toEqual(new Set([10, 11, 12]));
  });

  test('always takes the first admitted target behind the one it took last', () => {
    const size = 5;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 ** size - 1 })), (admissions) => {
        const { view, picks } = start([0, 1, 2, 3, 4]);
        let last = picks(1)[0]!;
        for (const admission of admissions) {
          for (let slot = 0; slot < size; slot++) view.admissible[slot] = (admission >> slot) & 1;
          const behind = [1, 2, 3, 4, 5].map((step) => (last + step) % size);
          const expected = behind.find((slot) => view.admissible[slot] === 1) ?? -1;
          expect(picks(1)).toEqual([expected]);
          if (expected >= 0) last = expected;
        }
      }),
    );
  });
});
