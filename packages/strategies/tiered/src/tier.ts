import type { Outcome, RequestTraits, Snapshot, Strategy, View } from '@plimsoll/core';

/** The targets of one tier, and the strategy that chooses among them. */
export class Tier {
  readonly number: number;
  readonly label: string;
  readonly #strategy: Strategy;
  #slots: Int32Array = new Int32Array(0);
  /** Sum of the members' weights, and that of the healthy ones, as of the last `measure`. */
  weight = 0;
  healthyWeight = 0;

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

  measure(view: View): void {
    this.weight = 0;
    this.healthyWeight = 0;
    const { weights } = view;
    for (let index = 0; index < this.#slots.length; index++) {
      const slot = this.#slots[index]!;
      const weight = weights[slot]!;
      this.weight += weight;
      if (view.isHealthy(slot)) this.healthyWeight += weight;
    }
  }
}
