import type { Clock, Timer } from '@plimsoll/core';

import { EventHeap, HeapItem } from './event-heap.ts';

/** Something that happens at a moment of simulated time. */
export abstract class SimulatedEvent extends HeapItem {
  /** The event happens. */
  abstract onDue(nowMs: number): void;
}

/**
 * A clock that jumps from event to event: simulated time costs nothing but what happens in it. It implements core's
 * `Clock`, so the engine and the strategies live by it.
 */
export class EventClock implements Clock {
  readonly #events = new EventHeap<SimulatedEvent>();
  readonly #startEpochMs: number;
  #nowMs = 0;
  /** Events that have happened. */
  steps = 0;

  /** @param startEpochMs - what `epochMs` says at the start. */
  constructor(startEpochMs: number) {
    this.#startEpochMs = startEpochMs;
  }

  now(): number {
    return this.#nowMs;
  }

  epochMs(): number {
    return this.#startEpochMs + this.#nowMs;
  }

  every(intervalMs: number, callback: () => void): Timer {
    if (!(intervalMs > 0)) throw new RangeError(`every: intervalMs must be > 0, got ${intervalMs}`);
    const ticker = new Ticker(this, intervalMs, callback);
    this.schedule(ticker, this.#nowMs + intervalMs);
    return ticker;
  }

  /** Lets `event` happen at `dueMs`, or now if that is past; an event that was scheduled before is moved. */
  schedule(event: SimulatedEvent, dueMs: number): void {
    this.#events.place(event, Math.max(dueMs, this.#nowMs));
  }

  /** Calls `callback` at `dueMs`. @returns the event, so that it can be cancelled. */
  at(dueMs: number, callback: () => void): SimulatedEvent {
    const event = new Callback(callback);
    this.schedule(event, dueMs);
    return event;
  }

  /** The event will not happen. */
  cancel(event: SimulatedEvent): void {
    this.#events.remove(event);
  }

  /** Goes to the next event and lets it happen; false when there is none. */
  step(): boolean {
    const event = this.#events.top;
    if (event === undefined) return false;
    this.#nowMs = event.due;
    this.steps++;
    // A ticker stays in and is moved: half the work of taking it out and putting it in again.
    if (event instanceof Ticker) this.#events.place(event, event.due + event.intervalMs);
    else this.#events.remove(event);
    event.onDue(this.#nowMs);
    return true;
  }
}

class Callback extends SimulatedEvent {
  readonly #callback: () => void;

  constructor(callback: () => void) {
    super();
    this.#callback = callback;
  }

  /** The event happens. */
  onDue(): void {
    this.#callback();
  }
}

class Ticker extends Callback implements Timer {
  readonly intervalMs: number;
  readonly #clock: EventClock;

  constructor(clock: EventClock, intervalMs: number, callback: () => void) {
    super(callback);
    this.#clock = clock;
    this.intervalMs = intervalMs;
  }

  cancel(): void {
    this.#clock.cancel(this);
  }
}
