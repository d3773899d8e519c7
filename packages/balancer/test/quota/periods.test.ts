import { manualClock } from '@plimsoll/testkit';
import { describe, expect, it } from 'vitest';

import { Budget } from '../../src/quota/budget.ts';
import { Calendar } from '../../src/quota/calendar.ts';
import { QuotaBook } from '../../src/quota/quota-book.ts';
import { bookOf, targetOf } from './book.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe('calendars', () => {
  it.each([
    ['UTC', '2026-01-01T00:00:00Z', '2026-01-01', '2026-01-02T00:00:00Z'],
    ['UTC', '2026-01-01T23:59:59.999Z', '2026-01-01', '2026-01-02T00:00:00Z'],
    ['America/Los_Angeles', '2026-01-02T07:59:59Z', '2026-01-01', '2026-01-02T08:00:00Z'],
    // Summer time begins, the day has 23 hours; and ends, it has 25.
    ['Europe/Berlin', '2026-03-29T00:30:00Z', '2026-03-29', '2026-03-29T22:00:00Z'],
    ['Europe/Berlin', '2026-10-24T22:00:00Z', '2026-10-25', '2026-10-25T23:00:00Z'],
    // There it begins at midnight: the day starts at one o'clock.
    ['America/Santiago', '2026-09-06T03:59:59Z', '2026-09-05', '2026-09-06T04:00:00Z'],
    ['Asia/Kathmandu', '2026-05-05T18:14:59Z', '2026-05-05', '2026-05-05T18:15:00Z'],
  ])('a day in %s at %s is %s and ends at %s', (timeZone, at, label, end) => {
    const period = new Calendar(timeZone, 'day').period(Date.parse(at));
    expect(period).toEqual({ label, endsAtEpochMs: Date.parse(end) });
  });

  it('knows months', () => {
    const calendar = new Calendar('Europe/Berlin', 'month');
    expect(calendar.period(Date.parse('2026-03-10T00:00:00Z'))).toEqual({
      label: '2026-03',
      endsAtEpochMs: Date.parse('2026-03-31T22:00:00Z'),
    });
  });
});

describe('limits of a day', () => {
  it('begin anew at midnight of their time zone, a guard later', () => {
    const epochMs = Date.parse('2026-03-29T21:00:00Z');
    const { book, clock } = bookOf(
      [{ limits: { rpd: 2, timeZone: 'Europe/Berlin' } }],
      manualClock({ epochMs }),
    );
    book.reserve(0, 1, 1, clock.now());
    book.reserve(0, 1, 1, clock.now());
    expect(book.headroom(0, clock.now())).toMatchObject([
      { windowMs: DAY_MS, limit: 2, used: 2, leftRatio: 0, resetAtMs: HOUR_MS + 300 },
    ]);
    expect(book.retryAtMs(0, 1, 1, clock.now())).toBe(HOUR_MS + 300);
    clock.advance(HOUR_MS + 298);
    expect(book.admits(0, 1, 1, clock.now())).toBe(false);
    clock.advance(2);
    expect(book.admits(0, 1, 1, clock.now())).toBe(true);
  });

  it('count what is used around midnight for both days', () => {
    const { book, clock } = bookOf([{ limits: { rpd: 3 } }]);
    clock.advance(DAY_MS - 200);
    book.reserve(0, 1, 1, clock.now());
    clock.advance(400);
    book.reserve(0, 1, 1, clock.now());
    expect(book.headroom(0, clock.now())[0]!.used).toBe(2);
    clock.advance(1000);
    expect(book.headroom(0, clock.now())[0]!.used).toBe(2);
    clock.advance(DAY_MS);
    expect(book.headroom(0, clock.now())[0]!.used).toBe(0);
  });

  it('settle what was reserved the day before in no count of the new one', () => {
    const { book, clock } = bookOf([{ limits: { tpd: 1000 } }]);
    clock.advance(DAY_MS - HOUR_MS);
    const handle = book.reserve(0, 100, 500, clock.now());
    clock.advance(2 * HOUR_MS);
    book.reserve(0, 10, 0, clock.now());
    book.settle(handle, { inputTokens: 100, outputTokens: 5 }, false, clock.now());
    expect(book.headroom(0, clock.now())[0]!.used).toBe(10);
  });

  it('follow the system clock when it is set', () => {
    let epochMs = Date.parse('2026-01-01T12:00:00Z');
    const book = new QuotaBook({
      now: () => 0,
      epochMs: () => epochMs,
      every: () => ({ cancel() {} }),
    });
    book.assign(0, targetOf('a', { limits: { rpd: 1 } }), 0);
    book.reserve(0, 1, 1, 0);
    // Eleven hours forward, unseen: midnight comes after one more hour.
    epochMs += 11 * HOUR_MS;
    expect(book.admits(0, 1, 1, 60_000)).toBe(false);
    epochMs += HOUR_MS + 300;
    expect(book.admits(0, 1, 1, 120_000)).toBe(true);
  });
});

describe('use that outlives the process', () => {
  const limits = { rpd: 100, tpd: 10_000 };
  const noon = (day: number): ReturnType<typeof manualClock> =>
    manualClock({ epochMs: Date.UTC(2026, 0, day, 12) });

  it('is taken up again on the same day, and not on the next', () => {
    const before = bookOf([{ id: 'a', limits }], noon(1));
    before.book.reserve(0, 40, 2, 0);
    const saved = before.book.exportState(0);
    expect(saved).toEqual([
      { key: 'quota/target/a/requests/86400000', period: '2026-01-01', used: 1 },
      { key: 'quota/target/a/tokens/86400000', period: '2026-01-01', used: 42 },
    ]);
    const after = bookOf([{ id: 'a', limits }], noon(1));
    after.book.reserve(0, 1, 1, 0);
    after.book.importState(saved, 0);
    expect(after.book.headroom(0, 0).map(({ used }) => used)).toEqual([2, 44]);
    const nextDay = bookOf([{ id: 'a', limits }], noon(2));
    nextDay.book.importState(saved, 0);
    expect(nextDay.book.headroom(0, 0).map(({ used }) => used)).toEqual([0, 0]);
  });

  it('reaches targets that come later, and those that come back', () => {
    const { book } = bookOf([], noon(1));
    const key = 'quota/target/a/requests/86400000';
    book.importState([{ key, period: '2026-01-01', used: 7 }], 0);
    book.assign(0, targetOf('a', { limits: { rpd: 100 } }), 0);
    book.reserve(0, 1, 1, 0);
    expect(book.headroom(0, 0)[0]!.used).toBe(8);
    book.free(0);
    book.assign(0, targetOf('a', { limits: { rpd: 100 } }), 0);
    expect(book.headroom(0, 0)[0]!.used).toBe(8);
    expect(book.snapshotDeltas(0)).toEqual([{ key, period: '2026-01-01', used: 1 }]);
  });

  it('adds up over processes that report what they used', () => {
    const two = [1, 2].map(() => bookOf([{ id: 'a', limits }], noon(1)).book);
    const totals = new Map<string, number>();
    const exchange = (): void => {
      for (const book of two) {
        const uses = book.snapshotDeltas(0);
        for (const { key, used } of uses) totals.set(key, (totals.get(key) ?? 0) + used);
        const all = [...totals].map(([key, used]) => ({ key, period: '2026-01-01', used }));
        book.importState(all, 0);
      }
    };
    const used = (): number[] => two.map((book) => book.headroom(0, 0)[1]!.used);
    const handle = two[0]!.reserve(0, 100, 400, 0);
    two[1]!.reserve(0, 30, 0, 0);
    exchange();
    expect(used()).toEqual([500, 530]);
    exchange();
    expect(used()).toEqual([530, 530]);
    two[0]!.settle(handle, { inputTokens: 100, outputTokens: 20 }, false, 1);
    two[1]!.reserve(0, 5, 0, 1);
    exchange();
    exchange();
    expect(used()).toEqual([155, 155]);
  });

  it('is named apart for groups and models, whatever their names contain', () => {
    const { book } = bookOf([{ id: 'x', quotaGroup: 'a/b', model: 'c' }]);
    book.assign(1, targetOf('y', { quotaGroup: 'a', model: 'b/c' }), 0);
    book.setGroupLimits('a/b', { rpd: 1 }, 0);
    book.setGroupLimits('a', { rpd: 1 }, 0);
    expect(book.exportState(0).map(({ key }) => key)).toEqual([
      'quota/group/a%2Fb/c/requests/86400000',
      'quota/group/a/b%2Fc/requests/86400000',
    ]);
  });
});

describe('budgets', () => {
  const budgetOf = (
    limits: ConstructorParameters<typeof Budget>[1],
  ): { budget: Budget; clock: ReturnType<typeof manualClock> } => {
    const clock = manualClock({ epochMs: Date.UTC(2026, 0, 31, 22) });
    return { budget: new Budget(['client', 'team-a'], limits, clock, 0), clock };
  };

  it('hold what is under way, so that many at once do not spend what each found left', () => {
    const { budget } = budgetOf({ usdPerDay: 1 });
    budget.hold(0.6);
    expect(budget.admits(0.5, 0)).toBe(false);
    budget.charge(0.1, 0.6, 0);
    expect(budget.admits(0.9, 0)).toBe(true);
    expect(budget.admits(0.91, 0)).toBe(false);
  });

  it('let what costs nothing through when they are spent', () => {
    const { budget } = budgetOf({ usdPerDay: 1 });
    budget.charge(2, 0, 0);
    expect(budget.admits(0, 0)).toBe(true);
    expect(budget.admits(0.01, 0)).toBe(false);
  });

  it('begin anew with the day and the month, and say when', () => {
    const { budget, clock } = budgetOf({ usdPerDay: 1, usdPerMonth: 20 });
    budget.charge(1, 0, 0);
    expect(budget.retryAtMs(0.5, 0)).toBe(2 * HOUR_MS);
    expect(budget.retryAtMs(1.5, 0)).toBe(Infinity);
    expect(budget.state(0)).toEqual([
      { period: '2026-01-31', spentUsd: 1, limitUsd: 1, resetAtMs: 2 * HOUR_MS },
      { period: '2026-01', spentUsd: 1, limitUsd: 20, resetAtMs: 2 * HOUR_MS },
    ]);
    clock.advance(2 * HOUR_MS);
    expect(budget.admits(0.5, clock.now())).toBe(true);
    expect(budget.state(clock.now())[1]).toMatchObject({ period: '2026-02', spentUsd: 0 });
  });

  it('outlive the process, by day and month', () => {
    const { budget } = budgetOf({ usdPerDay: 1, usdPerMonth: 20 });
    budget.charge(0.25, 0, 0);
    const saved = budget.exportState(0);
    expect(saved).toEqual([
      { key: 'budget/client/team-a/day', period: '2026-01-31', used: 0.25 },
      { key: 'budget/client/team-a/month', period: '2026-01', used: 0.25 },
    ]);
    const { budget: after } = budgetOf({ usdPerDay: 1, usdPerMonth: 20 });
    after.importState(saved, 0);
    expect(after.admits(0.8, 0)).toBe(false);
    expect(after.snapshotDeltas(0)).toEqual([]);
    after.charge(0.5, 0, 0);
    expect(after.snapshotDeltas(0).map(({ used }) => used)).toEqual([0.5, 0.5]);
  });

  it('are refused without an amount, and with one that cannot be', () => {
    expect(() => budgetOf({})).toThrow(
      'balancer: `budgets.client.team-a` must be a limit in usdPerDay or usdPerMonth, got undefined',
    );
    expect(() => budgetOf({ usdPerDay: 0 })).toThrow(
      'balancer: `budgets.client.team-a.usdPerDay` must be US dollars > 0, got 0',
    );
  });
});
