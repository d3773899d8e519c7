import type { Snapshot, Strategy } from '@plimsoll/core';
import {
  manualClock,
  seededRandom,
  snapshotOf,
  testTrace,
  testView,
  type TestView,
} from '@plimsoll/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { quotaHeadroom, type QuotaHeadroomOptions } from '../src/index.ts';

function poolOf(
  quota: readonly number[],
  options?: QuotaHeadroomOptions,
): { strategy: Strategy; view: TestView; snapshot: Snapshot } {
  const snapshot = snapshotOf(quota.map(() => 1));
  const strategy = quotaHeadroom(options).create({ random: seededRandom(1), clock: manualClock() });
  strategy.update(snapshot);
  const view = testView(snapshot);
  view.quota.set(quota);
  return { strategy, view, snapshot };
}

test('500 used of 1,000,000 goes before 400 used of 1,000: the share of the limit decides', () => {
  const { strategy, view } = poolOf([1 - 400 / 1_000, 1 - 500 / 1_000_000]);
  for (let pick = 0; pick < 5; pick++) expect(strategy.pick(view, {}, 0)).toBe(1);
});

test('passes over a target that is not admissible, however much it has left', () => {
  const { strategy, view } = poolOf([0.9, 0.2, 0.3]);
  view.admissible[0] = 0;
  expect(strategy.pick(view, {}, 0)).toBe(2);
  view.admissible.fill(0);
  expect(strategy.pick(view, {}, 0)).toBe(-1);
});

describe('ties', () => {
  test('go to the fewest in flight', () => {
    const { strategy, view } = poolOf([0.5, 0.5, 0.5, 0.4]);
    view.inFlight.set([2, 1, 3, 0]);
    for (let pick = 0; pick < 4; pick++) expect(strategy.pick(view, {}, 0)).toBe(1);
  });

  test('go by turns among equals, from a random start', () => {
    const { strategy, view } = poolOf([0.5, 0.5, 0.5]);
    const slots = Array.from({ length: 6 }, () => strategy.pick(view, {}, 0));
    expect(new Set(slots.slice(0, 3))).toEqual(new Set([0, 1, 2]));
    expect(slots.slice(3)).toEqual(slots.slice(0, 3));
    const starts = new Set<number>();
    for (let seed = 0; seed < 50; seed++) {
      const snapshot = snapshotOf([1, 1, 1]);
      const other = quotaHeadroom().create({ random: seededRandom(seed), clock: manualClock() });
      other.update(snapshot);
      starts.add(other.pick(testView(snapshot), {}, 0));
    }
    expect(starts.size).toBe(3);
  });

  test('go on with the next in turn when members come and go', () => {
    const { strategy, view } = poolOf([1, 1, 1]);
    const first = strategy.pick(view, {}, 0);
    const snapshot = snapshotOf([1, 1, 1, 1], { version: 2 });
    view.update(snapshot);
    strategy.update(snapshot);
    expect(strategy.pick(view, {}, 0)).toBe((first + 1) % 3);
  });
});

describe('with an inner strategy', () => {
  test('lets it choose among those that have nearly as much left, and no others', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ left: fc.double({ min: 0, max: 1, noNaN: true }), ok: fc.boolean() }),
          {
            minLength: 1,
            maxLength: 12,
          },
        ),
        fc.constantFrom(0, 0.05, 0.5, 1),
        (pool, tolerance) => {
          const first = {
            name: 'first',
            honoursWeights: false,
            expectedShare: 'none',
            create: (): Strategy => {
              let slots = new Int32Array(0);
              return {
                update: (snapshot) => void (slots = snapshot.slots as Int32Array<ArrayBuffer>),
                pick: (view) => slots.find((slot) => view.admits(slot)) ?? -1,
              };
            },
          } as const;
          const quota = pool.map(({ left }) => left);
          const { strategy, view } = poolOf(quota, { within: first, tolerance });
          view.admissible.set(pool.map(({ ok }) => Number(ok)));
          const most = Math.max(-1, ...pool.map(({ left, ok }) => (ok ? left : -1)));
          const expected = pool.findIndex(({ left, ok }) => ok && left >= most - tolerance);
          expect(strategy.pick(view, {}, 0)).toBe(expected);
        },
      ),
    );
  });

  test('says between which shares it lets it choose', () => {
    const { strategy, view } = poolOf([0.8, 0.5], { within: quotaHeadroom() });
    const trace = testTrace();
    view.trace = trace;
    strategy.pick(view, {}, 0);
    expect(trace.steps).toEqual(['quota left: 75.0 % to 80.0 %']);
  });
});

test('says what every candidate has left', () => {
  const { strategy, view } = poolOf([0.25, 0.5, 0.75]);
  view.admissible[1] = 0;
  const trace = testTrace();
  view.trace = trace;
  expect(strategy.pick(view, {}, 0)).toBe(2);
  expect([...trace.scores]).toEqual([
    [0, 0.25],
    [2, 0.75],
  ]);
});

test('finds the only admissible target of a large pool', () => {
  const { strategy, view } = poolOf(Array.from({ length: 1000 }, () => 0.5));
  view.admissible.fill(0);
  view.admissible[777] = 1;
  expect(strategy.pick(view, {}, 0)).toBe(777);
});

test('chooses no target that has less left, or as much and more in flight, than another admissible one', () => {
  const member = fc.record({
    left: fc.constantFrom(0, 0.1, 0.5, 0.9, 1),
    load: fc.integer({ min: 0, max: 3 }),
    isAdmitted: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(member, { minLength: 1, maxLength: 12 }), (pool) => {
      const { strategy, view } = poolOf(pool.map(({ left }) => left));
      view.inFlight.set(pool.map(({ load }) => load));
      view.admissible.set(pool.map(({ isAdmitted }) => Number(isAdmitted)));
      const slot = strategy.pick(view, {}, 0);
      const admitted = pool.filter(({ isAdmitted }) => isAdmitted);
      if (admitted.length === 0) {
        expect(slot).toBe(-1);
        return;
      }
      const most = Math.max(...admitted.map(({ left }) => left));
      const fewest = Math.min(...admitted.filter((m) => m.left === most).map(({ load }) => load));
      expect(pool[slot]).toEqual({ left: most, load: fewest, isAdmitted: true });
    }),
  );
});

test.each([
  [{ within: 1 }, 'quotaHeadroom: `within` must be a strategy, such as leastBusy(), got 1'],
  [{ within: quotaHeadroom(), tolerance: 2 }, '`tolerance` must be from 0 to 1, got 2'],
  [{ tolerance: 0.1 }, '`tolerance` must be absent without `within`, got 0.1'],
  [{ within: quotaHeadroom(), choices: 3 }, '`choices` must be absent with `within`, got 3'],
  [{ choices: 1 }, '`choices` must be an integer from 2 to 10, got 1'],
  [{ exactUpTo: 0 }, '`exactUpTo` must be an integer >= 1, got 0'],
])('refuses %j', (options, message) => {
  expect(() => quotaHeadroom(options as QuotaHeadroomOptions)).toThrow(message);
});
