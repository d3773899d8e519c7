import { describe, expect, it } from 'vitest';

import { bookOf, targetOf } from './book.ts';

const three = ['a', 'b', 'c'].map((id) => ({ id, model: 'm', quotaGroup: 'org' }));

it('counts targets of a quota group once, each model by itself', () => {
  const { book } = bookOf([...three, { id: 'd', model: 'n', quotaGroup: 'org' }]);
  book.setGroupLimits('org', { rpm: 3, burstRatio: 1 }, 0);
  for (const slot of [0, 1, 2]) {
    expect(book.admits(slot, 1, 1, 0)).toBe(true);
    book.reserve(slot, 1, 1, 0);
  }
  expect([0, 1, 2, 3].map((slot) => book.admits(slot, 1, 1, 0))).toEqual([
    false,
    false,
    false,
    true,
  ]);
  expect(book.headroom(1, 0)).toMatchObject([{ scope: 'group', limit: 3, used: 3 }]);
});

it('keeps to the limits of the target and of its group', () => {
  const { book } = bookOf([{ ...three[0], limits: { rpm: 2, burstRatio: 1 } }, three[1]!]);
  book.setGroupLimits('org', { rpm: 3, burstRatio: 1 }, 0);
  book.reserve(0, 1, 1, 0);
  book.reserve(0, 1, 1, 0);
  expect(book.admits(0, 1, 1, 0)).toBe(false);
  expect(book.admits(1, 1, 1, 0)).toBe(true);
  book.reserve(1, 1, 1, 0);
  expect(book.admits(1, 1, 1, 0)).toBe(false);
});

it('learns a limit for all targets of a group', () => {
  const { book, clock } = bookOf(three);
  let last = -1;
  for (let count = 0; count < 99; count++) {
    clock.advance(600);
    last = book.reserve(count % 3, 1, 1, clock.now());
  }
  book.onThrottled(last, undefined, undefined, clock.now());
  expect([0, 1, 2].map((slot) => book.headroom(slot, clock.now())[0]!.limit)).toEqual([98, 98, 98]);
});

it('keeps what was counted when limits change', () => {
  const { book } = bookOf([{ id: 'a', limits: { rpm: 10, rpd: 100, burstRatio: 1 } }]);
  const handle = book.reserve(0, 1, 1, 0);
  book.assign(0, targetOf('a', { limits: { rpm: 2, rpd: 50, tpm: 1000, burstRatio: 1 } }), 1);
  expect(book.headroom(0, 1)).toMatchObject([
    { dimension: 'requests', limit: 2, used: 1 },
    { dimension: 'requests', limit: 50, used: 1 },
    { dimension: 'tokens', limit: 1000, used: 0 },
  ]);
  // What was reserved under the old limits does not spoil the count of the new one.
  book.reserve(0, 10, 10, 2);
  book.settle(handle, { inputTokens: 0, outputTokens: 0 }, false, 3);
  expect(book.headroom(0, 3)[2]!.used).toBe(20);
});

it('gives a slot to another target without the count of the one before', () => {
  const { book } = bookOf([{ id: 'a', limits: { rpm: 10 } }]);
  book.reserve(0, 1, 1, 0);
  book.free(0);
  book.assign(0, targetOf('b', { limits: { rpm: 10 } }), 0);
  expect(book.headroom(0, 0)).toMatchObject([{ limit: 10, used: 0 }]);
});

it('takes limits away again', () => {
  const { book } = bookOf(three);
  book.setGroupLimits('org', { rpm: 1 }, 0);
  book.reserve(0, 1, 1, 0);
  expect(book.admits(1, 1, 1, 0)).toBe(false);
  book.setGroupLimits('org', undefined, 0);
  expect(book.admits(1, 1, 1, 0)).toBe(true);
  expect(book.headroom(1, 0)).toEqual([]);
});

describe('limits that are not accepted', () => {
  it.each([
    [{ rpm: 0 }, 'balancer: `targets.a.limits.rpm` must be a number >= 1, got 0'],
    [{ tpd: Infinity }, 'balancer: `targets.a.limits.tpd` must be a number >= 1, got Infinity'],
    [
      { rpm: 5, judgingMs: 50 },
      'balancer: `targets.a.limits.judgingMs` must be milliseconds from 100 to 30000, got 50',
    ],
    [
      { tpm: 5, judgingMs: 1000 },
      'balancer: `targets.a.limits.judgingMs` must be stated with rpm, got 1000',
    ],
    [
      { rpm: 5, guardMs: -1 },
      'balancer: `targets.a.limits.guardMs` must be milliseconds from 0 to 60000, got -1',
    ],
    [
      { rpm: 5, burstRatio: 2 },
      'balancer: `targets.a.limits.burstRatio` must be from 0 to 1, got 2',
    ],
    [
      { rpd: 5, timeZone: 'Mars/Olympus' },
      'balancer: `targets.a.limits.timeZone` must be the IANA name of a time zone, such as Europe/Berlin, got "Mars/Olympus"',
    ],
    [
      { rpm: 5, accounting: 'none' as 'actual' },
      'balancer: `targets.a.limits.accounting` must be actual, produced or reserved, got "none"',
    ],
  ])('are named: %o', (limits, message) => {
    expect(() => bookOf([{ id: 'a', limits }])).toThrow(message);
  });
});

it('expects of answers what they have had lately, where the provider counts them as they come', () => {
  const { book } = bookOf([{ limits: { otpm: 100_000, accounting: 'produced', burstRatio: 1 } }]);
  const reserved = (most: number): number => {
    const before = book.headroom(0, now)[0]!.used;
    const handle = book.reserve(0, 10, most, now);
    const { used } = book.headroom(0, now)[0]!;
    book.settle(handle, undefined, true, now);
    return used - before;
  };
  let now = 0;
  // At first the most it may have, or a guess.
  expect(reserved(4000)).toBe(4000);
  expect(reserved(Infinity)).toBe(500);
  for (let count = 0; count < 50; count++) {
    const handle = book.reserve(0, 10, 4000, (now += 10));
    const outputTokens = count % 2 === 0 ? 100 : 300;
    book.settle(handle, { inputTokens: 10, outputTokens }, false, (now += 10));
  }
  // 200 and twice a deviation of 100.
  expect(reserved(4000)).toBe(400);
  expect(reserved(50)).toBe(50);
  expect(reserved(Infinity)).toBe(400);
});

it('counts tokens that come over time from the end of the answer on', () => {
  const { book } = bookOf([{ limits: { otpm: 1000, accounting: 'produced', burstRatio: 1 } }]);
  const handle = book.reserve(0, 10, 400, 0);
  book.settle(handle, { inputTokens: 10, outputTokens: 250 }, false, 30_000);
  expect(book.headroom(0, 30_000)).toMatchObject([{ used: 250, resetAtMs: 90_300 }]);
  expect(book.headroom(0, 89_000)).toMatchObject([{ used: 250 }]);
});
