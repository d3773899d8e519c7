import {
  type Price,
  type RequestTraits,
  seededRandom,
  type Snapshot,
  type Strategy,
  type StrategyDefinition,
  type Target,
} from '@plimsoll/core';
import {
  manualClock,
  snapshotOf,
  testTrace,
  testView,
  type TestView,
  turns,
} from '@plimsoll/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { cost } from '../src/index.ts';

const context = { random: seededRandom(1), clock: manualClock() };

function started(definition: StrategyDefinition, snapshot: Snapshot): [Strategy, TestView] {
  const strategy = definition.create(context);
  strategy.update(snapshot);
  return [strategy, testView(snapshot)];
}

function priced(...prices: (Price | undefined)[]): Snapshot {
  return snapshotOf(prices.map((price): Partial<Target> => ({ price })));
}

function picks(
  strategy: Strategy,
  view: TestView,
  count: number,
  request: RequestTraits = {},
): number[] {
  return Array.from({ length: count }, () => strategy.pick(view, request, 0));
}

describe('cost', () => {
  test('takes the cheapest admissible target, then the next cheapest', () => {
    const [strategy, view] = started(
      cost({ within: turns() }),
      priced({ input: 3, output: 15 }, { input: 0.1, output: 0.4 }, { input: 0.5, output: 2 }),
    );
    expect(picks(strategy, view, 3)).toEqual([1, 1, 1]);
    view.admissible[1] = 0;
    expect(picks(strategy, view, 2)).toEqual([2, 2]);
    view.admissible[2] = 0;
    expect(picks(strategy, view, 1)).toEqual([0]);
    view.admissible[0] = 0;
    expect(picks(strategy, view, 1)).toEqual([-1]);
  });

  test('0 is a price, and lower than 0.000001', () => {
    const [strategy, view] = started(
      cost({ within: turns() }),
      priced({ input: 0.000001, output: 0.000001 }, { input: 0, output: 0 }),
    );
    expect(picks(strategy, view, 3)).toEqual([1, 1, 1]);
  });

  test('a target without a price comes last, and is used when no other is left', () => {
    const [strategy, view] = started(
      cost({ within: turns() }),
      priced(undefined, { input: 100, output: 1000 }, undefined),
    );
    expect(picks(strategy, view, 2)).toEqual([1, 1]);
    view.admissible[1] = 0;
    expect(picks(strategy, view, 4)).toEqual([0, 2, 0, 2]);
  });

  test('targets of equal price share by the inner strategy', () => {
    const [strategy, view] = started(
      cost({ within: turns() }),
      priced(
        { input: 1, output: 2 },
        { input: 1, output: 2, cachedInput: 1 },
        { input: 2, output: 2 },
      ),
    );
    expect(picks(strategy, view, 4)).toEqual([0, 1, 0, 1]);
  });

  test('prices that cost the same for a request come in the order of the configuration', () => {
    const [strategy, view] = started(
      cost({ within: turns() }),
      priced({ input: 2, output: 1 }, { input: 1, output: 2 }),
    );
    const request = { inputTokens: 300, maxOutputTokens: 300 };
    expect(picks(strategy, view, 2, request)).toEqual([0, 0]);
    view.admissible[0] = 0;
    expect(picks(strategy, view, 1, request)).toEqual([1]);
  });

  test('the size of the request decides between a dear prompt and a dear answer', () => {
    // In millionths of a dollar: 1,000 against 7,293 for 700 + 300 tokens, 20,005 against 19,910 for 20,000 + 5, and
    // 20,300 against 26,400 for 20,000 + 300.
    const [strategy, view] = started(
      cost({ within: turns() }),
      priced({ input: 5, output: 5 }, { input: 1, output: 1 }, { input: 0.99, output: 22 }),
    );
    expect(picks(strategy, view, 1)).toEqual([1]);
    expect(picks(strategy, view, 1, { inputTokens: 20_000, maxOutputTokens: 5 })).toEqual([2]);
    expect(picks(strategy, view, 1, { inputTokens: 20_000, maxOutputTokens: 100_000 })).toEqual([
      1,
    ]);
  });

  test('the expected size is an option', () => {
    const snapshot = priced({ input: 1, output: 10 }, { input: 2, output: 2 });
    const [short, view] = started(cost({ within: turns(), expectedOutputTokens: 10 }), snapshot);
    expect(picks(short, view, 1)).toEqual([0]);
    const [long] = started(cost({ within: turns(), expectedOutputTokens: 1000 }), snapshot);
    expect(picks(long, view, 1)).toEqual([1]);
    const [large] = started(
      cost({ within: turns(), expectedInputTokens: 50_000, expectedOutputTokens: 1000 }),
      snapshot,
    );
    expect(picks(large, view, 1)).toEqual([0]);
  });

  test('the price of cached input counts for the share of input that was cached', () => {
    const [strategy, view] = started(
      cost({ within: turns() }),
      priced({ input: 1, output: 2 }, { input: 2, output: 2, cachedInput: 0.2 }),
    );
    const request = { inputTokens: 10_000 };
    expect(picks(strategy, view, 1, request)).toEqual([0]);
    const served = (cachedInputTokens: number): void =>
      strategy.observe!(
        1,
        { durationMs: 1, usage: { inputTokens: 90_000, outputTokens: 1, cachedInputTokens } },
        0,
      );
    // A share of 0.45: 2 - 0.45 x 1.8 = 1.19 for a million tokens of input, still more than 1.
    served(45_000);
    expect(picks(strategy, view, 1, request)).toEqual([0]);
    // 0.71 of 190,000: 0.72.
    served(90_000);
    expect(picks(strategy, view, 1, request)).toEqual([1]);
    const larger = priced(
      { input: 3, output: 2 },
      { input: 2, output: 2, cachedInput: 0.2 },
      { input: 1, output: 2 },
    );
    strategy.update(larger);
    view.update(larger);
    expect(picks(strategy, view, 1, request)).toEqual([1]);
    expect(strategy.pick(view, request, 3_600_000 * 10)).toBe(2);
  });

  test('passes over targets with a late first content while another one is admissible', () => {
    const [strategy, view] = started(
      cost({ within: turns(), maxFirstContentMs: 1000 }),
      priced({ input: 1, output: 1 }, { input: 1, output: 1 }, { input: 9, output: 9 }),
    );
    expect(picks(strategy, view, 2)).toEqual([0, 1]);
    view.estimates.firstContentMs[0] = 1001;
    expect(picks(strategy, view, 2)).toEqual([1, 1]);
    view.estimates.firstContentMs[1] = 5000;
    expect(picks(strategy, view, 2)).toEqual([2, 2]);
    view.admissible[2] = 0;
    expect(picks(strategy, view, 2)).toEqual([0, 1]);
  });

  test('keeps the phase of a price while others come and go', () => {
    const same = { input: 1, output: 1 };
    const [strategy, view] = started(cost({ within: turns() }), priced(same, same, same));
    expect(picks(strategy, view, 2)).toEqual([0, 1]);
    strategy.update(priced(same, same, same, { input: 7, output: 7 }));
    expect(picks(strategy, view, 2)).toEqual([2, 0]);
  });

  test('hands outcomes on to the strategy of the price', () => {
    const told: number[] = [];
    const listener: StrategyDefinition = {
      ...turns(),
      create: () => ({ update: () => {}, pick: () => -1, observe: (slot) => void told.push(slot) }),
    };
    const [strategy] = started(
      cost({ within: listener }),
      priced({ input: 1, output: 1 }, undefined),
    );
    strategy.observe!(1, { durationMs: 1 }, 0);
    strategy.observe!(0, { durationMs: 1 }, 0);
    strategy.observe!(7, { durationMs: 1 }, 0);
    expect(told).toEqual([1, 0]);
  });

  test('notes the prices it asked, and scores every target with its estimated cost', () => {
    const [strategy, view] = started(
      cost({ within: turns() }),
      priced({ input: 1, output: 10 }, { input: 0.5, output: 1 }, undefined),
    );
    const trace = testTrace();
    view.trace = trace;
    view.admissible[1] = 0;
    expect(strategy.pick(view, { inputTokens: 1000, maxOutputTokens: 100 }, 0)).toBe(0);
    expect(trace.steps).toEqual([
      'price 0.5/1/0.5: about $0.000600',
      'price 1/10/1: about $0.00200',
    ]);
    expect([...trace.scores]).toEqual([
      [0, 0.002],
      [1, 0.0006],
    ]);
  });

  test('agrees with a sort by cost, whatever the prices, the request and the targets left', () => {
    const price = fc.record({ input: fc.nat(20), output: fc.nat(20) });
    fc.assert(
      fc.property(
        fc.array(fc.option(price, { nil: undefined }), { minLength: 1, maxLength: 8 }),
        fc.nat(2000),
        fc.nat(300),
        fc.nat(255),
        (prices, inputTokens, maxOutputTokens, admitted) => {
          const [strategy, view] = started(cost({ within: turns() }), priced(...prices));
          prices.forEach((_, slot) => (view.admissible[slot] = (admitted >> slot) & 1));
          const slot = strategy.pick(view, { inputTokens, maxOutputTokens }, 0);
          const usd = prices.map((p) =>
            p === undefined ? Infinity : p.input * inputTokens + p.output * maxOutputTokens,
          );
          const left = usd.filter((_, index) => view.admissible[index] === 1);
          if (left.length === 0) expect(slot).toBe(-1);
          else expect(usd[slot]).toBe(Math.min(...left));
        },
      ),
    );
  });
});

describe('options of cost', () => {
  test.each([
    [{}, 'cost: `within` must be a strategy, such as roundRobin(), got undefined'],
    [
      { within: turns(), expectedInputTokens: -1 },
      'cost: `expectedInputTokens` must be a number >= 0, got -1',
    ],
    [
      { within: turns(), expectedOutputTokens: NaN },
      'cost: `expectedOutputTokens` must be a number >= 0, got NaN',
    ],
    [
      { within: turns(), maxFirstContentMs: 0 },
      'cost: `maxFirstContentMs` must be a number > 0, got 0',
    ],
  ])('%j is refused', (options, message) => {
    expect(() => cost(options as never)).toThrow(
      expect.objectContaining({ code: 'ERR_PLIMSOLL_OPTION', message }),
    );
  });
});
