import {
  type Clock,
  optionError,
  type Spending,
  type SpendingLimits,
  type PeriodUse,
} from '@plimsoll/core';

import { calendarOf } from './calendar.ts';
import { PeriodCounter } from './period-counter.ts';
import { periodKey } from './period-use.ts';

interface Part {
  readonly key: string;
  readonly limitUsd: number;
  readonly counter: PeriodCounter;
}

/**
 * Money that one place may spend: a target, a pool, the key of a client. What requests under way are expected to cost is
 * held until they are charged, so that many at once do not spend together what each alone found left.
 */
export class Budget implements Spending {
  /** What is held for requests under way. */
  heldUsd = 0;
  readonly #parts: Part[] = [];

  /**
   * @param scope - the kind of the place and its name: `['client', 'team-a']`. Distinguishes the budget in a store.
   * @throws PlimsollError ERR_PLIMSOLL_OPTION on an amount or a time zone that is not accepted.
   */
  constructor(scope: readonly string[], options: SpendingLimits, clock: Clock, nowMs: number) {
    const { usdPerDay, usdPerMonth, timeZone = 'UTC' } = options;
    const where = ['budgets', ...scope].join('.');
    if (usdPerDay === undefined && usdPerMonth === undefined) {
      throw optionError('balancer', where, 'a limit in usdPerDay or usdPerMonth', undefined);
    }
    const add = (name: string, unit: 'day' | 'month', limitUsd: number | undefined): void => {
      if (limitUsd === undefined) return;
      if (!(limitUsd > 0 && limitUsd < Infinity)) {
        throw optionError('balancer', `${where}.${name}`, 'US dollars > 0', limitUsd);
      }
      const calendar = calendarOf(`${where}.timeZone`, timeZone, unit);
      const counter = new PeriodCounter(clock, calendar, 0, nowMs);
      this.#parts.push({ key: periodKey('budget', ...scope, unit), limitUsd, counter });
    };
    add('usdPerDay', 'day', usdPerDay);
    add('usdPerMonth', 'month', usdPerMonth);
  }

  /** Whether `usd` more may be spent. Something that costs nothing always may. */
  admits(usd: number, nowMs: number): boolean {
    if (usd === 0) return true;
    for (const { counter, limitUsd } of this.#parts) {
      if (counter.dueMs <= nowMs) counter.advance(nowMs);
      if (counter.used + this.heldUsd + usd > limitUsd) return false;
    }
    return true;
  }

  /** When `usd` may be spent if nothing else is until then; Infinity when it is more than the limit. */
  retryAtMs(usd: number, nowMs: number): number {
    let latestMs = nowMs;
    if (this.admits(usd, nowMs)) return nowMs;
    for (const { counter, limitUsd } of this.#parts) {
      const most = limitUsd - this.heldUsd - usd;
      if (most < 0) return usd > limitUsd ? Infinity : counter.endsAtMs(nowMs);
      latestMs = Math.max(latestMs, counter.roomAtMs(most, nowMs));
    }
    return latestMs;
  }

  /** Holds what a request that starts is expected to cost. */
  hold(usd: number): void {
    this.heldUsd += usd;
  }

  /** The request ended: what was held for it is free, and what it cost is spent. */
  charge(usd: number, heldUsd: number, nowMs: number): void {
    this.heldUsd = Math.max(0, this.heldUsd - heldUsd);
    for (const { counter } of this.#parts) {
      if (counter.dueMs <= nowMs) counter.advance(nowMs);
      counter.add(usd, nowMs);
    }
  }

  /** Spent and allowed, by period. */
  state(
    nowMs: number,
  ): { period: string; spentUsd: number; limitUsd: number; resetAtMs: number }[] {
    return this.#parts.map(({ counter, limitUsd }) => {
      if (counter.dueMs <= nowMs) counter.advance(nowMs);
      const { label, used } = counter;
      return { period: label, spentUsd: used, limitUsd, resetAtMs: counter.endsAtMs(nowMs) };
    });
  }

  /** What a store should hold, as far as this process knows. */
  exportState(nowMs: number): PeriodUse[] {
    return this.#parts.map(({ key, counter }) => {
      if (counter.dueMs <= nowMs) counter.advance(nowMs);
      return { key, period: counter.label, used: counter.used };
    });
  }

  /** What was spent here since the last call, for a store to add. */
  snapshotDeltas(nowMs: number): PeriodUse[] {
    return this.#parts
      .map(({ key, counter }) => {
        if (counter.dueMs <= nowMs) counter.advance(nowMs);
        return { key, period: counter.label, used: counter.takeDelta() };
      })
      .filter(({ used }) => used !== 0);
  }

  /** Takes over a store's totals; what is for another scope or period is passed over. */
  importState(uses: readonly PeriodUse[], nowMs: number): void {
    for (const { key, counter } of this.#parts) {
      if (counter.dueMs <= nowMs) counter.advance(nowMs);
      for (const use of uses) if (use.key === key) counter.takeTotal(use.period, use.used);
    }
  }
}
