import {
  manualClock,
  seededRandom,
  snapshotOf,
  testTrace,
  testView,
  type TestView,
} from '@plimsoll/testkit';
import type { Snapshot, Strategy } from '@plimsoll/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { leastBusy, type LeastBusyOptions } from '../src/index.ts';

function poolOf(
  weights: readonly number[],
  options?: LeastBusyOptions,
): { strategy: Strategy; view: TestView; snapshot: Snapshot } {
  const snapshot = snapshotOf(weights);
  const strategy = leastBusy(options).create({ random: seededRandom(1), clock: manualClock() });
  strategy.update(snapshot);
  return { strategy, view: testView(snapshot), snapshot };
}

/** The targets of the next picks as letters, in an idle pool. */
function sequence(weights: readonly number[], picks: number): string {
  const { strategy, view } = poolOf(weights);
  return Array.from({ length: picks }, () => 'abcdefgh'[strategy.pick(view, {}, 0)]).join('');
}

interface Member {
  /** In flight over weight. */
  readonly load: number;
  readonly isAdmitted: boolean;
}

/** Equal weights take turns from a random start instead. */
const weightsOf = fc
  .array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 5 })
  .filter((weights) => new Set(weights).size > 1);

const statesOf = fc.array(
  fc.array(fc.record({ load: fc.integer({ min: 0, max: 2 }), isAdmitted: fc.boolean() }), {
    minLength: 5,
    maxLength: 5,
  }),
  { minLength: 1, maxLength: 30 },
);

/** Sets the view to a state, of which as many members are used as there are weights. */
function applied(state: readonly Member[], weights: readonly number[], view: TestView): Member[] {
  const members = state.slice(0, weights.length);
  view.inFlight.set(members.map(({ load }, slot) => load * weights[slot]!));
  view.admissible.set(members.map(({ isAdmitted }) => Number(isAdmitted)));
  return members;
}

describe('ties', () => {
  // The k-th turn of weight w is due at (k - 1/2) / w, the first target first where two are due together: for 5:1:1 the
  // turns of a at 0.1, 0.3, 0.5, those of b and c at 0.5. Smooth weighted round-robin has the same order but for that.
  test.each([
    [[3, 1], 'aaba'],
    [[5, 1, 1], 'aaabcaa'],
    [[5, 2, 3], 'acbaacabca'],
    [[4, 2, 1], 'abacaba'],
  ])('of weights %j go %s', (weights, expected) => {
    expect(sequence(weights, 3 * expected.length)).toBe(expected.repeat(3));
  });

  test('go on evenly after a million turns', () => {
    const { strategy, view } = poolOf([3, 1]);
    for (let pick = 0; pick < 0x10_0000; pick++) strategy.pick(view, {}, 0);
    const slots = Array.from({ length: 400 }, () => strategy.pick(view, {}, 0));
    for (let at = 0; at + 4 <= slots.length; at++) {
      expect(slots.slice(at, at + 4).filter((slot) => slot === 1).length).toBe(1);
    }
  });

  // Which targets tie changes from pick to pick here: with loads, and with what is left out.
  test('go to an admitted target of the least load, and change nothing of that', () => {
    fc.assert(
      fc.property(weightsOf, statesOf, (weights, states) => {
        const { strategy, view } = poolOf(weights);
        for (const state of states) {
          const members = applied(state, weights, view);
          const admitted = members.filter(({ isAdmitted }) => isAdmitted);
          const slot = strategy.pick(view, {}, 0);
          if (admitted.length === 0) {
            expect(slot).toBe(-1);
            continue;
          }
          expect(members[slot]!.isAdmitted).toBe(true);
          expect(members[slot]!.load).toBe(Math.min(...admitted.map(({ load }) => load)));
        }
      }),
    );
  });

  // By deadlines no target is ahead of its share or behind it by more than 1/2 + n w / 2W turns, which for 5 targets is 3;
  // and what lies before may put each a turn ahead.
  test('give each its share of the turns, whatever was before', () => {
    fc.assert(
      fc.property(weightsOf, statesOf, (weights, states) => {
        const { strategy, view } = poolOf(weights);
        for (const state of states) {
          applied(state, weights, view);
          strategy.pick(view, {}, 0);
        }
        view.inFlight.fill(0);
        view.admissible.fill(1);
        const counts = weights.map(() => 0);
        for (let pick = 0; pick < 200; pick++) counts[strategy.pick(view, {}, 0)]!++;
        const sum = weights.reduce((total, weight) => total + weight, 0);
        for (const [slot, weight] of weights.entries()) {
          expect(Math.abs(counts[slot]! - (200 * weight) / sum)).toBeLessThanOrEqual(4);
        }
      }),
    );
  });

  test('that come due while a target is busier than others are lost', () => {
    const { strategy, view } = poolOf([2, 1]);
    view.inFlight[0] = 10;
    for (let pick = 0; pick < 100; pick++) expect(strategy.pick(view, {}, 0)).toBe(1);
    view.inFlight[0] = 0;
    const slots = Array.from({ length: 9 }, () => strategy.pick(view, {}, 0));
    // One turn at once, and then two of three: not a hundred in a row.
    expect(slots.filter((slot) => slot === 0).length).toBeLessThanOrEqual(7);
  });

  test('are seen although weights are no binary fractions: 3 at weight 0.3 equal 1 at weight 0.1', () => {
    const { strategy, view } = poolOf([0.3, 0.1]);
    view.inFlight.set([3, 1]);
    const slots = Array.from({ length: 8 }, () => strategy.pick(view, {}, 0));
    expect(slots.filter((slot) => slot === 1).length).toBe(2);
  });

  test('never outweigh a load, however many were taken: here it differs by a hundred-thousandth of a request', () => {
    const { strategy, view } = poolOf([1, 1 - 1e-8]);
    view.inFlight.fill(1000);
    view.admissible[1] = 0;
    for (let pick = 0; pick < 0x10_0000; pick++) strategy.pick(view, {}, 0);
    view.admissible[1] = 1;
    expect(strategy.pick(view, {}, 0)).toBe(0);
  });

  test('ask of one target whether it is admitted, while that is', () => {
    const { strategy, view } = poolOf([1, 2, 3, 4, 5]);
    let asked = 0;
    const counting = {
      ...view,
      inFlight: view.inFlight,
      admits: (slot: number) => {
        asked++;
        return view.admits(slot);
      },
    };
    for (let pick = 0; pick < 10; pick++) strategy.pick(counting, {}, 0);
    expect(asked).toBe(10);
  });

  test('of equal weights are even within 1 over 300 requests', () => {
    const { strategy, view } = poolOf([1, 1]);
    const counts = [0, 0];
    for (let pick = 0; pick < 300; pick++) counts[strategy.pick(view, {}, 0)]!++;
    expect(counts).toEqual([150, 150]);
  });

  test('of busy targets count as well: three in flight at weight 3 equal one at weight 1', () => {
    const { strategy, view } = poolOf([3, 1]);
    view.inFlight.set([3, 1]);
    const slots = Array.from({ length: 4 }, () => strategy.pick(view, {}, 0));
    expect(slots).toEqual([0, 0, 1, 0]);
  });

  test('keep what each target is owed when a weight changes', () => {
    const { strategy, view } = poolOf([3, 1]);
    const slots = [strategy.pick(view, {}, 0), strategy.pick(view, {}, 0)];
    strategy.update(snapshotOf([4, 1], { version: 2 }));
    for (let pick = 0; pick < 5; pick++) slots.push(strategy.pick(view, {}, 0));
    // After two requests the second target is owed one; begun afresh, the first would get four more before it.
    expect(slots).toEqual([0, 0, 1, 0, 0, 0, 0]);
  });

  test('begin at a random target, so that processes that start together do not agree', () => {
    const starts = new Set<number>();
    for (let seed = 0; seed < 50; seed++) {
      const snapshot = snapshotOf([1, 1, 1, 1]);
      const strategy = leastBusy().create({ random: seededRandom(seed), clock: manualClock() });
      strategy.update(snapshot);
      starts.add(strategy.pick(testView(snapshot), {}, 0));
    }
    expect(starts.size).toBe(4);
  });
});

test('gives everything to the least busy admissible target, not to the idle one that is left out', () => {
  const { strategy, view } = poolOf([1, 1, 1]);
  view.inFlight.set([0, 50, 1]);
  view.admissible[0] = 0;
  for (let pick = 0; pick < 20; pick++) {
    expect(strategy.pick(view, {}, 0)).toBe(2);
    view.inFlight[2]!++;
  }
});

test('spreads concurrent requests by free capacity where weights state it', () => {
  const { strategy, view } = poolOf([4, 2, 1], { idle: 'capacity' });
  for (let pick = 0; pick < 21; pick++) view.inFlight[strategy.pick(view, {}, 0)]!++;
  expect([...view.inFlight]).toEqual([12, 6, 3]);
});

test('with idle capacity takes the heaviest first, as long as it has the most room', () => {
  const { strategy, view } = poolOf([4, 1], { idle: 'capacity' });
  const slots: number[] = [];
  for (let pick = 0; pick < 3; pick++) {
    const slot = strategy.pick(view, {}, 0);
    slots.push(slot);
    view.inFlight[slot]!++;
  }
  expect(slots).toEqual([0, 0, 0]);
});

test('says the load of every candidate', () => {
  const { strategy, view } = poolOf([2, 1, 4]);
  view.inFlight.set([3, 1, 1]);
  view.admissible[1] = 0;
  const trace = testTrace();
  view.trace = trace;
  expect(strategy.pick(view, {}, 0)).toBe(2);
  expect([...trace.scores]).toEqual([
    [0, 1.5],
    [2, 0.25],
  ]);
});

test('says the load of the drawn candidates only, in a large pool', () => {
  const { strategy, view } = poolOf(Array.from({ length: 100 }, () => 1));
  view.inFlight.fill(5);
  const trace = testTrace();
  view.trace = trace;
  const slot = strategy.pick(view, {}, 0);
  expect(trace.scores.size).toBe(2);
  expect(trace.scores.get(slot)).toBe(5);
});

test('finds the only admissible target of a large pool', () => {
  const { strategy, view } = poolOf(Array.from({ length: 1000 }, (_, index) => 1 + (index % 2)));
  view.admissible.fill(0);
  view.admissible[777] = 1;
  expect(strategy.pick(view, {}, 0)).toBe(777);
});

const members = fc.array(
  fc.record({
    weight: fc.oneof(
      fc.integer({ min: 1, max: 9 }),
      fc.double({ min: 0.01, max: 100, noNaN: true }),
    ),
    load: fc.integer({ min: 0, max: 60 }),
    isAdmitted: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);

test('chooses no target that is busier than another admissible one', () => {
  fc.assert(
    fc.property(members, fc.constantFrom('share', 'capacity'), (pool, idle) => {
      const { strategy, view } = poolOf(
        pool.map(({ weight }) => weight),
        { idle },
      );
      view.inFlight.set(pool.map(({ load }) => load));
      view.admissible.set(pool.map(({ isAdmitted }) => Number(isAdmitted)));
      const slot = strategy.pick(view, {}, 0);
      const own = idle === 'capacity' ? 1 : 0;
      const loads = pool.map(({ weight, load, isAdmitted }) =>
        isAdmitted ? (load + own) / weight : Infinity,
      );
      const least = Math.min(...loads);
      if (least === Infinity) expect(slot).toBe(-1);
      else expect(loads[slot]! / (1 + 1e-12)).toBeLessThanOrEqual(least);
    }),
  );
});

test('owes no target more than it could be owed: an idle pool is by weight within one request per target', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 8 }),
      fc.integer({ min: 1, max: 400 }),
      (weights, picks) => {
        const { strategy, view } = poolOf(weights);
        const counts = weights.map(() => 0);
        for (let pick = 0; pick < picks; pick++) counts[strategy.pick(view, {}, 0)]!++;
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        for (const [index, weight] of weights.entries()) {
          expect(Math.abs(counts[index]! - (picks * weight) / total)).toBeLessThanOrEqual(
            weights.length - 1,
          );
        }
      },
    ),
  );
});

test.each([
  [{ idle: 'always' }, "leastBusy: `idle` must be 'share' or 'capacity', got \"always\""],
  [{ choices: 1 }, 'leastBusy: `choices` must be an integer from 2 to 10, got 1'],
  [{ choices: 2.5 }, 'leastBusy: `choices` must be an integer from 2 to 10, got 2.5'],
  [{ exactUpTo: 0 }, 'leastBusy: `exactUpTo` must be an integer >= 1, got 0'],
])('refuses %j', (options, message) => {
  expect(() => leastBusy(options as LeastBusyOptions)).toThrow(message);
});
