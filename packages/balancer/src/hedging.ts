import { optionError } from '@plimsoll/core';

import type { FleetState } from './fleet.ts';
import type { Member } from './member.ts';
import { RecentQuantiles } from './quantiles.ts';
import { RetryBudget } from './retry-budget.ts';

/** Options of hedging: one of `afterMs` and `afterQuantile`. */
export interface HedgeOptions {
  /** A second attempt starts when the first has no content after this time, in milliseconds > 0. */
  readonly afterMs?: number;
  /** The same, after this quantile of the pool's recent times to first content, from 0.5 to less than 1. */
  readonly afterQuantile?: number;
  /** Hedges per request, more than 0 and at most 1. @defaultValue 0.05 */
  readonly budgetRatio?: number;
}

/** Hedges that can be saved up. */
const BUDGET_CAP = 20;
/** Times to first content before a quantile of them means something. */
const MIN_SAMPLES = 50;
const WINDOW_MS = 60_000;
/** A quantile is read off again after this time: once per request would cost more than the request. */
const REREAD_MS = 250;

/**
 * Decides when a request that has no content yet gets a second attempt. A hedge costs tokens, so it has a budget of its
 * own, and none is made while much of the pool is slow: then it is load, not bad luck, and more load does not help.
 *
 * Source: Dean and Barroso, The Tail at Scale, CACM 2013: hedged requests deferred to a quantile of the expected
 * latency, here of the first content.
 */
export class Hedging {
  readonly #afterMs: number | undefined;
  readonly #quantile: number;
  readonly #budget: RetryBudget;
  /** Apart, since the first content of a buffered answer is all of it. */
  readonly #streams = new RecentQuantiles(WINDOW_MS);
  readonly #buffered = new RecentQuantiles(WINDOW_MS);
  #readAtMs = -Infinity;
  #streamDelayMs = Infinity;
  #bufferedDelayMs = Infinity;

  /** @throws PlimsollError ERR_PLIMSOLL_OPTION on an option out of range. */
  constructor(options: HedgeOptions) {
    const { afterMs, afterQuantile, budgetRatio = 0.05 } = options;
    if ((afterMs === undefined) === (afterQuantile === undefined)) {
      throw optionError('balancer', 'hedge', 'given either afterMs or afterQuantile', options);
    }
    if (afterMs !== undefined && !(afterMs > 0)) {
      throw optionError('balancer', 'hedge.afterMs', 'milliseconds > 0', afterMs);
    }
    if (afterQuantile !== undefined && !(afterQuantile >= 0.5 && afterQuantile < 1)) {
      throw optionError('balancer', 'hedge.afterQuantile', '>= 0.5 and < 1', afterQuantile);
    }
    if (!(budgetRatio > 0 && budgetRatio <= 1)) {
      throw optionError('balancer', 'hedge.budgetRatio', 'more than 0, at most 1', budgetRatio);
    }
    this.#afterMs = afterMs;
    this.#quantile = afterQuantile ?? 0;
    this.#budget = new RetryBudget(budgetRatio, BUDGET_CAP, 0);
  }

  /** A request begins. @returns how long it may be without content, in milliseconds; `Infinity` for ever. */
  onRequest(isStream: boolean, nowMs: number): number {
    this.#budget.earn();
    return this.#delayMs(isStream, nowMs);
  }

  observe(firstContentMs: number, isStream: boolean, nowMs: number): void {
    (isStream ? this.#streams : this.#buffered).observe(firstContentMs, nowMs);
  }

  /** Whether a hedge may be made now; counts it. */
  take(fleet: FleetState, members: Iterable<Member>, isStream: boolean, nowMs: number): boolean {
    const dueBeforeMs = nowMs - this.#delayMs(isStream, nowMs);
    let busy = 0;
    let slow = 0;
    for (const { slot } of members) {
      const oldestMs = fleet.estimates.oldestUnansweredMs[slot]!;
      if (oldestMs === Infinity) continue;
      busy++;
      if (oldestMs <= dueBeforeMs) slow++;
    }
    // One slow target is what hedging is for, also in a pool of two.
    if (slow > 1 && slow * 2 > busy) return false;
    return this.#budget.take();
  }

  /** A hedge that was charged could not be made. */
  refund(): void {
    this.#budget.refund();
  }

  #delayMs(isStream: boolean, nowMs: number): number {
    if (this.#afterMs !== undefined) return this.#afterMs;
    if (nowMs - this.#readAtMs > REREAD_MS) {
      this.#readAtMs = nowMs;
      this.#streamDelayMs = this.#read(this.#streams, nowMs);
      this.#bufferedDelayMs = this.#read(this.#buffered, nowMs);
    }
    return isStream ? this.#streamDelayMs : this.#bufferedDelayMs;
  }

  #read(recent: RecentQuantiles, nowMs: number): number {
    return recent.count(nowMs) < MIN_SAMPLES ? Infinity : recent.quantile(this.#quantile, nowMs);
  }
}
