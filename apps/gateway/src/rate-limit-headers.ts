import type { Fleet, Headroom } from '@plimsoll/balancer';

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
    const tightest = new Map<string, Headroom>();
    for (const room of this.#fleet.headroom(target)) {
      const known = tightest.get(room.dimension);
      if (known === undefined || room.leftRatio < known.leftRatio) {
        tightest.set(room.dimension, room);
      }
    }
    const nowMs = this.#fleet.clock.now();
    for (const [dimension, { limit, used, resetAtMs }] of tightest) {
      const name = dimension.replace('_', '-');
      headers.push(
        `x-ratelimit-limit-${name}`,
        String(Math.floor(limit)),
        `x-ratelimit-remaining-${name}`,
        String(Math.max(0, Math.floor(limit - used))),
        `x-ratelimit-reset-${name}`,
        duration(resetAtMs - nowMs),
      );
    }
  }
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
