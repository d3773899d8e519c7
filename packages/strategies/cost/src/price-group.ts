import type { Outcome, Price, RequestTraits, Snapshot, Strategy, View } from '@plimsoll/core';

/** Targets with the same price, and the strategy that chooses among them. */
export class PriceGroup {
  readonly price: Price | undefined;
  readonly label: string;
  slots: Int32Array = new Int32Array(0);
  readonly #strategy: Strategy;

  constructor(price: Price | undefined, strategy: Strategy) {
    this.price = price;
    this.label = price === undefined ? 'no price' : `price ${priceKey(price)}`;
    this.#strategy = strategy;
  }

  update(members: Snapshot): void {
    this.slots = members.slots;
    this.#strategy.update(members);
  }

  pick(view: View, request: RequestTraits, nowMs: number): number {
    return this.#strategy.pick(view, request, nowMs);
  }

  observe(slot: number, outcome: Outcome, nowMs: number): void {
    this.#strategy.observe?.(slot, outcome, nowMs);
  }
}

/** Equal for prices that cost the same whatever the request. */
export function priceKey(price: Price | undefined): string {
  if (price === undefined) return 'none';
  const { input, output, cachedInput = input } = price;
  return `${input}/${output}/${cachedInput}`;
}
