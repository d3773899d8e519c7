import type { Usage } from '@plimsoll/core';

/** After this long an answer counts half: providers keep a prompt for 5 to 60 minutes. */
const HALF_LIFE_MS = 600_000;

/** Counts as if this many tokens had been seen, none of them cached: what little is known is not relied on. */
const PRIOR_TOKENS = 10_000;

/**
 * The share of input tokens that came from the provider's prompt cache, as measured: decayed by time, and drawn towards
 * none while little was seen or it is long ago.
 */
export class CachedShare {
  #inputTokens = 0;
  #cachedTokens = 0;
  #atMs = 0;

  observe(usage: Usage, nowMs: number): void {
    const kept = this.#kept(nowMs);
    this.#inputTokens = this.#inputTokens * kept + usage.inputTokens;
    this.#cachedTokens = this.#cachedTokens * kept + (usage.cachedInputTokens ?? 0);
    this.#atMs = nowMs;
  }

  /** From 0 to 1. */
  at(nowMs: number): number {
    if (this.#cachedTokens === 0) return 0;
    const kept = this.#kept(nowMs);
    return (this.#cachedTokens * kept) / (this.#inputTokens * kept + PRIOR_TOKENS);
  }

  #kept(nowMs: number): number {
    return 2 ** ((this.#atMs - nowMs) / HALF_LIFE_MS);
  }
}
