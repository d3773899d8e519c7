import type { RateLimitDimension } from '@plimsoll/core';
import { describe, expect, it } from 'vitest';

import { bookOf } from './book.ts';
import { bucket, type Enforcer, fixedWindow, slidingWindow } from './enforcers.ts';
import { simulate } from './simulation.ts';

const RPM = 500;

const enforcers: [string, () => Enforcer][] = [
  ['a fixed window', () => fixedWindow(RPM, 0)],
  ['a fixed window that began 10 s before', () => fixedWindow(RPM, 10_000)],
  ['a fixed window that began 20 s before', () => fixedWindow(RPM, 20_000)],
  ['a fixed window that began 30 s before', () => fixedWindow(RPM, 30_000)],
  ['a fixed window that began 50 s before', () => fixedWindow(RPM, 50_000)],
  ['a sliding window', () => slidingWindow(RPM)],
  ['a bucket of a minute', () => bucket(RPM, RPM)],
  ['a bucket of 6 seconds', () => bucket(RPM, RPM / 10)],
  ['a bucket of a second', () => bucket(RPM, RPM / 60)],
];

describe.each(enforcers)('a limit nobody stated, enforced by %s', (_, enforcer) => {
  it.each([1, 2, 3])(
    'is known within a tenth, a minute after the first refusal (seed %i)',
    (seed) => {
      let firstMs = Number.NaN;
      let learned = Number.NaN;
      let throttled = 0;
      simulate({
        seed,
        limits: undefined,
        enforcers: [enforcer()],
        dimension: 'requests',
        perMinute: 1.5 * RPM,
        minutes: 4,
        jitterMs: 50,
        maxWaitMs: 1000,
        size: () => ({ input: 10, output: 10, maxOutput: 10 }),
        onThrottle: (_book, nowMs) => {
          throttled++;
          if (Number.isNaN(firstMs)) firstMs = nowMs;
        },
        onSecond: (book, nowMs) => {
          if (!(nowMs >= firstMs + 60_000) || !Number.isNaN(learned)) return;
          learned = book.headroom(0, nowMs)[0]!.limit;
        },
      });
      expect(learned).toBeGreaterThan(0.9 * RPM);
      expect(learned).toBeLessThan(1.1 * RPM);
      // Of 3,000 that were offered.
      expect(throttled).toBeLessThan(25);
    },
  );
});

/** A target without limits that had so many requests in the last minute, evenly. */
function busy(requests: number): ReturnType<typeof bookOf> & { last: number } {
  const { book, clock } = bookOf([{}]);
  let last = -1;
  for (let count = 0; count < requests; count++) {
    clock.advance(60_000 / requests);
    last = book.reserve(0, 100, 50, clock.now());
    if (count < requests - 1) {
      book.settle(last, { inputTokens: 100, outputTokens: 50 }, false, clock.now());
    }
  }
  return { book, clock, last };
}

it('is what was accepted since the window began, where the wait says when that was', () => {
  const { book, clock, last } = busy(100);
  book.onThrottled(last, 30_000, undefined, clock.now());
  expect(book.headroom(0, clock.now())).toMatchObject([{ dimension: 'requests', limit: 50 }]);
});

it('is not learned from a wait that is for a day', () => {
  const { book, clock, last } = busy(100);
  book.onThrottled(last, 3_600_000, undefined, clock.now());
  expect(book.headroom(0, clock.now())).toEqual([]);
});

it('is not learned from a refusal after next to nothing', () => {
  const { book, clock, last } = busy(4);
  book.onThrottled(last, 1000, undefined, clock.now());
  expect(book.headroom(0, clock.now())).toEqual([]);
});

it.each<[RateLimitDimension | undefined, object]>([
  [undefined, { dimension: 'requests', limit: 99 }],
  ['requests', { dimension: 'requests', limit: 99 }],
  ['tokens', { dimension: 'tokens', limit: 14_850 }],
])('is one of what the provider says was used up: %s', (exhausted, expected) => {
  const { book, clock, last } = busy(100);
  book.onThrottled(last, undefined, exhausted, clock.now());
  expect(book.headroom(0, clock.now())).toMatchObject([expected]);
});

it('is one of tokens where requests are limited by the configuration', () => {
  const { book, clock } = bookOf([{ limits: { rpm: 1000 } }]);
  let last = -1;
  for (let count = 0; count < 100; count++) {
    clock.advance(600);
    last = book.reserve(0, 100, 50, clock.now());
  }
  book.onThrottled(last, undefined, undefined, clock.now());
  const limits = book.headroom(0, clock.now()).map(({ dimension, limit }) => [dimension, limit]);
  expect(limits).toEqual([
    ['requests', 1000],
    ['tokens', 14_850],
  ]);
});

it('is left alone where everything is limited by the configuration', () => {
  const { book, clock } = bookOf([{ limits: { rpm: 1000, tpm: 1e6 } }]);
  const handle = book.reserve(0, 100, 50, clock.now());
  book.onThrottled(handle, 1000, undefined, clock.now());
  expect(book.headroom(0, clock.now())).toMatchObject([
    { limit: 1000, used: 1 },
    { limit: 1e6, used: 150 },
  ]);
});

it('makes no request impossible: a learned limit is an estimate', () => {
  const { book, clock, last } = busy(100);
  book.onThrottled(last, undefined, 'tokens', clock.now());
  expect(book.admits(0, 100_000, 0, clock.now())).toBe(false);
  expect(book.oversize(0, 100_000, 0)).toBeUndefined();
});

it('counts refusals of what was under way once, and takes them out of the estimate', () => {
  const { book, clock } = bookOf([{}]);
  const handles = Array.from({ length: 60 }, () => {
    clock.advance(1000);
    return book.reserve(0, 10, 10, clock.now());
  });
  for (const handle of handles.slice(-10)) {
    book.onThrottled(handle, undefined, undefined, clock.now());
  }
  const limit = (): number => book.headroom(0, clock.now())[0]!.limit;
  expect(limit()).toBe(50);
  for (let second = 0; second < 120; second++) {
    clock.advance(1000);
    const handle = book.reserve(0, 10, 10, clock.now());
    book.settle(handle, { inputTokens: 10, outputTokens: 10 }, false, clock.now());
  }
  // What was refused is not grown back to, as a limit that held would be.
  expect(limit()).toBe(52);
});

it('grows by a twentieth in a quiet minute, and only while it is used', () => {
  const { book, clock, last } = busy(600);
  book.onThrottled(last, undefined, undefined, clock.now());
  const limit = (): number => book.headroom(0, clock.now())[0]!.limit;
  const first = limit();
  const pass = (seconds: number, perSecond: number): void => {
    for (let second = 0; second < seconds; second++) {
      clock.advance(1000);
      for (let count = 0; count < perSecond; count++) {
        const handle = book.reserve(0, 1, 1, clock.now());
        book.settle(handle, { inputTokens: 1, outputTokens: 1 }, false, clock.now());
      }
    }
  };
  pass(60, 10);
  expect(limit()).toBe(first);
  pass(60, 10);
  expect(limit() / first).toBeCloseTo(1.05, 2);
  pass(60, 1);
  const unused = limit();
  pass(600, 1);
  expect(limit()).toBe(unused);
});

it('comes back within minutes where a provider refused for a while what it had allowed', () => {
  let isTroubled = false;
  let refusals = 0;
  const limits: number[] = [];
  const sound = slidingWindow(RPM);
  simulate({
    seed: 1,
    limits: undefined,
    enforcers: [
      {
        arrive(amount, nowMs) {
          isTroubled = nowMs >= 120_000 && nowMs < 180_000;
          const verdict = sound.arrive(amount, nowMs);
          const isAccepted = verdict.isAccepted && !(isTroubled && nowMs % 2000 < 1000);
          return { ...verdict, isAccepted, retryAfterMs: 5000 };
        },
        correct: (amount, atMs, nowMs) => sound.correct(amount, atMs, nowMs),
      },
    ],
    dimension: 'requests',
    perMinute: 0.8 * RPM,
    minutes: 10,
    jitterMs: 50,
    maxWaitMs: 0,
    size: () => ({ input: 10, output: 10, maxOutput: 10 }),
    onThrottle: () => void refusals++,
    onSecond: (book, nowMs) => {
      if (nowMs % 60_000 === 0) limits.push(book.headroom(0, nowMs)[0]?.limit ?? Infinity);
    },
  });
  expect(refusals).toBeGreaterThan(5);
  expect(Math.min(...limits)).toBeLessThan(0.25 * RPM);
  // Five minutes after the trouble four fifths of what is asked for are let through again.
  expect(limits.at(7)).toBeGreaterThan(0.8 * 0.8 * RPM);
});

it('makes a target whose use grew too fast grow by half in 15 minutes', () => {
  const { book, clock } = bookOf([{ limits: { rpm: 10_000 } }]);
  const send = (): void => {
    clock.advance(600);
    const handle = book.reserve(0, 10, 10, clock.now());
    book.settle(handle, { inputTokens: 10, outputTokens: 10 }, false, clock.now());
  };
  const limit = (): number =>
    book.headroom(0, clock.now()).find(({ dimension }) => dimension === 'requests')!.limit;
  for (let count = 0; count < 200; count++) send();
  book.onRamp(0, clock.now());
  const first = limit();
  expect(first).toBeGreaterThanOrEqual(100);
  expect(first).toBeLessThanOrEqual(102);
  for (let minute = 0; minute < 15; minute++) for (let count = 0; count < 100; count++) send();
  expect(limit() / first).toBeCloseTo(1.5, 1);
  // Once it could be four times as much the ramp is over.
  for (let minute = 0; minute < 45; minute++) for (let count = 0; count < 100; count++) send();
  expect(limit()).toBe(10_000);
});
