import { optionError, type RequestTraits } from '@plimsoll/core';

import type { BalancedCall } from '../call.ts';
import type { Pool } from '../pool.ts';
import type { Sweepable } from '../sweeper.ts';
import { FairQueue } from './fair-queue.ts';

/** Options of the wait queue. */
export interface QueueOptions {
  /** Longest wait, in milliseconds >= 0; 0 refuses at once. @defaultValue 10000 */
  readonly maxWaitMs?: number;
  /** Requests that may wait, an integer >= 0. @defaultValue 1000 */
  readonly maxLength?: number;
}

/** Queue options with defaults filled in. @throws PlimsollError ERR_PLIMSOLL_OPTION on one out of range. */
export function resolveQueue(options: QueueOptions = {}): Required<QueueOptions> {
  const { maxWaitMs = 10_000, maxLength = 1000 } = options;
  if (!(maxWaitMs >= 0)) throw optionError('balancer', 'queue.maxWaitMs', 'ms >= 0', maxWaitMs);
  if (!Number.isInteger(maxLength) || maxLength < 0) {
    throw optionError('balancer', 'queue.maxLength', 'an integer >= 0', maxLength);
  }
  return { maxWaitMs, maxLength };
}

/** How long the priority of a request is remembered, in milliseconds. */
const TOP_MS = 60_000;

/**
 * Requests of a pool for which nothing is admissible now, but will be: concurrency is given back, quota refills, a
 * throttled target may be tried again. Served in the order of a `FairQueue`, at the moment something becomes free; never
 * waited in for the sake of health.
 */
export class WaitQueue implements Sweepable {
  sweepIndex = -1;
  readonly #pool: Pool;
  readonly #options: Required<QueueOptions>;
  readonly #queue = new FairQueue<BalancedCall>();
  /** The highest priority of late, and until when that counts. */
  #topPriority = 0;
  #topUntilMs = -Infinity;
  #isServing = false;
  #isClosed = false;

  constructor(pool: Pool, options: Required<QueueOptions>) {
    this.#pool = pool;
    this.#options = options;
  }

  get size(): number {
    return this.#queue.size;
  }

  get maxWaitMs(): number {
    return this.#options.maxWaitMs;
  }

  /** When the first of those that wait came; `Infinity` if none does. */
  get oldestMs(): number {
    let oldestMs = Infinity;
    for (const { startedAtMs } of this.#queue.items()) oldestMs = Math.min(oldestMs, startedAtMs);
    return oldestMs;
  }

  /** A request comes. */
  note({ priority = 0 }: RequestTraits, nowMs: number): void {
    if (priority === 0) return;
    if (priority < this.#topPriority && nowMs < this.#topUntilMs) return;
    this.#topPriority = priority;
    this.#topUntilMs = nowMs + TOP_MS;
  }

  /**
   * Whether a request leaves what may go at once of quota to others: there have been more urgent ones of late, and those
   * to come should not have to wait. While some do wait, turns decide.
   */
  leavesBurst({ priority = 0 }: RequestTraits, nowMs: number): boolean {
    const isTop = priority >= this.#topPriority || nowMs >= this.#topUntilMs;
    return !isTop && !this.#queue.hasAbove(priority);
  }

  /** Takes a request in if waiting can help it; its turn may come at once. */
  admit(call: BalancedCall, nowMs: number): boolean {
    if (!this.#hasPlace(call, nowMs)) {
      this.#want(1);
      return false;
    }
    const priority = call.request.priority ?? 0;
    this.#queue.push(call, flowOf(call), priority);
    if (this.sweepIndex === -1) {
      this.#pool.fleet.sweeper.watch(this, Infinity, nowMs);
      this.#pool.fleet.waiting.add(this);
    }
    this.serve(nowMs);
    return true;
  }

  /** The request no longer waits. */
  remove(call: BalancedCall): void {
    this.#queue.remove(call);
    this.#leaveIfEmpty();
  }

  /** Something may have become free. */
  serve(nowMs: number): void {
    // An attempt that is started in here must not serve the queue from within.
    if (this.#isServing || this.#queue.size === 0) return;
    this.#isServing = true;
    let nextAtMs = Infinity;
    this.#queue.serve((call) => {
      if (call.startFromQueue(nowMs)) return 'taken';
      const { request, narrowing } = call;
      nextAtMs = Math.min(nextAtMs, this.#pool.freeAtMs(request, narrowing, nowMs));
      // Nobody overtakes a request that any target could serve; one that asks for a certain target holds up no other.
      return isParticular(request) ? 'not now' : 'stop';
    });
    this.#isServing = false;
    if (this.sweepIndex !== -1) this.#pool.fleet.sweeper.move(this, nextAtMs);
    this.#leaveIfEmpty();
  }

  /** Refuses all that wait and all that come. */
  close(): void {
    this.#isClosed = true;
    this.#queue.serve((call) => {
      call.refuse();
      return 'taken';
    });
    this.#leaveIfEmpty();
  }

  onDue(nowMs: number): void {
    this.serve(nowMs);
  }

  /** Tells the limits of the pool's targets that requests wait for them. */
  wantQuota(): void {
    this.#want(this.#queue.size);
  }

  #want(requests: number): void {
    const members = [...this.#pool.members];
    const { quota } = this.#pool.fleet;
    for (const { slot } of members) quota.want(slot, requests / members.length);
  }

  /** Whether waiting can help the request; where the queue is full, another one has to leave it. */
  #hasPlace(call: BalancedCall, nowMs: number): boolean {
    const { maxLength } = this.#options;
    if (this.#isClosed || maxLength === 0) return false;
    const freeAtMs = this.#pool.freeAtMs(call.request, call.narrowing, nowMs);
    if (freeAtMs > call.waitUntilMs) return false;
    if (this.#queue.size < maxLength) return true;
    const last = this.#queue.dropFromLongest(flowOf(call), call.request.priority ?? 0);
    last?.refuse();
    return last !== undefined;
  }

  #leaveIfEmpty(): void {
    if (this.#queue.size > 0) return;
    this.#pool.fleet.sweeper.unwatch(this);
    this.#pool.fleet.waiting.delete(this);
  }
}

/** Requests that only certain targets may serve stand in a row of their own: they hold up, and wait for, no others. */
function flowOf({ request }: BalancedCall): string {
  const { tenant = '', pin, tags, residency } = request;
  return isParticular(request) ? JSON.stringify([tenant, pin, tags, residency]) : tenant;
}

function isParticular({ pin, tags, residency }: RequestTraits): boolean {
  return pin !== undefined || tags !== undefined || residency !== undefined;
}
