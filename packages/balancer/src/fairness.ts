import type { StrategyDefinition } from '@plimsoll/core';

import type { Counters } from './counters.ts';
import type { FleetState } from './fleet.ts';
import type { Roster } from './roster.ts';

/**
 * Adds up the share each target should have had: first picks are spread over the healthy members, equally or by weight
 * as the strategy promises, to one in slow start the part of it that it is offered. Done in batches, whenever the terms change, so that a pick costs one addition.
 */
export class ExpectedShares {
  readonly #promise: StrategyDefinition['expectedShare'];
  readonly #fleet: FleetState;
  readonly #counters: Counters;
  /** The terms that have held since the last batch: slots, and the share of each. */
  #slots: Int32Array = new Int32Array(0);
  #shares: Float64Array = new Float64Array(0);
  #pending = 0;

  constructor(promise: StrategyDefinition['expectedShare'], fleet: FleetState, counters: Counters) {
    this.#promise = promise;
    this.#fleet = fleet;
    this.#counters = counters;
  }

  get isPromised(): boolean {
    return this.#promise !== 'none';
  }

  onFirstPick(): void {
    this.#pending++;
  }

  /** The share that is promised to `slot` now. */
  shareOf(slot: number): number {
    const index = this.#slots.indexOf(slot);
    return index === -1 ? 0 : this.#shares[index]!;
  }

  /** Spreads the picks since the last time over the members as they stood then, and takes up how they stand now. */
  settle(roster: Roster, nowMs: number): void {
    if (this.#promise === 'none') return;
    const picks = this.#pending;
    this.#pending = 0;
    for (let index = 0; index < this.#slots.length; index++) {
      this.#counters.expectedPicks[this.#slots[index]!]! += picks * this.#shares[index]!;
    }
    const { slots, weights } = roster.active;
    const effective = weights.map((weight, index) => {
      if (this.#fleet.stateOf(slots[index]!, nowMs) !== 'healthy') return 0;
      const whole = this.#promise === 'equal' ? 1 : weight;
      return whole * this.#fleet.slowStartRatio(slots[index]!, nowMs);
    });
    const total = effective.reduce((sum, weight) => sum + weight, 0);
    this.#slots = slots;
    this.#shares = total === 0 ? effective : effective.map((weight) => weight / total);
  }
}
