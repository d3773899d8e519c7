import { seededRandom } from '@plimsoll/core';
import { manualClock } from '@plimsoll/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { costUsd } from '../src/cost.ts';
import { EstimateState } from '../src/estimates.ts';
import { RetryBudget } from '../src/retry-budget.ts';
import { type Sweepable, Sweeper } from '../src/sweeper.ts';
import { resolveRetry, resolveTimeouts } from '../src/timeouts.ts';
import { rig } from './rig.ts';

describe('Sweeper', () => {
  it('calls each item once its moment has passed, to the tick, whatever comes and goes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 500 }), fc.boolean()), { maxLength: 200 }),
        (moments) => {
          const clock = manualClock();
          const sweeper = new Sweeper(clock);
          const fired = new Map<number, number>();
          const items = moments.map(([dueMs], index): Sweepable => {
            const item: Sweepable = {
              sweepIndex: -1,
              onDue(nowMs) {
                fired.set(index, nowMs);
                sweeper.unwatch(item);
              },
            };
            sweeper.watch(item, dueMs, 0);
            return item;
          });
          for (const [index, [, leaves]] of moments.entries()) {
            if (leaves) sweeper.unwatch(items[index]!);
          }
          clock.advance(600);
          for (const [index, [dueMs, leaves]] of moments.entries()) {
            expect(fired.get(index)).toBe(leaves ? undefined : Math.ceil(dueMs / 10) * 10);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('RetryBudget', () => {
  it('earns a retry from every five requests, and saves up no more than its cap', () => {
    const budget = new RetryBudget(0.2, 3, 0);
    for (let request = 0; request < 4; request++) budget.earn();
    expect(budget.take()).toBe(false);
    budget.earn();
    expect(budget.take()).toBe(true);
    for (let request = 0; request < 100; request++) budget.earn();
    expect([1, 2, 3, 4].map(() => budget.take())).toEqual([true, true, true, false]);
  });

  it('is not charged for a retry that could not be made', () => {
    const budget = new RetryBudget(0.2, 3, 1);
    budget.take();
    budget.refund();
    expect(budget.take()).toBe(true);
  });
});

describe('estimates', () => {
  const estimates = (): EstimateState => {
    const state = new EstimateState();
    state.grow(3);
    for (let slot = 0; slot < 3; slot++) state.reset(slot, 0);
    return state;
  };

  const ageFor = (state: EstimateState, fromMs: number, toMs: number): void => {
    for (let nowMs = fromMs; nowMs <= toMs; nowMs += 250) state.age(nowMs);
  };

  it('takes the first sample as it is, and later ones by their age', () => {
    const state = estimates();
    state.observeFirstContent(0, 1000, 0);
    expect(state.firstContentMs[0]).toBe(1000);
    state.observeFirstContent(0, 4000, 10_000);
    expect(state.firstContentMs[0]).toBeCloseTo(1000 + 3000 * (1 - Math.exp(-1)), 6);
    expect(state.samples[0]).toBe(2);
  });

  it('moves a value nobody refreshes to the mean of the fresh ones, neither to zero nor not at all', () => {
    const state = estimates();
    state.observeFirstContent(0, 5000, 0);
    for (let nowMs = 0; nowMs <= 300_000; nowMs += 250) {
      state.observeFirstContent(1, 400, nowMs);
      state.age(nowMs);
    }
    expect(state.firstContentMs[0]).toBeGreaterThan(400);
    expect(state.firstContentMs[0]).toBeLessThan(500);
    expect(state.firstContentMs[1]).toBeCloseTo(400, 6);
  });

  it('gives a new target the mean of the fresh ones', () => {
    const state = estimates();
    expect(state.firstContentMs[0]).toBe(500);
    state.observeFirstContent(0, 100, 0);
    state.observeFirstContent(1, 300, 0);
    state.reset(2, 1000);
    expect(state.firstContentMs[2]).toBe(200);
    expect(state.samples[2]).toBe(0);
  });

  it('learns from buffered answers too, what they can tell', () => {
    const { provider, start, clock, fleet } = rig(['a']);
    start();
    clock.advance(2000);
    provider.last.answer('hello', { inputTokens: 1, outputTokens: 100 });
    expect(fleet.estimates.samples[0]).toBe(1);
    expect(fleet.estimates.perTokenMs[0]).toBe(20);
    expect(fleet.estimates.firstContentMs[0]).toBe(500);
    start({ isStream: true });
    clock.advance(400);
    provider.last.answer('hello', { inputTokens: 1, outputTokens: 1 });
    start();
    clock.advance(2400);
    provider.last.answer('hello', { inputTokens: 1, outputTokens: 100 });
    expect(fleet.estimates.firstContentMs[0]).toBe(400);
    expect(fleet.estimates.perTokenMs[0]).toBe(20);
  });

  it('forgets failures with time', () => {
    const state = estimates();
    for (let count = 0; count < 50; count++) state.observeEnd(0, true, count);
    const before = state.failureRatio[0]!;
    expect(before).toBeGreaterThan(0.9);
    ageFor(state, 0, 110_000);
    expect(state.failureRatio[0]).toBeLessThan(before / 16);
  });
});

describe('costUsd', () => {
  it('charges cached tokens their own price, and knows that 0 is a price', () => {
    const usage = { inputTokens: 1_000_000, cachedInputTokens: 500_000, outputTokens: 1_000_000 };
    expect(costUsd({ input: 2, output: 8, cachedInput: 0.5 }, usage)).toBe(1 + 0.25 + 8);
    expect(costUsd({ input: 2, output: 8 }, usage)).toBe(10);
    expect(costUsd({ input: 0, output: 0 }, usage)).toBe(0);
    expect(costUsd(undefined, usage)).toBeUndefined();
  });
});

it('names the option of a time limit or a retry that is out of range', () => {
  expect(() => resolveTimeouts({ idleMs: 0 })).toThrow(
    'balancer: `timeouts.idleMs` must be milliseconds > 0, got 0',
  );
  expect(() => resolveRetry({ budgetRatio: 2 })).toThrow(
    'balancer: `retry.budgetRatio` must be from 0 to 1, got 2',
  );
  expect(() => resolveRetry({ budgetInitial: 200 })).toThrow(
    'balancer: `retry.budgetInitial` must be from 0 to budgetCap (100), got 200',
  );
});

it('draws the same numbers for the same seed, and takes up a saved state', () => {
  const random = seededRandom(42);
  const state = random.save();
  const drawn = [random.float(), random.below(10), random.below(10)];
  random.restore(state);
  expect([random.float(), random.below(10), random.below(10)]).toEqual(drawn);
});
