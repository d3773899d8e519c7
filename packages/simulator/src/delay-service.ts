import { EventHeap } from './event-heap.ts';
import { type EventClock, SimulatedEvent } from './event-clock.ts';
import type { Job, Service } from './service.ts';

/** A server on which jobs do not meet: each ends a drawn time after it came. */
export class DelayService extends SimulatedEvent implements Service {
  readonly #clock: EventClock;
  readonly #drawMs: () => number;
  /** By the moment of the end, in milliseconds; `Infinity` for what came while the server stood still. */
  readonly #running = new EventHeap<Job>();
  #speed = 1;

  constructor(clock: EventClock, drawMs: () => number) {
    super();
    this.#clock = clock;
    this.#drawMs = drawMs;
  }

  start(job: Job, nowMs: number): void {
    this.#running.place(job, nowMs + this.#drawMs() / this.#speed);
    this.#plan();
  }

  cancel(job: Job): void {
    this.#running.remove(job);
    this.#plan();
  }

  setSpeed(speed: number): void {
    this.#speed = speed;
  }

  jobs(): Job[] {
    return [...this.#running.items];
  }

  onDue(nowMs: number): void {
    const job = this.#running.top!;
    this.#running.remove(job);
    this.#plan();
    job.onFirstContent(nowMs);
    job.onDone(nowMs);
  }

  #plan(): void {
    const next = this.#running.top;
    if (next === undefined || next.due === Infinity) this.#clock.cancel(this);
    else this.#clock.schedule(this, next.due);
  }
}
