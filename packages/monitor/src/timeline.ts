import type { Clock } from '@plimsoll/core';

import { type WindowName, WINDOWS } from './view.ts';

export const WINDOW_NAMES: readonly ['5m', '1h', '24h'] = ['5m', '1h', '24h'];

/**
 * Which bucket of each window runs. Buckets begin at whole multiples of their width since the Unix epoch, by the clock as
 * it stood at the start: one that is set later must not tear the past.
 */
export class Timeline {
  /** The time of the last `advance`. */
  nowMs: number;
  /** The numbers of the running buckets. */
  readonly running: Record<WindowName, number>;
  /** Grows by one whenever other buckets run. */
  turns = 0;
  readonly #startMs: number;
  readonly #epochOffsetMs: number;

  constructor(clock: Clock) {
    this.nowMs = clock.now();
    this.#startMs = this.nowMs;
    this.#epochOffsetMs = clock.epochMs() - this.nowMs;
    this.running = { '5m': 0, '1h': 0, '24h': 0 };
    this.advance(this.nowMs);
  }

  advance(nowMs: number): void {
    this.nowMs = nowMs;
    // The narrowest buckets divide the others, so none begins without one of these.
    const before = this.running['5m'];
    for (const window of WINDOW_NAMES) this.running[window] = this.numberAt(window, nowMs);
    if (this.running['5m'] !== before) this.turns++;
  }

  numberAt(window: WindowName, nowMs: number): number {
    return Math.floor((nowMs + this.#epochOffsetMs) / WINDOWS[window].bucketMs);
  }

  epochOf(nowMs: number): number {
    return nowMs + this.#epochOffsetMs;
  }

  /** Milliseconds of the buckets from `from` to `to` that were watched. */
  watchedMs(window: WindowName, from: number, to: number = this.running[window]): number {
    const { bucketMs } = WINDOWS[window];
    const startMs = Math.max(from * bucketMs - this.#epochOffsetMs, this.#startMs);
    const endMs = Math.min((to + 1) * bucketMs - this.#epochOffsetMs, this.nowMs);
    return Math.max(0, endMs - startMs);
  }

  /** Whether bucket `number` has all that was watched. */
  isFirst(window: WindowName, number: number): boolean {
    return number <= this.numberAt(window, this.#startMs);
  }
}
