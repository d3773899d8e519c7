import type { ClientLimitsConfig } from '@plimsoll/config';

const MINUTE_MS = 60_000;

/** Why a client has to wait. */
export interface Exceeded {
  readonly message: string;
  /** Milliseconds until it may ask again; undefined where that is when one of its requests ends. */
  readonly waitMs: number | undefined;
}

/**
 * How many requests a client may make, in this process: under way at the same time, and in any 60 s. The moments of the
 * last ones are kept, 8 bytes each, so the minute slides and no two can be joined at their border.
 */
export class ClientLimits {
  readonly config: ClientLimitsConfig;
  /** When each of the last requests was admitted; the oldest at `#oldest`. */
  readonly #admittedMs: Float64Array;
  #oldest = 0;
  #active = 0;

  constructor(config: ClientLimitsConfig) {
    this.config = config;
    this.#admittedMs = new Float64Array(config.rpm ?? 0).fill(-Infinity);
  }

  /** Admits a request, which must be followed by `end` once it has ended; or says why not. */
  begin(nowMs: number): Exceeded | undefined {
    const { rpm = 0, concurrency = Infinity } = this.config;
    if (this.#active >= concurrency) {
      const message = `of this key ${concurrency} requests may be under way at the same time`;
      return { message, waitMs: undefined };
    }
    if (rpm > 0) {
      const waitMs = this.#admittedMs[this.#oldest]! + MINUTE_MS - nowMs;
      if (waitMs > 0) return { message: `this key may make ${rpm} requests in a minute`, waitMs };
      this.#admittedMs[this.#oldest] = nowMs;
      this.#oldest = (this.#oldest + 1) % rpm;
    }
    this.#active++;
    return undefined;
  }

  end(): void {
    this.#active--;
  }
}
