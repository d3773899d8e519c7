import type { Strategy } from '@plimsoll/core';
import {
  manualClock,
  seededRandom,
  snapshotOf,
  testTrace,
  testView,
  type TestView,
} from '@plimsoll/testkit';
import { afterEach, describe, expect, test, vi } from 'vitest';

import {
  type Candidate,
  type Choose,
  custom,
  type CustomOptions,
  type Fallback,
} from '../src/index.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const members = [
  { id: 'a', region: 'us' },
  { id: 'b', region: 'eu', weight: 2 },
  { id: 'c', region: 'eu' },
];

function poolOf(choose: Choose, options?: CustomOptions): { strategy: Strategy; view: TestView } {
  const snapshot = snapshotOf(members);
  const strategy = custom(choose, options).create({
    random: seededRandom(1),
    clock: manualClock(),
  });
  strategy.update(snapshot);
  return { strategy, view: testView(snapshot) };
}

test('follows the function’s answer', () => {
  const { strategy, view } = poolOf((candidates, request) =>
    candidates.find(({ target }) => target.region === request.region),
  );
  expect(strategy.pick(view, { region: 'eu' }, 0)).toBe(1);
});

test('takes a target for an answer as well', () => {
  const { strategy, view } = poolOf((candidates) => candidates[2]?.target);
  expect(strategy.pick(view, {}, 0)).toBe(2);
});

test('offers admissible targets only, with their numbers, and the time', () => {
  let offered: readonly Candidate[] = [];
  let time = 0;
  const { strategy, view } = poolOf((candidates, _request, nowMs) => {
    offered = candidates;
    time = nowMs;
    return candidates[0];
  });
  view.admissible[0] = 0;
  view.admissible[2] = 0;
  view.healthy[1] = 0;
  view.inFlight[1] = 7;
  view.estimates.firstContentMs[1] = 300;
  view.estimates.perTokenMs[1] = 15;
  view.estimates.failureRatio[1] = 0.25;
  expect(strategy.pick(view, {}, 1234)).toBe(1);
  expect(time).toBe(1234);
  expect(offered).toEqual([
    {
      target: expect.objectContaining({ id: 'b', region: 'eu' }),
      inFlight: 7,
      weight: 2,
      isHealthy: false,
      firstContentMs: 300,
      perTokenMs: 15,
      failureRatio: 0.25,
    },
  ]);
});

test('does not ask where no target is admissible', () => {
  const choose = vi.fn<Choose>();
  const { strategy, view } = poolOf(choose);
  view.admissible.fill(0);
  expect(strategy.pick(view, {}, 0)).toBe(-1);
  expect(choose).not.toHaveBeenCalled();
});

test('bears a function that sorts what it is given', () => {
  const { strategy, view } = poolOf(
    (candidates) => candidates.sort((x, y) => y.weight - x.weight)[0],
  );
  expect(strategy.pick(view, {}, 0)).toBe(1);
});

describe('an answer that cannot be followed', () => {
  const failure = new Error('no such rule');
  const cases: [string, Choose, Fallback][] = [
    ['nothing', () => undefined, { reason: 'no_answer' }],
    [
      'an error',
      () => {
        throw failure;
      },
      { reason: 'threw', error: failure },
    ],
    ['a copy', (candidates) => ({ ...candidates[0]! }), { reason: 'not_a_candidate' }],
    [
      'a promise',
      (async (candidates: readonly Candidate[]) => candidates[0]) as unknown as Choose,
      { reason: 'not_a_candidate' },
    ],
    ['null', (() => null) as unknown as Choose, { reason: 'not_a_candidate' }],
  ];

  test.each(cases)(
    'as %s gives the least busy target by weight, and is reported',
    (_, choose, expected) => {
      const fallbacks: Fallback[] = [];
      const { strategy, view } = poolOf(choose, {
        onFallback: (fallback) => fallbacks.push(fallback),
      });
      view.inFlight.set([3, 5, 3]);
      expect(strategy.pick(view, {}, 0)).toBe(1);
      expect(fallbacks).toEqual([expected]);
    },
  );

  test('as a target that is left out is no candidate', () => {
    const fallbacks: Fallback[] = [];
    let first: Candidate | undefined;
    const { strategy, view } = poolOf((candidates) => (first ??= candidates[0]), {
      onFallback: (fallback) => fallbacks.push(fallback),
    });
    expect(strategy.pick(view, {}, 0)).toBe(0);
    view.admissible[0] = 0;
    expect(strategy.pick(view, {}, 0)).toBeGreaterThan(0);
    expect(fallbacks).toEqual([{ reason: 'not_a_candidate' }]);
  });

  test('spreads over targets that are equally busy', () => {
    const { strategy, view } = poolOf(() => undefined, { onFallback: () => undefined });
    const counts = [0, 0, 0];
    for (let pick = 0; pick < 3000; pick++) counts[strategy.pick(view, {}, 0)]!++;
    // A third each, with a standard deviation of 26.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(5 * 26);
  });

  test('is said in the trace, and not reported for a request that is only tried out', () => {
    const onFallback = vi.fn<(fallback: Fallback) => void>();
    const { strategy, view } = poolOf(() => undefined, { onFallback });
    const trace = testTrace();
    view.trace = trace;
    view.peek = true;
    strategy.pick(view, {}, 0);
    expect(trace.steps).toEqual(['fallback to the least busy: no_answer']);
    expect(onFallback).not.toHaveBeenCalled();
  });

  test('harms nobody when the report fails too', () => {
    const { strategy, view } = poolOf(() => undefined, {
      onFallback: () => {
        throw new Error('the log is full');
      },
    });
    expect(strategy.pick(view, {}, 0)).toBeGreaterThanOrEqual(0);
  });

  test('is a process warning by default, once for each reason', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    let isThrowing = true;
    const { strategy, view } = poolOf(
      () => {
        if (isThrowing) throw failure;
        return undefined;
      },
      { name: 'by-team' },
    );
    strategy.pick(view, {}, 0);
    strategy.pick(view, {}, 0);
    isThrowing = false;
    strategy.pick(view, {}, 0);
    expect(warn.mock.calls.map(([message]) => message)).toEqual([
      'the function of strategy by-team threw: no such rule',
      'the function of strategy by-team answered nothing',
    ]);
  });
});

test('has the name and the trait it was given', () => {
  expect(custom(() => undefined)).toMatchObject({
    name: 'custom',
    honoursWeights: false,
    expectedShare: 'none',
  });
  expect(custom(() => undefined, { name: 'mine', honoursWeights: true })).toMatchObject({
    name: 'mine',
    honoursWeights: true,
  });
});

test.each([
  [['round-robin'], 'custom: `choose` must be a function, got "round-robin"'],
  [
    [() => undefined, { name: '' }],
    'custom: `name` must be a text of at least one character, got ""',
  ],
  [[() => undefined, { onFallback: 'log' }], 'custom: `onFallback` must be a function, got "log"'],
])('refuses %j', (args, message) => {
  expect(() => custom(...(args as unknown as Parameters<typeof custom>))).toThrow(message);
});
