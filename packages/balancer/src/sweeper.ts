import type { Clock, Timer } from '@plimsoll/core';

/** Something with a moment at which it wants to be called. */
export interface Sweepable {
  /** Where the sweeper keeps it; -1 while it does not. Written by the sweeper only. */
  sweepIndex: number;
  /** The moment has come. */
  onDue(nowMs: number): void;
}

/** How late a time limit may act, in milliseconds. */
export const TICK_MS = 10;

/** Sweeps without anything to watch before the timer is stopped: a lull between two requests must not cost a timer. */
const IDLE_SWEEPS = 10;

/**
 * All time limits of a fleet: one timer walks one array of moments, since a timer per request costs more than the rest
 * of a request's way. Between sweeps it offers the time of the last one, for what needs no better than a tick.
 */
export class Sweeper {
  /** The time of the last sweep or start: at most a tick old while anything is watched. */
  nowMs: number;
  readonly #clock: Clock;
  readonly #watched: Sweepable[] = [];
  readonly #listeners: ((nowMs: number) => void)[] = [];
  #dueMs = new Float64Array(64);
  #timer: Timer | undefined;
  #idleSweeps = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.nowMs = clock.now();
  }

  /** Calls `item.onDue` once `dueMs` has passed. */
  watch(item: Sweepable, dueMs: number, nowMs: number): void {
    this.nowMs = nowMs;
    const index = this.#watched.length;
    if (index === this.#dueMs.length) {
      const larger = new Float64Array(index * 2);
      larger.set(this.#dueMs);
      this.#dueMs = larger;
    }
    item.sweepIndex = index;
    this.#watched.push(item);
    this.#dueMs[index] = dueMs;
    // A program that waits for a request, a back-off or its turn must not end meanwhile.
    this.#timer ??= this.#clock.every(TICK_MS, () => this.#sweep(), true);
  }

  /** Moves the moment of a watched item. */
  move(item: Sweepable, dueMs: number): void {
    this.#dueMs[item.sweepIndex] = dueMs;
  }

  unwatch(item: Sweepable): void {
    const index = item.sweepIndex;
    if (index === -1) return;
    item.sweepIndex = -1;
    const last = this.#watched.pop()!;
    if (last === item) return;
    this.#watched[index] = last;
    this.#dueMs[index] = this.#dueMs[this.#watched.length]!;
    last.sweepIndex = index;
  }

  /** What is watched now. */
  get watched(): readonly Sweepable[] {
    return this.#watched;
  }

  /** Calls `listener` at every sweep, for upkeep that needs no moment of its own. */
  onSweep(listener: (nowMs: number) => void): void {
    this.#listeners.push(listener);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #sweep(): void {
    const nowMs = this.#clock.now();
    this.nowMs = nowMs;
    // Backwards, since an item that is due may leave: the last one takes its place, and that one was visited.
    for (let index = this.#watched.length - 1; index >= 0; index--) {
      if (this.#dueMs[index]! <= nowMs) this.#watched[index]?.onDue(nowMs);
    }
    for (const listener of this.#listeners) listener(nowMs);
    this.#idleSweeps = this.#watched.length === 0 ? this.#idleSweeps + 1 : 0;
    if (this.#idleSweeps > IDLE_SWEEPS) {
      this.#idleSweeps = 0;
      this.stop();
    }
  }
}
