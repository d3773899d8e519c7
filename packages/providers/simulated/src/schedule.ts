import type { Clock, Timer } from '@plimsoll/core';

/** Something that is to happen at a time of the clock. */
export interface Step {
  /** Called once its time has come. */
  run(nowMs: number): void;
}

/** How late a step may be. A person sees no difference, and thousands of streams wake the process no more often. */
const TICK_MS = 5;

interface Entry {
  readonly dueMs: number;
  /** Of two steps that are due at the same time the one added first goes first. */
  readonly order: number;
  readonly step: Step;
  isCancelled: boolean;
}

/** A step that was scheduled. */
export interface Scheduled {
  cancel(): void;
}

/**
 * Runs steps at their times with one timer for all of them, which stands still while there are none.
 *
 * A binary heap: O(log n) to add and to run a step, O(1) to cancel one.
 */
export class Schedule {
  readonly #clock: Clock;
  readonly #heap: Entry[] = [];
  #added = 0;
  #live = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  at(dueMs: number, step: Step): Scheduled {
    const entry: Entry = { dueMs, order: this.#added++, step, isCancelled: false };
    this.#push(entry);
    this.#live++;
    this.#timer ??= this.#clock.every(TICK_MS, () => this.#tick());
    return {
      cancel: () => {
        if (entry.isCancelled) return;
        entry.isCancelled = true;
        this.#live--;
        this.#rest();
      },
    };
  }

  #tick(): void {
    const nowMs = this.#clock.now();
    while (this.#heap.length > 0 && this.#heap[0]!.dueMs <= nowMs) {
      const entry = this.#pop();
      if (entry.isCancelled) continue;
      // From here on cancelling it does nothing.
      entry.isCancelled = true;
      this.#live--;
      entry.step.run(nowMs);
    }
    this.#rest();
  }

  #rest(): void {
    if (this.#live > 0) return;
    this.#heap.length = 0;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(entry, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): Entry {
    const heap = this.#heap;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.order < other.order);
}
