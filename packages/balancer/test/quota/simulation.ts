import {
  type QuotaLimits,
  type RateLimitDimension,
  seededRandom,
  type Target,
} from '@plimsoll/core';

import { QuotaBook } from '../../src/quota/quota-book.ts';
import type { Enforcer } from './enforcers.ts';

/** A request of a simulation: what its prompt has, what its answer has, and what it might have. */
export interface Size {
  readonly input: number;
  readonly output: number;
  readonly maxOutput: number;
}

export interface SimulationOptions {
  readonly seed: number;
  readonly limits: QuotaLimits | undefined;
  /** What each key's provider enforces, on requests or on tokens. */
  readonly enforcers: readonly Enforcer[];
  readonly dimension: RateLimitDimension;
  readonly perMinute: number;
  readonly minutes: number;
  /** Only what happened after this is counted. */
  readonly warmUpMinutes?: number;
  /** Requests travel up to this much longer than the fastest. */
  readonly jitterMs: number;
  /** A request that would have to wait longer is refused. */
  readonly maxWaitMs: number;
  readonly size: (random: () => number) => Size;
  /** Of an answer, in milliseconds per token. */
  readonly perTokenMs?: number;
  /**
   * What the provider counts of an answer: the most it may have until it is complete, its tokens when it is complete, or
   * the most it may have, whatever it has.
   */
  readonly counts?: 'actual' | 'produced' | 'reserved';
  /** Whether answers carry headers that are taken over. */
  readonly hasFacts?: boolean;
  readonly onThrottle?: (book: QuotaBook, nowMs: number) => void;
  readonly onSecond?: (book: QuotaBook, nowMs: number) => void;
}

export interface SimulationResult {
  offered: number;
  served: number;
  /** Answers of 429 from a provider. */
  throttled: number;
  refused: number;
  /** What providers counted. */
  accepted: number;
  firstThrottleMs: number;
  longestWaitMs: number;
}

interface Waiting {
  readonly size: Size;
  readonly sinceMs: number;
}

/** A queue of things to come, soonest first. */
export class Agenda {
  readonly #heap: { atMs: number; order: number; run: (nowMs: number) => void }[] = [];
  #order = 0;

  add(atMs: number, run: (nowMs: number) => void): void {
    const heap = this.#heap;
    heap.push({ atMs, order: this.#order++, run });
    for (let child = heap.length - 1; child > 0;) {
      const parent = (child - 1) >> 1;
      if (!this.#isBefore(child, parent)) break;
      this.#swap(child, parent);
      child = parent;
    }
  }

  next(): { atMs: number; run: (nowMs: number) => void } | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || first === last) return first;
    heap[0] = last;
    for (let parent = 0; ;) {
      let least = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if (child < heap.length && this.#isBefore(child, least)) least = child;
      }
      if (least === parent) return first;
      this.#swap(least, parent);
      parent = least;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [one, other] = [this.#heap[a]!, this.#heap[b]!];
    return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
  }

  #swap(a: number, b: number): void {
    const one = this.#heap[a]!;
    this.#heap[a] = this.#heap[b]!;
    this.#heap[b] = one;
  }
}

/** Keys that take turns behind one queue, first come first served, woken at the moments the book names. */
export function simulate(options: SimulationOptions): SimulationResult {
  const random = seededRandom(options.seed);
  const draw = (): number => random.float();
  let now = 0;
  const book = new QuotaBook({
    now: () => now,
    epochMs: () => 1_767_225_600_000 + now,
    every: () => ({ cancel() {} }),
  });
  const keys = options.enforcers.length;
  for (let slot = 0; slot < keys; slot++) book.assign(slot, target(slot, options.limits), 0);
  const coolUntilMs = new Float64Array(keys);
  const agenda = new Agenda();
  const waiting: Waiting[] = [];
  const endMs = options.minutes * 60_000;
  const fromMs = (options.warmUpMinutes ?? 0) * 60_000;
  const result: SimulationResult = {
    offered: 0,
    served: 0,
    throttled: 0,
    refused: 0,
    accepted: 0,
    firstThrottleMs: Number.NaN,
    longestWaitMs: 0,
  };
  const isCounted = (): boolean => now >= fromMs && now < endMs;
  let turn = 0;
  let wakeAtMs = Infinity;

  const send = (slot: number, size: Size): void => {
    const handle = book.reserve(slot, size.input, size.maxOutput, now);
    agenda.add(now + 5 + draw() * options.jitterMs, () => arrive(slot, handle, size));
  };

  const arrive = (slot: number, handle: number, size: Size): void => {
    const enforcer = options.enforcers[slot]!;
    const { counts = 'actual', dimension } = options;
    const isRequests = dimension === 'requests';
    const ofAnswer = counts === 'produced' ? 0 : size.maxOutput;
    const charged = isRequests ? 1 : size.input + ofAnswer;
    const used = isRequests ? 1 : size.input + (counts === 'reserved' ? ofAnswer : size.output);
    const durationMs = 20 + size.output * (options.perTokenMs ?? 0);
    const verdict = enforcer.arrive(charged, now);
    const facts =
      options.hasFacts === true
        ? [{ dimension: options.dimension, ...verdict, resetAfterMs: verdict.resetAfterMs }]
        : [];
    const arrivedAtMs = now;
    if (!verdict.isAccepted) {
      if (Number.isNaN(result.firstThrottleMs)) result.firstThrottleMs = now;
      result.throttled++;
      agenda.add(now + 20, () => {
        book.reconcile(slot, facts, true, now);
        // A header of whole seconds.
        const retryAfterMs = Math.ceil(verdict.retryAfterMs / 1000) * 1000;
        book.onThrottled(handle, retryAfterMs, undefined, now);
        coolUntilMs[slot] = Math.max(coolUntilMs[slot]!, now + retryAfterMs);
        options.onThrottle?.(book, now);
        wake();
      });
      return;
    }
    // On average over time a count of a minute also holds what was charged too much, for as long as it was.
    const excess = Math.max(0, charged - used);
    if (isCounted()) result.accepted += used + (excess * durationMs) / 60_000;
    agenda.add(now + durationMs, () => {
      if (used !== charged) {
        enforcer.correct(used - charged, counts === 'produced' ? now : arrivedAtMs, now);
      }
      book.reconcile(slot, facts, false, now);
      book.settle(handle, { inputTokens: size.input, outputTokens: size.output }, false, now);
      wake();
    });
  };

  /** When the first of the queue may go, and to whom. */
  const place = (size: Size): { slot: number; atMs: number } => {
    let best = { slot: -1, atMs: Infinity };
    for (let step = 0; step < keys; step++) {
      const slot = (turn + step) % keys;
      const cool = coolUntilMs[slot]!;
      if (cool <= now && book.admits(slot, size.input, size.maxOutput, now)) {
        turn = (slot + 1) % keys;
        return { slot, atMs: now };
      }
      const atMs = Math.max(cool, book.retryAtMs(slot, size.input, size.maxOutput, now));
      if (atMs < best.atMs) best = { slot: -1, atMs };
    }
    return best;
  };

  const wake = (): void => {
    while (waiting.length > 0) {
      const { size, sinceMs } = waiting[0]!;
      const { slot, atMs } = place(size);
      if (slot !== -1) {
        waiting.shift();
        result.longestWaitMs = Math.max(result.longestWaitMs, now - sinceMs);
        if (isCounted()) result.served++;
        send(slot, size);
      } else if (atMs - sinceMs > options.maxWaitMs) {
        waiting.shift();
        if (isCounted()) result.refused++;
      } else {
        if (atMs < wakeAtMs || wakeAtMs <= now) {
          wakeAtMs = atMs;
          agenda.add(atMs, () => {
            if (wakeAtMs === now) wakeAtMs = Infinity;
            wake();
          });
        }
        return;
      }
    }
  };

  const offer = (): void => {
    if (isCounted()) result.offered++;
    waiting.push({ size: options.size(draw), sinceMs: now });
    wake();
    agenda.add(now + (-Math.log(1 - draw()) * 60_000) / options.perMinute, offer);
  };
  offer();
  if (options.onSecond !== undefined) {
    const tick = (): void => {
      options.onSecond!(book, now);
      agenda.add(now + 1000, tick);
    };
    agenda.add(1000, tick);
  }
  for (let next = agenda.next(); next !== undefined && next.atMs < endMs; next = agenda.next()) {
    now = next.atMs;
    next.run(now);
  }
  return result;
}

function target(slot: number, limits: QuotaLimits | undefined): Target {
  const id = `key-${slot}`;
  return { id, weight: 1, tier: 0, tags: [], quotaGroup: id, cacheDomain: id, limits };
}
