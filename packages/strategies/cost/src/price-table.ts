import type { Price, RequestTraits, Usage } from '@plimsoll/core';

/** After this long an answer counts half: providers keep a prompt for 5 to 60 minutes. */
const HALF_LIFE_MS = 600_000;

/** Counts as if this many tokens had been seen, none of them cached: what little is known is not relied on. */
const PRIOR_TOKENS = 10_000;

/** Tokens that a request is taken to have. */
export interface ExpectedTokens {
  readonly input: number;
  readonly output: number;
}

/**
 * What a request costs at each of some prices, with the share of input tokens that came from prompt caches there as
 * measured: decayed by time, and drawn towards none while little was seen or it is long ago.
 *
 * All numbers stand in arrays, and none is handed from one function to another: that could need memory at every pick.
 */
export class PriceTable {
  readonly #expected: ExpectedTokens;
  /** US dollars by price, for the request of the last `estimate`; `Infinity` where there is no price. */
  readonly usd: Float64Array;
  readonly #input: Float64Array;
  readonly #output: Float64Array;
  /** What a million input tokens cost less when they are cached. */
  readonly #discount: Float64Array;
  readonly #seenTokens: Float64Array;
  readonly #cachedTokens: Float64Array;
  readonly #seenAtMs: Float64Array;

  constructor(prices: readonly (Price | undefined)[], expected: ExpectedTokens) {
    this.#expected = expected;
    this.usd = new Float64Array(prices.length);
    this.#input = Float64Array.from(prices, (price) => price?.input ?? Infinity);
    this.#output = Float64Array.from(prices, (price) => price?.output ?? 0);
    this.#discount = Float64Array.from(prices, (price) =>
      price?.cachedInput === undefined ? 0 : price.input - price.cachedInput,
    );
    this.#seenTokens = new Float64Array(prices.length);
    this.#cachedTokens = new Float64Array(prices.length);
    this.#seenAtMs = new Float64Array(prices.length);
  }

  /** Takes over what another table has seen at one of its prices. */
  take(index: number, from: PriceTable, fromIndex: number): void {
    this.#seenTokens[index] = from.#seenTokens[fromIndex]!;
    this.#cachedTokens[index] = from.#cachedTokens[fromIndex]!;
    this.#seenAtMs[index] = from.#seenAtMs[fromIndex]!;
  }

  observe(index: number, usage: Usage, nowMs: number): void {
    const kept = 2 ** ((this.#seenAtMs[index]! - nowMs) / HALF_LIFE_MS);
    this.#seenTokens[index] = this.#seenTokens[index]! * kept + usage.inputTokens;
    this.#cachedTokens[index] = this.#cachedTokens[index]! * kept + (usage.cachedInputTokens ?? 0);
    this.#seenAtMs[index] = nowMs;
  }

  estimate(request: RequestTraits, nowMs: number): void {
    const inputTokens = request.inputTokens ?? this.#expected.input;
    const outputTokens = Math.min(this.#expected.output, request.maxOutputTokens ?? Infinity);
    for (let index = 0; index < this.usd.length; index++) {
      let perInput = this.#input[index]!;
      if (this.#discount[index] !== 0 && this.#cachedTokens[index] !== 0) {
        const kept = 2 ** ((this.#seenAtMs[index]! - nowMs) / HALF_LIFE_MS);
        const seen = this.#seenTokens[index]! * kept + PRIOR_TOKENS;
        perInput -= (this.#discount[index]! * this.#cachedTokens[index]! * kept) / seen;
      }
      this.usd[index] =
        perInput === Infinity
          ? Infinity
          : (inputTokens * perInput + outputTokens * this.#output[index]!) / 1e6;
    }
  }
}
