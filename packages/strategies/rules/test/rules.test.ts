import {
  type RequestTraits,
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

import { complexityOf, rules } from '../src/index.ts';

const context = { random: seededRandom(1), clock: manualClock() };

function started(definition: StrategyDefinition, snapshot: Snapshot): [Strategy, TestView] {
  const strategy = definition.create(context);
  strategy.update(snapshot);
  return [strategy, testView(snapshot)];
}

const pool = snapshotOf([
  { id: 'small', tags: ['cheap'] },
  { id: 'medium', tags: ['cheap', 'vision'] },
  { id: 'large', tags: ['vision'] },
]);

const isLong = (request: RequestTraits): boolean => (request.inputTokens ?? 0) > 20_000;
const hasImages = (request: RequestTraits): boolean => (request.images ?? 0) > 0;

describe('rules', () => {
  test('the first rule that matches decides, and `otherwise` where none does', () => {
    const [strategy, view] = started(
      rules({
        rules: [
          { when: isLong, use: turns(), targets: ['large'] },
          { when: hasImages, use: turns(), targets: ['medium'] },
        ],
        otherwise: turns(),
      }),
      pool,
    );
    expect(strategy.pick(view, { inputTokens: 30_000 }, 0)).toBe(2);
    expect(strategy.pick(view, { images: 1 }, 0)).toBe(1);
    expect(strategy.pick(view, { inputTokens: 30_000, images: 1 }, 0)).toBe(2);
    expect([0, 0, 0, 0].map(() => strategy.pick(view, {}, 0))).toEqual([0, 1, 2, 0]);
  });

  test('a rule may name ids, tags or both; a target must fit all of them', () => {
    const [strategy, view] = started(
      rules({
        rules: [
          { when: hasImages, use: turns(), tags: ['vision'] },
          { when: isLong, use: turns(), tags: ['cheap', 'vision'] },
          { when: complex, use: turns(), tags: ['cheap'], targets: ['small', 'large'] },
        ],
        otherwise: turns(),
      }),
      pool,
    );
    expect([1, 1, 1].map((images) => strategy.pick(view, { images }, 0))).toEqual([1, 2, 1]);
    expect([1, 1].map(() => strategy.pick(view, { inputTokens: 30_000 }, 0))).toEqual([1, 1]);
    expect([1, 1].map(() => strategy.pick(view, { complexity: 1 }, 0))).toEqual([0, 0]);
  });

  test('falls through to the next rule that matches, and then to `otherwise`', () => {
    const [strategy, view] = started(
      rules({
        rules: [
          { when: isLong, use: turns(), targets: ['large'] },
          { when: complex, use: turns(), targets: ['small'] },
          { when: hasImages, use: turns(), targets: ['medium'] },
        ],
        otherwise: turns(),
      }),
      pool,
    );
    const request = { inputTokens: 30_000, images: 1, complexity: 0 };
    view.admissible[2] = 0;
    expect(strategy.pick(view, request, 0)).toBe(1);
    view.admissible[1] = 0;
    expect(strategy.pick(view, request, 0)).toBe(0);
    view.admissible[0] = 0;
    expect(strategy.pick(view, request, 0)).toBe(-1);
  });

  test('without `fallThrough` only the rule that matches is asked', () => {
    const [strategy, view] = started(
      rules({
        rules: [{ when: isLong, use: turns(), targets: ['large'] }],
        otherwise: turns(),
        fallThrough: false,
      }),
      pool,
    );
    view.admissible[2] = 0;
    expect(strategy.pick(view, { inputTokens: 30_000 }, 0)).toBe(-1);
    expect(strategy.pick(view, {}, 0)).toBe(0);
  });

  test('a condition that throws does not match, and the trace says so', () => {
    const [strategy, view] = started(
      rules({
        rules: [
          {
            when: (request) => request.metadata!.plan === 'gold',
            use: turns(),
            targets: ['large'],
            name: 'gold',
          },
        ],
        otherwise: turns(),
      }),
      pool,
    );
    const trace = testTrace();
    view.trace = trace;
    expect(strategy.pick(view, { metadata: { plan: 'gold' } }, 0)).toBe(2);
    expect(strategy.pick(view, {}, 0)).toBe(0);
    expect(trace.steps).toEqual([
      'rule 1: gold',
      "rule 1: gold: condition failed: Cannot read properties of undefined (reading 'plan')",
      'otherwise',
    ]);
  });

  test('a rule whose targets are not in the pool matches and finds none', () => {
    const [strategy, view] = started(
      rules({ rules: [{ when: () => true, use: turns(), targets: ['gone'] }], otherwise: turns() }),
      pool,
    );
    expect(strategy.pick(view, {}, 0)).toBe(0);
  });

  test('parts share targets but not their turns', () => {
    const [strategy, view] = started(
      rules({ rules: [{ when: hasImages, use: turns() }], otherwise: turns() }),
      pool,
    );
    const requests = [{}, { images: 1 }, { images: 1 }, {}, { images: 1 }];
    expect(requests.map((request) => strategy.pick(view, request, 0))).toEqual([0, 0, 1, 1, 2]);
  });

  test('tells every part that has the target of its outcomes', () => {
    const told: string[] = [];
    const [strategy] = started(
      rules({
        rules: [
          { when: isLong, use: listener('long', told), targets: ['large'] },
          { when: hasImages, use: listener('images', told), tags: ['vision'] },
        ],
        otherwise: listener('otherwise', told),
      }),
      pool,
    );
    for (const slot of [2, 1, 0]) strategy.observe!(slot, { durationMs: 1 }, 0);
    expect(told).toEqual([
      'long 2',
      'images 2',
      'otherwise 2',
      'images 1',
      'otherwise 1',
      'otherwise 0',
    ]);
  });
});

describe('complexityOf', () => {
  test.each([
    [{}, 0],
    [{ turns: 1 }, 0],
    [{ inputTokens: 2000 }, 0.25],
    [{ turns: 9 }, 0.125],
    [{ tools: 4 }, 0.125],
    [{ inputTokens: 2000, turns: 9, tools: 4 }, 0.5],
    [{ inputTokens: 18_000 }, 0.45],
    [{ inputTokens: 18_000, complexity: 0.1 }, 0.1],
    [{ complexity: 7 }, 1],
    [{ complexity: -1 }, 0],
  ])('of %j is %d', (request, expected) => {
    expect(complexityOf(request)).toBeCloseTo(expected, 12);
  });
});

describe('options of rules', () => {
  test.each([
    [{ otherwise: turns() }, 'rules: `rules` must be a list of rules, got undefined'],
    [{ rules: [] }, 'rules: `otherwise` must be a strategy, such as roundRobin(), got undefined'],
    [
      { rules: [{ use: turns() }], otherwise: turns() },
      'rules: `rules.0.when` must be a function of the request, got undefined',
    ],
    [
      {
        rules: [
          { when: isLong, use: turns() },
          { when: 'x', use: turns() },
        ],
        otherwise: turns(),
      },
      'rules: `rules.1.when` must be a function of the request, got "x"',
    ],
    [
      { rules: [{ when: isLong }], otherwise: turns() },
      'rules: `rules.0.use` must be a strategy, such as roundRobin(), got undefined',
    ],
    [
      { rules: [{ when: isLong, use: turns(), targets: [] }], otherwise: turns() },
      'rules: `rules.0.targets` must be a list with at least one entry, got ',
    ],
    [
      { rules: [{ when: isLong, use: turns(), tags: 'eu' }], otherwise: turns() },
      'rules: `rules.0.tags` must be a list with at least one entry, got "eu"',
    ],
    [
      { rules: [], otherwise: turns(), fallThrough: 'no' },
      'rules: `fallThrough` must be true or false, got "no"',
    ],
  ])('%j is refused', (options, message) => {
    expect(() => rules(options as never)).toThrow(
      expect.objectContaining({ code: 'ERR_PLIMSOLL_OPTION', message }),
    );
  });
});

function complex(request: RequestTraits): boolean {
  return complexityOf(request) > 0.5;
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
