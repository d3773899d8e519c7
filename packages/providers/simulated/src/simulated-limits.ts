import type { RateLimitFact } from '@plimsoll/core';

const MINUTE_MS = 60_000;

/** What the model allows in a minute. A bucket that fills up evenly, as OpenAI's limits do. */
export class Bucket {
  readonly limit: number;
  #level: number;
  #updatedMs: number;

  constructor(perMinute: number, nowMs: number) {
    this.limit = perMinute;
    this.#level = perMinute;
    this.#updatedMs = nowMs;
  }

  /** Whole milliseconds until `amount` is there; 0 when it is now. */
  waitMs(amount: number, nowMs: number): number {
    this.#fill(nowMs);
    const waitMs = ((amount - this.#level) * MINUTE_MS) / this.limit;
    // Filling up adds rounding errors: a nanosecond is none.
    return Math.max(0, Math.ceil(waitMs - 1e-6));
  }

  take(amount: number, nowMs: number): void {
    this.#fill(nowMs);
    this.#level -= amount;
  }

  remaining(nowMs: number): number {
    this.#fill(nowMs);
    return Math.max(0, Math.floor(this.#level));
  }

  /** Milliseconds until all of it is there again. */
  resetMs(nowMs: number): number {
    return this.waitMs(this.limit, nowMs);
  }

  #fill(nowMs: number): void {
    const filled = ((nowMs - this.#updatedMs) * this.limit) / MINUTE_MS;
    this.#level = Math.min(this.limit, this.#level + filled);
    this.#updatedMs = nowMs;
  }
}

/** Where a limit stands. */
export function limitFact(
  dimension: 'requests' | 'tokens',
  bucket: Bucket,
  nowMs: number,
): RateLimitFact {
  return {
    dimension,
    windowMs: MINUTE_MS,
    limit: bucket.limit,
    remaining: bucket.remaining(nowMs),
    resetAfterMs: bucket.resetMs(nowMs),
  };
}

/** The headers that tell the same. */
export function limitHeaders(
  dimension: 'requests' | 'tokens',
  bucket: Bucket,
  nowMs: number,
): Record<string, string> {
  return {
    [`x-ratelimit-limit-${dimension}`]: String(bucket.limit),
    [`x-ratelimit-remaining-${dimension}`]: String(bucket.remaining(nowMs)),
    [`x-ratelimit-reset-${dimension}`]: formatDuration(bucket.resetMs(nowMs)),
  };
}

/** A duration as OpenAI writes it: `120ms`, `6s`, `1m30s`; seconds are rounded up. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${ms}ms`;
  const seconds = Math.ceil(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
