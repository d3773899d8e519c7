import type { RateLimitFact } from '@plimsoll/core';
import { describe, expect, it } from 'vitest';

import { bookOf } from './book.ts';

const requests = (rest: Partial<RateLimitFact>): RateLimitFact[] => [
  { dimension: 'requests', windowMs: 60_000, ...rest },
];

/** A target of 500 requests a minute that has used ten. */
function used(): ReturnType<typeof bookOf> {
  const made = bookOf([{ limits: { rpm: 500, burstRatio: 1 } }]);
  for (let count = 0; count < 10; count++) made.book.reserve(0, 1, 1, 0);
  return made;
}

it('takes less room than its own count to be the use of others, until the reset', () => {
  const { book } = used();
  book.reconcile(0, requests({ remaining: 100, resetAfterMs: 20_000 }), false, 0);
  expect(book.headroom(0, 0)).toMatchObject([{ used: 400, resetAtMs: 60_300 }]);
  for (let count = 0; count < 100; count++) book.reserve(0, 1, 1, 0);
  expect(book.admits(0, 1, 1, 19_999)).toBe(false);
  expect(book.retryAtMs(0, 1, 1, 19_999)).toBe(20_000);
  expect(book.admits(0, 1, 1, 20_000)).toBe(true);
});

it('takes the newest word: others that use less leave more', () => {
  const { book } = used();
  book.reconcile(0, requests({ remaining: 100, resetAfterMs: 20_000 }), false, 0);
  book.reconcile(0, requests({ remaining: 480, resetAfterMs: 20_000 }), false, 1);
  expect(book.headroom(0, 1)[0]!.used).toBe(20);
});

it('never has more room than it counts itself, nor than is configured', () => {
  const { book } = used();
  book.reconcile(0, requests({ limit: 9000, remaining: 8999, resetAfterMs: 10 }), false, 0);
  expect(book.headroom(0, 0)).toMatchObject([{ limit: 500, used: 10 }]);
});

it('goes by a stated limit that is lower than the configured one, for as long as it is stated', () => {
  const { book } = used();
  book.reconcile(0, requests({ limit: 50, remaining: 40 }), false, 0);
  expect(book.headroom(0, 0)[0]!.limit).toBe(50);
  book.reconcile(0, requests({ limit: 5000, remaining: 4990 }), false, 0);
  expect(book.headroom(0, 0)[0]!.limit).toBe(500);
});

it('goes by a stated limit where none is configured, of any window', () => {
  const { book } = bookOf([{}]);
  book.reconcile(
    0,
    [
      { dimension: 'requests', limit: 14_400, remaining: 14_399, resetAfterMs: 3_600_000 },
      { dimension: 'tokens', limit: 6000, remaining: 6000, resetAfterMs: 50 },
    ],
    false,
    0,
  );
  // A reset an hour away is not one of a minute.
  expect(book.headroom(0, 0)).toMatchObject([
    { scope: 'group', dimension: 'tokens', windowMs: 60_000, limit: 6000 },
    { scope: 'group', dimension: 'requests', windowMs: 86_400_000, limit: 14_400 },
  ]);
  expect(book.admits(0, 6001, 0, 0)).toBe(false);
});

it('does not take what it had under way a moment ago for the use of others', () => {
  const { book, clock } = bookOf([{ limits: { rpm: 100, burstRatio: 1 } }]);
  for (let count = 0; count < 90; count++) book.reserve(0, 1, 1, 0);
  clock.advance(60_350);
  // Told of when the ninety were counted still.
  book.reserve(0, 1, 1, clock.now());
  book.reconcile(0, requests({ remaining: 10, resetAfterMs: 60_000 }), false, clock.now());
  expect(book.headroom(0, clock.now())[0]!.used).toBe(1);
});

describe('headers that are wrong', () => {
  it.each<[string, Partial<RateLimitFact>]>([
    ['negative', { remaining: -1, limit: -1, resetAfterMs: -1 }],
    ['no number', { remaining: Number.NaN, limit: Number.NaN, resetAfterMs: Number.NaN }],
    ['absent', {}],
    ['more than all', { remaining: 10, limit: 5 }],
    ['a limit of nothing', { limit: 0 }],
  ])('change nothing: %s', (_, fact) => {
    const { book } = used();
    book.reconcile(0, requests(fact), false, 0);
    expect(book.headroom(0, 0)).toMatchObject([{ limit: 500, used: 10 }]);
  });

  it.each([
    ['with a limit', { rpm: 500, burstRatio: 1 }],
    ['without', undefined],
  ])('never block a target that always says zero and answers, %s', (_, limits) => {
    const { book, clock } = bookOf([{ limits }]);
    for (let count = 0; count < 300; count++) {
      clock.advance(250);
      expect(book.admits(0, 1, 1, clock.now())).toBe(true);
      const handle = book.reserve(0, 1, 1, clock.now());
      const facts = requests({ limit: 500, remaining: 0, resetAfterMs: 60_000 });
      book.reconcile(0, facts, false, clock.now());
      book.settle(handle, { inputTokens: 1, outputTokens: 1 }, false, clock.now());
    }
  });

  it('block a target that began to say zero and answers all the same until a reset at most', () => {
    const { book, clock } = bookOf([{ limits: { rpm: 500, burstRatio: 1 } }]);
    book.reconcile(0, requests({ remaining: 400, resetAfterMs: 1000 }), false, 0);
    let blockedMs = 0;
    for (let count = 0; count < 10; count++) {
      const now = clock.now();
      const waitMs = book.retryAtMs(0, 1, 1, now) - now;
      blockedMs += waitMs;
      clock.advance(waitMs + 1);
      book.reserve(0, 1, 1, clock.now());
      book.reconcile(0, requests({ remaining: 0, resetAfterMs: 5000 }), false, clock.now());
    }
    // Twice it is believed.
    expect(blockedMs).toBeGreaterThan(9_900);
    expect(blockedMs).toBeLessThanOrEqual(10_000);
  });

  it('are believed of a refusal at once', () => {
    const { book } = used();
    book.reconcile(0, requests({ remaining: 0, resetAfterMs: 8000 }), true, 0);
    expect(book.retryAtMs(0, 1, 1, 0)).toBe(8000);
  });

  it('without a reset last a minute at most', () => {
    const { book } = bookOf([{ limits: { rpd: 1000 } }]);
    const facts: RateLimitFact[] = [{ dimension: 'requests', windowMs: 86_400_000, remaining: 0 }];
    book.reconcile(0, facts, true, 0);
    expect(book.admits(0, 1, 1, 59_999)).toBe(false);
    expect(book.admits(0, 1, 1, 60_000)).toBe(true);
  });
});
