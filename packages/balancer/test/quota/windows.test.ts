import type { QuotaLimits } from '@plimsoll/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { bookOf } from './book.ts';

const HOLD_MS = 60_300;
/** Amounts may share an entry for so long, and are held for as much longer. */
const SPAN_MS = HOLD_MS / 254;

const step = fc.record({
  waitMs: fc.oneof(
    fc.double({ min: 0, max: 300, noNaN: true }),
    fc.double({ min: 0, max: 40_000, noNaN: true }),
  ),
  input: fc.integer({ min: 1, max: 400 }),
  most: fc.integer({ min: 0, max: 100 }),
  usedRatio: fc.double({ min: 0, max: 1, noNaN: true }),
  settles: fc.constantFrom('next', 'later', 'refunded'),
});

const limits = fc.record({
  tpm: fc.constant(1000),
  burstRatio: fc.constantFrom(0.01, 0.2, 1),
  accounting: fc.constantFrom<NonNullable<QuotaLimits['accounting']>>('actual', 'reserved'),
});

it('never has more than the limit in a window and its guard, and holds nothing for much longer', () => {
  fc.assert(
    fc.property(limits, fc.array(step, { maxLength: 120 }), (limit, steps) => {
      const { book } = bookOf([{ limits: limit }]);
      const entries: { atMs: number; amount: number }[] = [];
      const pending: (() => void)[] = [];
      let now = 0;
      const sum = (holdMs: number): number =>
        entries.reduce((all, { atMs, amount }) => all + (atMs + holdMs > now ? amount : 0), 0);
      for (const { waitMs, input, most, usedRatio, settles } of steps) {
        now += waitMs;
        if (pending.length > 3) pending.shift()!();
        if (book.admits(0, input, most, now)) {
          const handle = book.reserve(0, input, most, now);
          const entry = { atMs: now, amount: input + most };
          entries.push(entry);
          const settle = (): void => {
            const outputTokens = Math.floor(most * usedRatio);
            const isRefunded = settles === 'refunded';
            book.settle(handle, { inputTokens: input, outputTokens }, isRefunded, now);
            if (isRefunded) entry.amount = 0;
            else if (limit.accounting === 'actual') entry.amount = input + outputTokens;
          };
          if (settles === 'next') settle();
          else pending.push(settle);
        }
        const { used } = book.headroom(0, now)[0]!;
        expect(sum(HOLD_MS)).toBeLessThanOrEqual(1000);
        expect(used).toBeGreaterThanOrEqual(sum(HOLD_MS));
        expect(used).toBeLessThanOrEqual(sum(HOLD_MS + SPAN_MS));
      }
    }),
    { numRuns: 200 },
  );
});

it('names the exact moment at which a request is admitted', () => {
  fc.assert(
    fc.property(
      fc.record({
        rpm: fc.integer({ min: 1, max: 30 }),
        tpm: fc.integer({ min: 500, max: 2000 }),
        tps: fc.integer({ min: 500, max: 1000 }),
        rpd: fc.integer({ min: 5, max: 60 }),
        burstRatio: fc.constantFrom(0.01, 0.2, 1),
      }),
      fc.boolean(),
      fc.array(step, { maxLength: 60 }),
      (limit, isJudged, steps) => {
        const judgingMs = isJudged ? 10_000 : undefined;
        const { book, clock } = bookOf([{ limits: { ...limit, judgingMs } }]);
        for (const { waitMs, input, most, usedRatio } of steps) {
          clock.advance(waitMs);
          const now = clock.now();
          const retryAtMs = book.retryAtMs(0, input, most, now);
          expect(book.admits(0, input, most, now)).toBe(retryAtMs === now);
          if (retryAtMs > now + 0.02) {
            clock.advance(retryAtMs - now - 0.01);
            // A calendar's midnight is known to the millisecond.
            const isDay = retryAtMs > now + 60_300;
            if (!isDay) expect(book.admits(0, input, most, clock.now())).toBe(false);
            clock.advance(retryAtMs - clock.now());
          }
          expect(book.admits(0, input, most, Math.max(clock.now(), retryAtMs))).toBe(true);
          const handle = book.reserve(0, input, most, clock.now());
          const outputTokens = Math.floor(most * usedRatio);
          book.settle(handle, { inputTokens: input, outputTokens }, false, clock.now());
        }
      },
    ),
    { numRuns: 150 },
  );
});

it('is empty again after a window, whatever was reserved and settled', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const { book } = bookOf([{ limits: { tpm: 1e6, rpm: 1e6 } }]);
      let now = 0;
      const handles = steps.map(({ waitMs, input, most }) => {
        now += waitMs;
        return book.reserve(0, input, most, now);
      });
      for (const [index, { input, usedRatio, settles }] of steps.entries()) {
        now += 100;
        // More than was reserved may be used, too.
        const usage = { inputTokens: input * 2, outputTokens: Math.floor(300 * usedRatio) };
        book.settle(handles[index]!, usage, settles === 'refunded', now);
      }
      now += HOLD_MS + SPAN_MS;
      expect(book.headroom(0, now).map(({ used }) => used)).toEqual([0, 0]);
    }),
    { numRuns: 100 },
  );
});

it('sends a burst of 1 % and spreads the rest', () => {
  const { book } = bookOf([{ limits: { rpm: 600 } }]);
  const sentAtMs: number[] = [];
  for (let now = 0; now < 1000; now++) {
    while (book.admits(0, 1, 1, now)) {
      book.reserve(0, 1, 1, now);
      sentAtMs.push(now);
    }
  }
  // 600 in 60.3 s are one in 100.5 ms; the first after the burst comes earlier by what a waiting one may be late.
  expect(sentAtMs).toEqual([0, 0, 0, 0, 0, 0, 81, 181, 282, 382, 483, 583, 684, 784, 885, 985]);
});

it('does not slow down when each request is sent a tick late', () => {
  const { book } = bookOf([{ limits: { rpm: 6000 } }]);
  let sent = 0;
  for (let now = 0; now < 30_000; now += 10) {
    while (book.admits(0, 1, 1, now)) {
      book.reserve(0, 1, 1, now);
      sent++;
    }
  }
  // Half of 6000 times 60 / 60.3, and the burst of 60.
  expect(sent).toBeGreaterThanOrEqual(3040);
  expect(sent).toBeLessThanOrEqual(3050);
});

it('lets an amount larger than the burst go when all before it is paid for', () => {
  const { book } = bookOf([{ limits: { tpm: 60_300, burstRatio: 0.01 } }]);
  book.reserve(0, 5000, 0, 0);
  // A millisecond per token; 20 ms of lateness.
  expect(book.retryAtMs(0, 20_000, 0, 0)).toBe(4980);
  expect(book.admits(0, 20_000, 0, 4980)).toBe(true);
  book.reserve(0, 20_000, 0, 4980);
  // What a provider has taken at once it takes again: small ones may go until as much is owed.
  expect(book.retryAtMs(0, 1, 0, 4980)).toBe(4981);
  expect(book.retryAtMs(0, 10_000, 0, 4980)).toBe(14_980);
});

it('judges requests by the slices in which the provider does', () => {
  const { book } = bookOf([{ limits: { rpm: 500, judgingMs: 1000, burstRatio: 1 } }]);
  for (let request = 0; request < 8; request++) {
    expect(book.admits(0, 1, 1, request * 10)).toBe(true);
    book.reserve(0, 1, 1, request * 10);
  }
  // The 500 of a minute are 8.3 a second: 8. A second's guard is 15 ms.
  expect(book.retryAtMs(0, 1, 1, 70)).toBe(1015);
  expect(book.headroom(0, 70).map(({ windowMs }) => windowMs)).toEqual([60_000]);
});

it('names both numbers of a request that is larger than a limit', () => {
  const { book } = bookOf([{ limits: { rpm: 10, tpm: 1000 } }]);
  expect(book.oversize(0, 900, 101)).toEqual({
    scope: 'target',
    dimension: 'tokens',
    windowMs: 60_000,
    limit: 1000,
    needed: 1001,
  });
  expect(book.retryAtMs(0, 900, 101, 0)).toBe(Infinity);
  expect(book.oversize(0, 900, 100)).toBeUndefined();
});

it('counts prompts and answers apart', () => {
  const { book } = bookOf([{ limits: { itpm: 1000, otpm: 100, burstRatio: 1 } }]);
  book.reserve(0, 600, 50, 0);
  expect(book.headroom(0, 0)).toMatchObject([
    { dimension: 'input_tokens', used: 600, leftRatio: 0.4, resetAtMs: 60_300 },
    { dimension: 'output_tokens', used: 50, leftRatio: 0.5, resetAtMs: 60_300 },
  ]);
  expect(book.admits(0, 401, 1, 0)).toBe(false);
  expect(book.admits(0, 1, 51, 0)).toBe(false);
  expect(book.admits(0, 400, 50, 0)).toBe(true);
});

it('ends a reservation once, also when its place was used again', () => {
  const { book } = bookOf([{ limits: { tpm: 1000, burstRatio: 1 } }]);
  const first = book.reserve(0, 100, 0, 0);
  book.settle(first, undefined, true, 0);
  const second = book.reserve(0, 200, 0, 0);
  book.settle(first, undefined, true, 0);
  expect(book.headroom(0, 0)[0]!.used).toBe(200);
  book.settle(second, undefined, false, 0);
  expect(book.headroom(0, 0)[0]!.used).toBe(200);
});

it('is not spoiled by amounts that cannot be', () => {
  const { book } = bookOf([{ limits: { tpm: 1000, burstRatio: 1 } }]);
  const handle = book.reserve(0, Number.NaN, -5, 0);
  book.settle(handle, { inputTokens: Number.NaN, outputTokens: -3 }, false, 0);
  expect(book.headroom(0, 0)[0]!.used).toBe(0);
});
