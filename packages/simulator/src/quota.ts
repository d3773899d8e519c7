import { optionError } from '@plimsoll/core';

import { checkPositive } from './check.ts';

/** What may be sent in a minute. */
export interface QuotaOptions {
  /** > 0. @defaultValue no limit */
  readonly requestsPerMinute?: number;
  /** Of prompts and answers together, > 0. @defaultValue no limit */
  readonly tokensPerMinute?: number;
  /**
   * How it is counted. `bucket`: refilled all the time, up to a minute's worth. `window`: full again at the start of
   * each minute, which lets nearly twice the limit pass around it.
   * @defaultValue 'bucket'
   */
  readonly counting?: 'bucket' | 'window';
}

/** @throws PlimsollError ERR_PLIMSOLL_OPTION on an option out of range. */
export function checkQuota(factory: string, at: string, options: QuotaOptions): void {
  const { requestsPerMinute, tokensPerMinute, counting = 'bucket' } = options;
  for (const [name, limit] of Object.entries({ requestsPerMinute, tokensPerMinute })) {
    if (limit !== undefined) checkPositive(factory, `${at}${name}`, limit);
  }
  if (counting !== 'bucket' && counting !== 'window') {
    throw optionError(factory, `${at}counting`, "'bucket' or 'window'", counting);
  }
}

/** What a provider counts for whom it limits. Requests and tokens are charged when the request comes. */
export class Quota {
  readonly #requests: Meter;
  readonly #tokens: Meter;

  constructor(options: QuotaOptions) {
    const meter = options.counting === 'window' ? WindowMeter : BucketMeter;
    this.#requests = new meter(options.requestsPerMinute ?? Infinity);
    this.#tokens = new meter(options.tokensPerMinute ?? Infinity);
  }

  /** Milliseconds until a request fits; 0 when it does, `Infinity` when it never will. */
  waitMs(tokens: number, nowMs: number): number {
    return Math.max(this.#requests.waitMs(1, nowMs), this.#tokens.waitMs(tokens, nowMs));
  }

  charge(tokens: number): void {
    this.#requests.take(1);
    this.#tokens.take(tokens);
  }
}

/** Charges a request to all of them, or to none, and says in how many milliseconds it would fit; 0: it was admitted. */
export function admit(quotas: readonly Quota[], tokens: number, nowMs: number): number {
  const waitMs = Math.max(0, ...quotas.map((quota) => quota.waitMs(tokens, nowMs)));
  if (waitMs === 0) for (const quota of quotas) quota.charge(tokens);
  return waitMs;
}

const MINUTE_MS = 60_000;

interface Meter {
  /** Milliseconds until `amount` fits; `Infinity` for what never will. */
  waitMs(amount: number, nowMs: number): number;
  take(amount: number): void;
}

class BucketMeter implements Meter {
  readonly #perMinute: number;
  #left: number;
  #atMs = 0;

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
    this.#left = perMinute;
  }

  waitMs(amount: number, nowMs: number): number {
    const perMinute = this.#perMinute;
    if (perMinute === Infinity) return 0;
    this.#left = Math.min(perMinute, this.#left + ((nowMs - this.#atMs) / MINUTE_MS) * perMinute);
    this.#atMs = nowMs;
    if (amount > perMinute) return Infinity;
    return (Math.max(0, amount - this.#left) / perMinute) * MINUTE_MS;
  }

  take(amount: number): void {
    this.#left -= amount;
  }
}

class WindowMeter implements Meter {
  readonly #perMinute: number;
  #used = 0;
  #minute = 0;

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  waitMs(amount: number, nowMs: number): number {
    const minute = Math.floor(nowMs / MINUTE_MS);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#used = 0;
    }
    if (amount > this.#perMinute) return Infinity;
    return this.#used + amount <= this.#perMinute ? 0 : (minute + 1) * MINUTE_MS - nowMs;
  }

  take(amount: number): void {
    this.#used += amount;
  }
}
