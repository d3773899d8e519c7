import { checkNotNegative, checkPositive } from './check.ts';
import type { Prefix } from './request.ts';

/** How long a provider remembers the start of prompts. What cached tokens cost is the target's `price.cachedInput`. */
export interface PromptCacheOptions {
  /** Seconds an unused prefix is remembered, > 0. @defaultValue 300 */
  readonly ttlS?: number;
  /** Prefixes shorter than this are not cached, in tokens, >= 0. @defaultValue 1024 */
  readonly minTokens?: number;
}

/** @throws PlimsollError ERR_PLIMSOLL_OPTION on an option out of range. */
export function checkPromptCache({ ttlS = 300, minTokens = 1024 }: PromptCacheOptions): void {
  checkPositive('simulate', 'servers[].promptCache.ttlS', ttlS);
  checkNotNegative('simulate', 'servers[].promptCache.minTokens', minTokens);
}

/** The prompt cache of one cache domain. A prefix is in it from the first content of the request that brought it. */
export class PromptCache {
  readonly #ttlMs: number;
  readonly #minTokens: number;
  /** When each prefix was used last, in milliseconds. */
  readonly #usedMs = new Map<string, number>();

  constructor({ ttlS = 300, minTokens = 1024 }: PromptCacheOptions) {
    this.#ttlMs = ttlS * 1000;
    this.#minTokens = minTokens;
  }

  /** Tokens of the prompt that need not be read again. */
  cachedTokens(prefix: Prefix | undefined, inputTokens: number, nowMs: number): number {
    const tokens = this.#cacheable(prefix, inputTokens);
    const usedMs = tokens === 0 ? undefined : this.#usedMs.get(prefix!.key);
    return usedMs !== undefined && nowMs - usedMs <= this.#ttlMs ? tokens : 0;
  }

  /** The prompt was read. */
  remember(prefix: Prefix | undefined, inputTokens: number, nowMs: number): void {
    if (this.#cacheable(prefix, inputTokens) > 0) this.#usedMs.set(prefix!.key, nowMs);
  }

  #cacheable(prefix: Prefix | undefined, inputTokens: number): number {
    const tokens = Math.min(prefix?.tokens ?? 0, inputTokens);
    return tokens >= this.#minTokens ? tokens : 0;
  }
}
