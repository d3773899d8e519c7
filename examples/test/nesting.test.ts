// Strategies that choose among strategies, one inside the other in every order: the contract suite and what only a
// whole nest can show. The packages cannot test this themselves, since none of them knows another one.
import {
  type RequestTraits,
  seededRandom,
  type Snapshot,
  type Strategy,
  type StrategyDefinition,
  type Target,
} from '@plimsoll/core';
import { cost } from '@plimsoll/strategy-cost';
import { geo } from '@plimsoll/strategy-geo';
import { quotaHeadroom } from '@plimsoll/strategy-quota-headroom';
import { roundRobin } from '@plimsoll/strategy-round-robin';
import { rules } from '@plimsoll/strategy-rules';
import { tiered } from '@plimsoll/strategy-tiered';
import { manualClock, snapshotOf, strategyContract, testTrace, testView } from '@plimsoll/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

type Wrap = (within: StrategyDefinition) => StrategyDefinition;

const isLong = (request: RequestTraits): boolean => (request.inputTokens ?? 0) > 1000;

const wraps: Readonly<Record<string, Wrap>> = {
  tiered: (within) => tiered({ within }),
  'tiered by health': (within) => tiered({ within, overflow: 'by-health' }),
  cost: (within) => cost({ within }),
  'cost, quick ones': (within) => cost({ within, maxFirstContentMs: 600 }),
  geo: (within) => geo({ within }),
  'geo by latency': (within) => geo({ within, nearest: 'latency' }),
  'quota-headroom': (within) => quotaHeadroom({ within }),
  rules: (within) =>
    rules({ rules: [{ when: isLong, use: within, tags: ['large'] }], otherwise: within }),
};

function wrapOf(name: string): Wrap {
  const wrap = wraps[name];
  if (wrap === undefined) throw new RangeError(name);
  return wrap;
}

function nest(names: readonly string[], leaf: StrategyDefinition): StrategyDefinition {
  return names.reduceRight((within, name) => wrapOf(name)(within), leaf);
}

/** Every order of the four kinds, with each flavour of each kind in some. */
const orders: readonly (readonly string[])[] = permutations(['tiered', 'cost', 'geo', 'rules']).map(
  (order, index) =>
    order.map((name) => {
      if (name === 'tiered' && index % 2 === 0) return 'tiered by health';
      if (name === 'cost' && index % 3 === 0) return 'cost, quick ones';
      if (name === 'geo' && index % 4 === 0) return 'geo by latency';
      return name;
    }),
);

describe('where targets differ in nothing, a nest behaves as its innermost strategy', () => {
  for (const order of orders) {
    strategyContract({
      name: order.join(' > '),
      create: () => nest(order, roundRobin()),
      traits: (pick) => ({ region: pick % 2 === 0 ? 'eu' : 'us', inputTokens: 100 * (pick % 7) }),
    });
  }
});

const anyTarget: fc.Arbitrary<Partial<Target>> = fc.record({
  tier: fc.nat(2),
  region: fc.constantFrom('eu-west-1', 'us-east-1', 'cellar', undefined),
  price: fc.constantFrom(
    undefined,
    { input: 0, output: 0 },
    { input: 1, output: 4 },
    { input: 3, output: 1 },
  ),
  tags: fc.constantFrom([], ['large']),
  weight: fc.constantFrom(1, 2.5),
});

const anyRequest: fc.Arbitrary<RequestTraits> = fc.record({
  region: fc.constantFrom('eu', 'us-west', 'atlantis', undefined),
  inputTokens: fc.constantFrom(10, 5000),
});

const anyOrder = fc.array(fc.constantFrom(...Object.keys(wraps)), { minLength: 1, maxLength: 6 });

describe('a nest of any depth, over any pool', () => {
  test('finds an admissible target exactly when there is one, and explains the real choice', () => {
    fc.assert(
      fc.property(
        anyOrder,
        fc.array(anyTarget, { maxLength: 9 }),
        fc.array(fc.tuple(anyRequest, fc.nat(511), fc.nat(511)), { minLength: 1, maxLength: 8 }),
        (order, targets, requests) => {
          const random = seededRandom(1);
          const snapshot = snapshotOf(targets);
          const strategy = nest(order, roundRobin()).create({ random, clock: manualClock() });
          const view = testView(snapshot);
          strategy.update(snapshot);
          for (const [request, admitted, healthy] of requests) {
            for (const slot of snapshot.slots) {
              view.admissible[slot] = (admitted >> slot) & 1;
              view.healthy[slot] = (healthy >> slot) & 1;
            }
            const state = random.save();
            view.peek = true;
            view.trace = testTrace();
            const explained = strategy.pick(view, request, 0);
            random.restore(state);
            view.peek = false;
            view.trace = undefined;
            const slot = strategy.pick(view, request, 0);
            expect(slot).toBe(explained);
            if (slot < 0) expect(snapshot.slots.some((other) => view.admits(other))).toBe(false);
            else expect(view.admits(slot)).toBe(true);
          }
        },
      ),
    );
  });

  test('tells an outcome to strategies that have the target, and to no others', () => {
    fc.assert(
      fc.property(
        anyOrder,
        fc.array(anyTarget, { minLength: 1, maxLength: 9 }),
        (order, targets) => {
          const leaves: Leaf[] = [];
          const strategy = nest(order, recording(leaves)).create({
            random: seededRandom(1),
            clock: manualClock(),
          });
          const snapshot = snapshotOf(targets);
          strategy.update(snapshot);
          for (const slot of snapshot.slots) {
            for (const leaf of leaves) leaf.told = [];
            strategy.observe?.(slot, { durationMs: 1 }, 0);
            for (const { slots, told } of leaves) {
              expect(told).toEqual(slots.includes(slot) ? [slot] : []);
            }
          }
        },
      ),
    );
  });
});

describe('tiered > rules > cost', () => {
  const snapshot = snapshotOf([
    { id: 'free', tier: 0, price: { input: 0, output: 0 } },
    { id: 'cheap', tier: 1, price: { input: 0.5, output: 2 } },
    { id: 'dear', tier: 1, price: { input: 3, output: 15 } },
    { id: 'cheap, large', tier: 1, price: { input: 1, output: 4 }, tags: ['large'] },
    { id: 'dear, large', tier: 1, price: { input: 5, output: 25 }, tags: ['large'] },
  ]);
  const strategy = nest(['tiered', 'rules', 'cost'], roundRobin()).create({
    random: seededRandom(1),
    clock: manualClock(),
  });
  strategy.update(snapshot);

  test.each([
    ['free', 10, []],
    ['cheap', 10, ['free']],
    ['dear, large', 5000, ['free', 'cheap, large']],
    ['cheap', 5000, ['free', 'cheap, large', 'dear, large']],
  ])('%s serves %d tokens without %j', (expected, inputTokens, out) => {
    const view = testView(snapshot);
    for (const id of out) view.admissible[slotOf(snapshot, id)] = 0;
    expect(snapshot.targets[strategy.pick(view, { inputTokens }, 0)]!.id).toBe(expected);
  });

  test('the trace shows the way through all of them, outermost first', () => {
    const view = testView(snapshot);
    const trace = testTrace();
    view.trace = trace;
    view.admissible[slotOf(snapshot, 'free')] = 0;
    view.admissible[slotOf(snapshot, 'cheap, large')] = 0;
    strategy.pick(view, { inputTokens: 5000, maxOutputTokens: 100 }, 0);
    expect(trace.steps).toEqual([
      'tier 0',
      'rule 1',
      'otherwise',
      'price 0/0/0: about $0.00',
      'tier 1',
      'rule 1',
      'price 1/4/1: about $0.00540',
      'price 5/25/5: about $0.0275',
    ]);
  });
});

function slotOf(snapshot: Snapshot, id: string): number {
  return snapshot.slots[snapshot.targets.findIndex((target) => target.id === id)]!;
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item) =>
    permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}

interface Leaf {
  slots: readonly number[];
  told: number[];
}

/** A strategy that notes what it is given. */
function recording(leaves: Leaf[]): StrategyDefinition {
  return {
    ...roundRobin(),
    create(): Strategy {
      const leaf: Leaf = { slots: [], told: [] };
      leaves.push(leaf);
      return {
        update: (snapshot) => void (leaf.slots = [...snapshot.slots]),
        pick: () => -1,
        observe: (slot) => void leaf.told.push(slot),
      };
    },
  };
}
