import type { Outcome, Price, RequestTraits, Snapshot, Strategy, View } from '@plimsoll/core';

import { CachedShare } from './cached-share.ts';

/** Targets with the same price, and the strategy that chooses among them. */
export class PriceGroup {
  readonly key: string;
  slots: Int32Array = new Int32Array(0);
  readonly #price: Price | undefined;
  readonly #strategy: Strategy;
  readonly #cached = new CachedShare();

  constructor(price: Price | undefined, strategy: Strategy) {
    this.key = priceKey(price);
    this.#price = price;
    this.#strategy = strategy;
  }

  /**
   * Puts the US dollars that a request of this size is likely to cost into `usd[index]`: `Infinity` where there is no
   * price. A number that is returned may need memory; one that is stored here does not.
   */
  estimate(
    inputTokens: number,
    outputTokens: number,
    nowMs: number,
    usd: Float64Array,
    index: number,
  ): void {
    const price = this.#price;
    if (price === undefined) {
      usd[index] = Infinity;
      return;
    }
    let perInput = price.input;
    if (price.cachedInput !== undefined && price.cachedInput !== price.input) {
      perInput += (price.cachedInput - price.input) * this.#cached.at(nowMs);
    }
    usd[index] = (inputTokens * perInput + outputTokens * price.output) / 1e6;
  }

  update(members: Snapshot): void {
    this.slots = members.slots;
    this.#strategy.update(members);
  }

  pick(view: View, request: RequestTraits, nowMs: number): number {
    return this.#strategy.pick(view, request, nowMs);
  }

  observe(slot: number, outcome: Outcome, nowMs: number): void {
    if (outcome.usage !== undefined) this.#cached.observe(outcome.usage, nowMs);
    this.#strategy.observe?.(slot, outcome, nowMs);
  }
}

/** Equal for prices that cost the same whatever the request. */
export function priceKey(price: Price | undefined): string {
  if (price === undefined) return 'none';
  const { input, output, cachedInput = input } = price;
  return `${input}/${output}/${cachedInput}`;
}
