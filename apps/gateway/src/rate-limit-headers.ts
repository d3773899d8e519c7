import type { Fleet, Headroom } from '@plimsoll/balancer';
import type { RateLimitDimension } from '@plimsoll/core';

/** Made once: they are in every answer. */
const NAMES: Record<RateLimitDimension, Record<'limit' | 'remaining' | 'reset', string>> = {
  requests: namesOf('requests'),
  tokens: namesOf('tokens'),
  input_tokens: namesOf('input-tokens'),
  output_tokens: namesOf('output-tokens'),
};

/**
 * Tells callers how the limits of the target that served them stand, in the headers OpenAI's API has: for each dimension
 * the limit of which the smallest part is left, be it the target's own or its quota group's.
 */
export class RateLimitHeaders {
  readonly #fleet: Fleet;
  readonly #limited: ReadonlySet<string>;

  /** @param limited - ids of the targets that have limits. */
  constructor(fleet: Fleet, limited: ReadonlySet<string>) {
    this.#fleet = fleet;
    this.#limited = limited;
  }

  /** Appends the headers of `target` to a flat list of names and values. */
  append(headers: string[], target: string): void {
    if (!this.#limited.has(target)) return;
    const rooms = this.#fleet.headroom(target);
    const nowMs = this.#fleet.clock.now();
    for (const room of rooms) {
      if (!isTightest(room, rooms)) continue;
      const { dimension, limit, used, resetAtMs } = room;
      const names = NAMES[dimension];
      headers.push(
        names.limit,
        String(Math.floor(limit)),
        names.remaining,
        String(Math.max(0, Math.floor(limit - used))),
        names.reset,
        duration(resetAtMs - nowMs),
      );
    }
  }
}

/** Whether no limit of the same dimension has less left; of several alike it is the first. */
function isTightest(room: Headroom, rooms: readonly Headroom[]): boolean {
  let isBefore = true;
  for (const other of rooms) {
    if (other === room) isBefore = false;
    else if (other.dimension === room.dimension) {
      if (other.leftRatio < room.leftRatio) return false;
      if (isBefore && other.leftRatio === room.leftRatio) return false;
    }
  }
  return true;
}

function namesOf(kind: string): Record<'limit' | 'remaining' | 'reset', string> {
  return {
    limit: `x-ratelimit-limit-${kind}`,
    remaining: `x-ratelimit-remaining-${kind}`,
    reset: `x-ratelimit-reset-${kind}`,
  };
}

/** A time as OpenAI's API writes it: `20ms`, `8.64s`, `6m0s`, `23h59m0s`. */
export function duration(ms: number): string {
  const whole = Math.max(0, Math.ceil(ms));
  if (whole < 1000) return `${whole}ms`;
  const seconds = Math.ceil(whole / 10) / 100;
  if (seconds < 60) return `${seconds}s`;
  const total = Math.ceil(seconds);
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  return `${hours > 0 ? `${hours}h` : ''}${minutes}m${total % 60}s`;
}
