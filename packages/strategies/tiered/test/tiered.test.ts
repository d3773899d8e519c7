import {
  type Outcome,
  seededRandom,
  type Snapshot,
  type Strategy,
  type StrategyDefinition,
} from '@plimsoll/core';
import {
  manualClock,
  snapshotOf,
  testTrace,
  testView,
  type TestView,
  turns,
} from '@plimsoll/testkit';
import { describe, expect, test } from 'vitest';

import { tiered } from '../src/index.ts';

const context = { random: seededRandom(1), clock: manualClock() };

function started(definition: StrategyDefinition, snapshot: Snapshot): [Strategy, TestView] {
  const strategy = definition.create(context);
  strategy.update(snapshot);
  return [strategy, testView(snapshot)];
}

function picks(strategy: Strategy, view: TestView, count: number): number[] {
  return Array.from({ length: count }, () => strategy.pick(view, {}, 0));
}

/** Requests by tier, of `count`. */
function tierShares(
  strategy: Strategy,
  view: TestView,
  snapshot: Snapshot,
  count: number,
): number[] {
  const shares: number[] = [];
  for (const slot of picks(strategy, view, count)) {
    const { tier } = snapshot.targets[snapshot.slots.indexOf(slot)]!;
    shares[tier] = (shares[tier] ?? 0) + 1;
  }
  return Array.from(shares, (share) => share ?? 0);
}

describe('tiered, strict', () => {
  test('gives 1,000 of 1,000 requests to the lower of two healthy tiers', () => {
    const snapshot = snapshotOf([{ tier: 2 }, { tier: 1 }]);
    const [strategy, view] = started(tiered({ within: turns() }), snapshot);
    expect(picks(strategy, view, 1000).every((slot) => slot === 1)).toBe(true);
  });

  test('takes the next tier only while no target of this one is admissible', () => {
    const snapshot = snapshotOf([{ tier: 0 }, { tier: 0 }, { tier: 5 }, { tier: 9 }]);
    const [strategy, view] = started(tiered({ within: turns() }), snapshot);
    view.admissible[0] = 0;
    expect(picks(strategy, view, 2)).toEqual([1, 1]);
    view.admissible[1] = 0;
    expect(picks(strategy, view, 2)).toEqual([2, 2]);
    view.admissible[2] = 0;
    expect(picks(strategy, view, 2)).toEqual([3, 3]);
    view.admissible[3] = 0;
    expect(picks(strategy, view, 1)).toEqual([-1]);
    view.admissible[1] = 1;
    expect(picks(strategy, view, 1)).toEqual([1]);
  });

  test('does not ask whether targets are healthy: what is admissible is used', () => {
    const snapshot = snapshotOf([{ tier: 0 }, { tier: 1 }]);
    const [strategy, view] = started(tiered({ within: turns() }), snapshot);
    view.healthy[0] = 0;
    expect(picks(strategy, view, 3)).toEqual([0, 0, 0]);
  });

  test('gives a tier the strategy stated for it, and the others `within`', () => {
    const snapshot = snapshotOf([{ tier: 0 }, { tier: 0 }, { tier: 1 }, { tier: 1 }]);
    const [strategy, view] = started(tiered({ within: turns(), tiers: { 1: last() } }), snapshot);
    expect(picks(strategy, view, 3)).toEqual([0, 1, 0]);
    view.admissible.fill(0, 0, 2);
    expect(picks(strategy, view, 3)).toEqual([3, 3, 3]);
  });

  test('keeps the phase of a tier while others come, go and change', () => {
    const [strategy, view] = started(
      tiered({ within: turns() }),
      snapshotOf([{ tier: 1 }, { tier: 1 }, { tier: 1 }]),
    );
    expect(picks(strategy, view, 2)).toEqual([0, 1]);
    strategy.update(
      snapshotOf([{ tier: 1 }, { tier: 1 }, { tier: 1 }, { tier: 2 }], { version: 2 }),
    );
    expect(picks(strategy, view, 2)).toEqual([2, 0]);
  });

  test('tells the tier that a target belongs to of its outcomes, and no other', () => {
    const told: string[] = [];
    const snapshot = snapshotOf([{ tier: 0 }, { tier: 1 }]);
    const [strategy] = started(
      tiered({ within: listener('rest', told), tiers: { 1: listener('one', told) } }),
      snapshot,
    );
    const outcome: Outcome = { durationMs: 1 };
    strategy.observe?.(1, outcome, 0);
    strategy.observe?.(0, outcome, 0);
    strategy.update(snapshotOf([{ tier: 1 }], { slots: [0] }));
    strategy.observe?.(0, outcome, 0);
    strategy.observe?.(1, outcome, 0);
    expect(told).toEqual(['one 1', 'rest 0', 'one 0']);
  });

  test('notes the tiers it went through', () => {
    const [strategy, view] = started(
      tiered({ within: turns() }),
      snapshotOf([{ tier: 0 }, { tier: 3 }, { tier: 4 }]),
    );
    const trace = testTrace();
    view.trace = trace;
    view.admissible[0] = 0;
    expect(strategy.pick(view, {}, 0)).toBe(1);
    expect(trace.steps).toEqual(['tier 0', 'tier 3']);
  });
});

describe('tiered, by health', () => {
  // Two tiers of four; what they share follows Envoy's formula. Tolerance: four standard deviations of 10,000 draws,
  // at most 4 x sqrt(10,000 x 0.5 x 0.5) = 200; the seed is fixed.
  test.each([
    [4, 4, 100],
    [3, 4, 100],
    [2, 4, 70],
    [1, 4, 35],
    [0, 4, 0],
    [2, 2, 70],
    [1, 1, 50],
  ])('%d of 4 healthy before %d of 4 leaves %d %% to the first tier', (first, second, percent) => {
    const snapshot = snapshotOf(Array.from({ length: 8 }, (_, i) => ({ tier: i < 4 ? 0 : 1 })));
    const [strategy, view] = started(byHealth(), snapshot);
    view.healthy.fill(0, first, 4).fill(0, 4 + second);
    const shares = tierShares(strategy, view, snapshot, 10_000);
    const expected = 100 * percent;
    if (percent % 100 === 0) expect(shares[0]).toBe(expected);
    else expect(Math.abs(shares[0]! - expected)).toBeLessThanOrEqual(200);
  });

  test('weighs targets: a tier that lost a quarter of its weight still takes everything', () => {
    const snapshot = snapshotOf([
      { tier: 0, weight: 3 },
      { tier: 0, weight: 1 },
      { tier: 1, weight: 1 },
    ]);
    const [strategy, view] = started(byHealth(), snapshot);
    view.healthy[1] = 0;
    expect(tierShares(strategy, view, snapshot, 1000)).toEqual([1000]);
    view.healthy[1] = 1;
    view.healthy[0] = 0;
    const shares = tierShares(strategy, view, snapshot, 10_000);
    expect(Math.abs(shares[0]! - 3500)).toBeLessThanOrEqual(200);
  });

  test('takes the other tiers in order when the drawn one has no admissible target', () => {
    const snapshot = snapshotOf([{ tier: 0 }, { tier: 1 }, { tier: 2 }]);
    const [strategy, view] = started(byHealth(), snapshot);
    view.healthy[0] = 0;
    view.admissible[1] = 0;
    view.admissible[0] = 0;
    expect(picks(strategy, view, 1)).toEqual([2]);
    view.admissible[0] = 1;
    expect(picks(strategy, view, 1)).toEqual([0]);
    view.admissible.fill(0);
    expect(picks(strategy, view, 1)).toEqual([-1]);
  });

  test('goes by size when every tier is in panic, and only then', () => {
    // 1 of 10 before 4 of 10: by health 14 and 56 of 70, so 20 % and 80 %.
    const snapshot = snapshotOf(Array.from({ length: 20 }, (_, i) => ({ tier: i < 10 ? 0 : 1 })));
    const load = (definition: StrategyDefinition, secondHealthy: number): readonly string[] => {
      const [strategy, view] = started(definition, snapshot);
      const trace = testTrace();
      view.trace = trace;
      view.healthy.fill(0, 1, 10).fill(0, 10 + secondHealthy);
      strategy.pick(view, {}, 0);
      return trace.steps.slice(0, 1);
    };
    const panicking = tiered({ within: turns(), overflow: 'by-health', panicRatio: 0.5 });
    expect(load(byHealth(), 4)).toEqual(['load by health: 20/80 %']);
    expect(load(panicking, 4)).toEqual(['load by health: 50/50 %']);
    // 5 of 10 is not below one half; 140 x 5 / 10 = 70, and 14 of 84 is 16.7 %.
    expect(load(panicking, 5)).toEqual(['load by health: 17/83 %']);
  });

  test('makes no draw while the first tier takes everything', () => {
    const random = seededRandom(1);
    const strategy = byHealth().create({ ...context, random });
    const snapshot = snapshotOf([{ tier: 0 }, { tier: 1 }]);
    strategy.update(snapshot);
    const before = random.save();
    picks(strategy, testView(snapshot), 10);
    expect(random.save()).toEqual(before);
  });
});

describe('options of tiered', () => {
  test.each([
    [{}, 'tiered: `within` must be a strategy, such as roundRobin(), got undefined'],
    [
      { within: 'round-robin' },
      'tiered: `within` must be a strategy, such as roundRobin(), got "round-robin"',
    ],
    [
      { within: turns(), overflow: 'sometimes' },
      'tiered: `overflow` must be "strict" or "by-health", got "sometimes"',
    ],
    [
      { within: turns(), tiers: { '-1': turns() } },
      'tiered: `tiers` must be given by the number of the tier, an integer >= 0, got "-1"',
    ],
    [
      { within: turns(), tiers: { 2: {} } },
      'tiered: `tiers.2` must be a strategy, such as roundRobin(), got [object Object]',
    ],
    [
      { within: turns(), overflow: 'by-health', panicRatio: 50 },
      'tiered: `panicRatio` must be from 0 to 1, got 50',
    ],
    [
      { within: turns(), panicRatio: 0.5 },
      'tiered: `panicRatio` must be 0 when `overflow` is "strict", got 0.5',
    ],
  ])('%j is refused', (options, message) => {
    expect(() => tiered(options as never)).toThrow(
      expect.objectContaining({ code: 'ERR_PLIMSOLL_OPTION', message }),
    );
  });

  test('weights are honoured when every part honours them', () => {
    const weighted = { ...turns(), honoursWeights: true };
    expect(tiered({ within: weighted }).honoursWeights).toBe(true);
    expect(tiered({ within: weighted, tiers: { 3: turns() } }).honoursWeights).toBe(false);
  });
});

function byHealth(): StrategyDefinition {
  return tiered({ within: turns(), overflow: 'by-health' });
}

/** Always the admissible target with the highest slot. */
function last(): StrategyDefinition {
  let slots: Int32Array = new Int32Array(0);
  return {
    ...turns(),
    create: () => ({
      update: (snapshot) => void (slots = snapshot.slots),
      pick: (view) => slots.toSorted().findLast((slot) => view.admits(slot)) ?? -1,
    }),
  };
}

function listener(name: string, told: string[]): StrategyDefinition {
  return {
    ...turns(),
    create: () => ({
      update: () => {},
      pick: () => -1,
      observe: (slot) => void told.push(`${name} ${slot}`),
    }),
  };
}
