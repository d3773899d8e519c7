import { EventHeap } from './event-heap.ts';
import { type EventClock, SimulatedEvent } from './event-clock.ts';
import type { Job, Service } from './service.ts';

/** A stream under way shows more content this often, so that the engine's limit between chunks sees it live. */
const PROGRESS_MS = 1000;

/** Milestones this close together, in tokens, are one moment: sums of work round. */
const SAME_WORK = 1e-9;

/**
 * A server on which all running jobs move at one pace, which may depend on how many there are; jobs beyond its places
 * wait in the order they came.
 *
 * As the pace is common, the order in which jobs reach their milestones never changes: it is kept in a heap by the work
 * done for each job so far, and an arrival or an end costs O(log n) instead of a new estimate for every job.
 */
export class PacedService extends SimulatedEvent implements Service {
  readonly #clock: EventClock;
  readonly #places: number;
  /** Tokens per second for each of `running` jobs, at the usual speed. */
  readonly #pace: (running: number) => number;
  readonly #running = new EventHeap<Job>();
  readonly #waiting = new Set<Job>();
  #speed = 1;
  /** Tokens done for a job that runs since the start, as of `#atMs`. */
  #done = 0;
  #atMs = 0;
  #tokensPerMs = 0;

  constructor(clock: EventClock, places: number, pace: (running: number) => number) {
    super();
    this.#clock = clock;
    this.#places = places;
    this.#pace = pace;
    clock.every(PROGRESS_MS, () => this.#progress());
  }

  start(job: Job, nowMs: number): void {
    this.#catchUp(nowMs);
    if (this.#running.size < this.#places) this.#begin(job);
    else this.#waiting.add(job);
    this.#plan(nowMs);
  }

  cancel(job: Job, nowMs: number): void {
    if (this.#waiting.delete(job) || job.heapIndex === -1) return;
    this.#catchUp(nowMs);
    this.#leave(job);
    this.#plan(nowMs);
  }

  setSpeed(speed: number, nowMs: number): void {
    this.#catchUp(nowMs);
    this.#speed = speed;
    this.#plan(nowMs);
  }

  jobs(): Job[] {
    return [...this.#running.items, ...this.#waiting];
  }

  onDue(nowMs: number): void {
    this.#catchUp(nowMs);
    for (;;) {
      const job = this.#running.top;
      if (job === undefined || job.due > this.#done + SAME_WORK) break;
      if (job.isAnswered) {
        this.#leave(job);
        job.onDone(nowMs);
      } else {
        job.isAnswered = true;
        this.#running.place(job, job.beganAt + job.totalWork);
        job.onFirstContent(nowMs);
      }
    }
    this.#plan(nowMs);
  }

  #begin(job: Job): void {
    job.beganAt = this.#done;
    this.#running.place(job, this.#done + job.firstWork);
  }

  #leave(job: Job): void {
    this.#running.remove(job);
    const [next] = this.#waiting;
    if (next === undefined) return;
    this.#waiting.delete(next);
    this.#begin(next);
  }

  #catchUp(nowMs: number): void {
    this.#done += (nowMs - this.#atMs) * this.#tokensPerMs;
    this.#atMs = nowMs;
  }

  /** Sets the pace for the jobs as they are, and the moment of the next milestone. */
  #plan(nowMs: number): void {
    const next = this.#running.top;
    this.#tokensPerMs =
      next === undefined ? 0 : (this.#speed * this.#pace(this.#running.size)) / 1000;
    if (next === undefined || this.#tokensPerMs === 0) this.#clock.cancel(this);
    else this.#clock.schedule(this, nowMs + (next.due - this.#done) / this.#tokensPerMs);
  }

  #progress(): void {
    if (this.#speed === 0) return;
    for (const job of this.#running.items) if (job.isAnswered) job.onProgress();
  }
}
