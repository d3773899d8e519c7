import type { Clock, Timer } from '@plimsoll/core';

/** A clock that stands still until it is moved: nothing fires by itself. */
export interface ManualClock extends Clock {
  /**
   * Moves the clock forward by `ms` (>= 0) and fires the timers that fall due on the way, each at its exact time and in
   * due order; timers due at the same time fire in the order in which they were set. A timer that a callback sets or
   * cancels counts at once. Throws a `RangeError` for a negative or infinite `ms`, and what a callback throws.
   */
  advance(ms: number): void;
  /** Timers that are running: a test can check that none was left behind. */
  readonly timers: number;
}

/** Options of `manualClock`. */
export interface ManualClockOptions {
  /** What `now()` says at first, in milliseconds. @defaultValue 0 */
  readonly nowMs?: number;
  /** What `epochMs()` says at first. @defaultValue 1767225600000, the start of 2026 in UTC */
  readonly epochMs?: number;
}

/** A clock for tests; it implements the `Clock` of core. */
export function manualClock(options: ManualClockOptions = {}): ManualClock {
  return new Manual(options.nowMs ?? 0, options.epochMs ?? Date.UTC(2026, 0, 1));
}

interface Entry {
  dueMs: number;
  readonly intervalMs: number;
  readonly callback: () => void;
}

class Manual implements ManualClock {
  #nowMs: number;
  readonly #epochOffsetMs: number;
  // In the order in which they were set; of entries due at the same time the first one wins.
  readonly #entries = new Set<Entry>();

  constructor(nowMs: number, epochMs: number) {
    this.#nowMs = nowMs;
    this.#epochOffsetMs = epochMs - nowMs;
  }

  get timers(): number {
    return this.#entries.size;
  }

  now(): number {
    return this.#nowMs;
  }

  epochMs(): number {
    return this.#nowMs + this.#epochOffsetMs;
  }

  every(intervalMs: number, callback: () => void): Timer {
    if (!(intervalMs > 0)) throw new RangeError(`every: intervalMs must be > 0, got ${intervalMs}`);
    const entry: Entry = { dueMs: this.#nowMs + intervalMs, intervalMs, callback };
    this.#entries.add(entry);
    return { cancel: () => void this.#entries.delete(entry) };
  }

  advance(ms: number): void {
    if (!(ms >= 0 && ms < Infinity)) {
      throw new RangeError(`advance: ms must be finite and >= 0, got ${ms}`);
    }
    const endMs = this.#nowMs + ms;
    for (let entry = this.#next(endMs); entry !== undefined; entry = this.#next(endMs)) {
      this.#nowMs = entry.dueMs;
      entry.dueMs += entry.intervalMs;
      entry.callback();
    }
    this.#nowMs = endMs;
  }

  #next(endMs: number): Entry | undefined {
    let next: Entry | undefined;
    for (const entry of this.#entries) {
      if (entry.dueMs <= endMs && (next === undefined || entry.dueMs < next.dueMs)) next = entry;
    }
    return next;
  }
}
