import type { Clock } from '@plimsoll/core';

import type { Calendar, CalendarPeriod } from './calendar.ts';

/** How often the end of a period is looked up anew, in milliseconds: the system's time may have been set since. */
const RECHECK_MS = 60_000;

/**
 * What was used in the present day or month. The provider's midnight comes up to a guard before or after ours, so the
 * count starts anew a guard after midnight, and what was used in the guard before it counts for the new period too.
 */
export class PeriodCounter {
  used = 0;
  /** Nothing changes by itself before this moment of the clock. */
  dueMs: number;
  readonly #clock: Clock;
  readonly #calendar: Calendar;
  readonly #guardMs: number;
  #period: CalendarPeriod;
  /** From here on, use counts for the next period as well. */
  #lateFromMs: number;
  #late = 0;
  /** The present period began here, the guard before it included. */
  #sinceMs = -Infinity;
  /** What others are known to have used: what a store said, less our own part in it. */
  #foreign = 0;
  /** The part of our own use that was handed to `takeDelta`. */
  #reported = 0;

  constructor(clock: Clock, calendar: Calendar, guardMs: number, nowMs: number) {
    this.#clock = clock;
    this.#calendar = calendar;
    this.#guardMs = guardMs;
    const epochMs = clock.epochMs();
    this.#period = calendar.period(epochMs - guardMs);
    this.dueMs = nowMs;
    this.#lateFromMs = nowMs;
    this.#schedule(epochMs, nowMs);
  }

  get label(): string {
    return this.#period.label;
  }

  /** Counts `amount`, which may be negative, for the time `atMs`; what belongs to a period gone by is dropped. */
  add(amount: number, atMs: number): void {
    if (atMs < this.#sinceMs) return;
    this.used += amount;
    if (atMs >= this.#lateFromMs) this.#late += amount;
  }

  /** To be called when `dueMs` has come: begins the next period, once its time has come. */
  advance(nowMs: number): void {
    const epochMs = this.#clock.epochMs();
    const endedMs = this.#period.endsAtEpochMs;
    // The two readings of a clock may be apart by the millisecond to which one of them is cut.
    if (epochMs + 1 >= endedMs + this.#guardMs) {
      const next = this.#calendar.period(endedMs);
      const isNext = epochMs + 1 < next.endsAtEpochMs + this.#guardMs;
      this.#period = isNext ? next : this.#calendar.period(epochMs + 1 - this.#guardMs);
      this.#sinceMs = isNext ? this.#lateFromMs : nowMs;
      this.used = isNext ? this.#late : 0;
      this.#late = 0;
      this.#foreign = 0;
      this.#reported = 0;
    }
    this.#schedule(epochMs, nowMs);
  }

  /** When what is used will have come down to `most` (>= 0), if nothing else is. */
  roomAtMs(most: number, nowMs: number): number {
    if (this.used <= most) return nowMs;
    const epochMs = this.#clock.epochMs();
    const endsAtMs = nowMs + (this.#period.endsAtEpochMs + this.#guardMs - epochMs);
    if (this.#late <= most) return endsAtMs;
    const next = this.#calendar.period(this.#period.endsAtEpochMs);
    return nowMs + (next.endsAtEpochMs + this.#guardMs - epochMs);
  }

  /** When the period ends, the guard included. */
  endsAtMs(nowMs: number): number {
    return nowMs + (this.#period.endsAtEpochMs + this.#guardMs - this.#clock.epochMs());
  }

  /** Own use since the last call. */
  takeDelta(): number {
    const own = this.used - this.#foreign;
    const delta = own - this.#reported;
    this.#reported = own;
    return delta;
  }

  /**
   * Takes over what a store knows of the period `label`: `total` is everyone's use, ours as far as `takeDelta` reported
   * it. What we used since then is added.
   */
  takeTotal(label: string, total: number): void {
    if (label !== this.label) return;
    const foreign = total - this.#reported;
    this.used += foreign - this.#foreign;
    this.#foreign = foreign;
  }

  #schedule(epochMs: number, nowMs: number): void {
    const leftMs = this.#period.endsAtEpochMs + this.#guardMs - epochMs;
    this.dueMs = nowMs + Math.min(leftMs, RECHECK_MS);
    this.#lateFromMs = nowMs + leftMs - 2 * this.#guardMs;
  }
}
