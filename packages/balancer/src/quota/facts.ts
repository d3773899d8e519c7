import type { RateLimitFact } from '@plimsoll/core';

import { DAY_MS, MINUTE_MS } from './meter-spec.ts';
import { type Meters, NO_LIMIT } from './meters.ts';

/** So often in a row an answer that succeeded may say that nothing remains; then it is doubted. */
const ZEROS_DOUBTED = 3;

/** How old what an answer says may be, in milliseconds: it tells how things stood when the request arrived. */
const STALE_MS = 15_000;

/** What is known of the headers that are about one meter. */
interface Trust {
  /** Successes in a row that said zero. */
  zeros: number;
  /** The most we used in the span before the present one, and when that began. */
  peakBefore: number;
  peakSinceMs: number;
}

/** The window that a fact is about: a minute, unless it says otherwise or its reset is too far away for one. */
export function windowOf(fact: RateLimitFact): number {
  if (fact.windowMs !== undefined) return fact.windowMs;
  return (fact.resetAfterMs ?? 0) > 2 * MINUTE_MS ? DAY_MS : MINUTE_MS;
}

/**
 * Takes over what providers say of their limits. Less room than we counted ourselves in the last seconds means that
 * others use the same limit: that is believed at once, until the stated reset. More room than we count is not: it is
 * older than what we have under way.
 *
 * Headers may be wrong. A number that cannot be is passed over. `remaining: 0` on an answer that succeeded is believed
 * only of a header that was seen above zero before, and not more than twice in a row: a provider that refuses nothing
 * although it always reports zero would otherwise never be used. A refusal makes it believed again, so an honest one that
 * is doubted costs one refusal.
 */
export class Facts {
  readonly #meters: Meters;
  readonly #trust = new Map<number, Trust>();

  constructor(meters: Meters) {
    this.#meters = meters;
  }

  /** @param wasRefused - whether the fact came with a refusal (429). */
  apply(meter: number, fact: RateLimitFact, wasRefused: boolean, nowMs: number): void {
    const meters = this.#meters;
    const limit = isAmount(fact.limit) && fact.limit >= 1 ? fact.limit : Infinity;
    const remaining = isAmount(fact.remaining) ? fact.remaining : undefined;
    if (remaining !== undefined && remaining > limit) return;
    if (remaining !== undefined && !this.#believes(meter, remaining, wasRefused)) {
      meters.foreignUntilMs[meter] = -Infinity;
      return;
    }
    if (limit !== Infinity && limit !== meters.stated[meter]) {
      meters.stated[meter] = limit;
      meters.settleLimit(meter);
    }
    if (remaining !== undefined) this.#tighten(meter, remaining, fact.resetAfterMs, nowMs);
  }

  /** The meter is gone. */
  forget(meter: number): void {
    this.#trust.delete(meter);
  }

  #believes(meter: number, remaining: number, wasRefused: boolean): boolean {
    const trust = this.#trustIn(meter);
    trust.zeros = remaining > 0 || wasRefused ? 0 : trust.zeros + 1;
    return trust.zeros < ZEROS_DOUBTED;
  }

  #tighten(
    meter: number,
    remaining: number,
    resetAfterMs: number | undefined,
    nowMs: number,
  ): void {
    const meters = this.#meters;
    meters.refresh(meter, nowMs);
    const limit = meters.limit[meter]!;
    const isOpen = limit === NO_LIMIT;
    // Without a limit nothing follows from what remains, unless nothing does.
    const foreign = isOpen ? 0 : Math.ceil(limit - this.#peak(meter, nowMs) - remaining);
    meters.foreign[meter] = isOpen && remaining === 0 ? NO_LIMIT : Math.max(0, foreign);
    // A provider that names no reset is taken to count a minute at most: a wrong zero must not last for a day.
    const resetMs = isAmount(resetAfterMs) ? resetAfterMs : MINUTE_MS;
    const untilMs = nowMs + Math.min(resetMs, meters.spec(meter).windowMs);
    meters.foreignUntilMs[meter] = meters.foreign[meter] > 0 ? untilMs : -Infinity;
  }

  /** The most we used at any moment that the fact may tell of. */
  #peak(meter: number, nowMs: number): number {
    const { peak, used } = this.#meters;
    const trust = this.#trustIn(meter);
    if (nowMs - trust.peakSinceMs >= STALE_MS) {
      trust.peakBefore = peak[meter]!;
      trust.peakSinceMs = nowMs;
      peak[meter] = used[meter]!;
    }
    return Math.max(trust.peakBefore, peak[meter]!);
  }

  #trustIn(meter: number): Trust {
    let trust = this.#trust.get(meter);
    if (trust === undefined) {
      trust = { zeros: ZEROS_DOUBTED, peakBefore: 0, peakSinceMs: -Infinity };
      this.#trust.set(meter, trust);
    }
    return trust;
  }
}

function isAmount(value: number | undefined): value is number {
  return value !== undefined && value >= 0 && value < Infinity;
}
