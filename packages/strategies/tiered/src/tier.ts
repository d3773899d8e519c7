import type { Outcome, RequestTraits, Snapshot, Strategy, View } from '@plimsoll/core';

/** The targets of one tier, and the strategy that chooses among them. */
export class Tier {
  readonly number: number;
  readonly label: string;
  readonly #strategy: Strategy;
  #slots: Int32Array = new Int32Array(0);

  constructor(number: number, strategy: Strategy) {
    this.number = number;
    this.label = `tier ${number}`;
    this.#strategy = strategy;
  }

  update(members: Snapshot): void {
    this.#slots = members.slots;
    this.#strategy.update(members);
  }

  pick(view: View, request: RequestTraits, nowMs: number): number {
    view.trace?.step(this.label);
    return this.#strategy.pick(view, request, nowMs);
  }

  observe(slot: number, outcome: Outcome, nowMs: number): void {
    this.#strategy.observe?.(slot, outcome, nowMs);
  }

  /** Puts the sum of the members' weights into `sizes[tier]`, and that of the healthy ones into `healthy[tier]`. */
  measure(view: View, tier: number, healthy: Float64Array, sizes: Float64Array): void {
    let size = 0;
    let sound = 0;
    const { weights } = view;
    for (let index = 0; index < this.#slots.length; index++) {
      const slot = this.#slots[index]!;
      size += weights[slot]!;
      if (view.isHealthy(slot)) sound += weights[slot]!;
    }
    sizes[tier] = size;
    healthy[tier] = sound;
  }
}
