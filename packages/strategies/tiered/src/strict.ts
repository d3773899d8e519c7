import type {
  Outcome,
  RequestTraits,
  Snapshot,
  Strategy,
  StrategyContext,
  StrategyDefinition,
  View,
} from '@plimsoll/core';

import { Tier } from './tier.ts';

/** The lowest tier that has an admissible target. */
export class Strict implements Strategy {
  readonly #definitionOf: (tier: number) => StrategyDefinition;
  readonly #context: StrategyContext;
  #tierAt: (Tier | undefined)[] = [];
  protected tiers: Tier[] = [];

  constructor(definitionOf: (tier: number) => StrategyDefinition, context: StrategyContext) {
    this.#definitionOf = definitionOf;
    this.#context = context;
  }

  update(snapshot: Snapshot): void {
    const numbers = [...new Set(snapshot.targets.map((target) => target.tier))];
    numbers.sort((a, b) => a - b);
    this.tiers = numbers.map((number) => this.#tier(number));
    this.#tierAt = [];
    for (const tier of this.tiers) {
      const members = snapshot.where((target) => target.tier === tier.number);
      tier.update(members);
      for (const slot of members.slots) this.#tierAt[slot] = tier;
    }
  }

  pick(view: View, request: RequestTraits, nowMs: number): number {
    for (let index = 0; index < this.tiers.length; index++) {
      const slot = this.tiers[index]!.pick(view, request, nowMs);
      if (slot >= 0) return slot;
    }
    return -1;
  }

  observe(slot: number, outcome: Outcome, nowMs: number): void {
    this.#tierAt[slot]?.observe(slot, outcome, nowMs);
  }

  /** A tier keeps its strategy, and so its phase, for as long as it has members. */
  #tier(number: number): Tier {
    return (
      this.tiers.find((tier) => tier.number === number) ??
      new Tier(number, this.#definitionOf(number).create(this.#context))
    );
  }
}
