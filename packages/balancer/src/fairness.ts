import type { StrategyDefinition } from '@plimsoll/core';

import type { Counters } from './counters.ts';
import type { FleetState } from './fleet.ts';
import type { Roster } from './roster.ts';

/**
 * Adds up the share each target should have had: first picks are spread over the healthy members, equally or by weight
 * as the strategy promises. Done in batches, whenever the terms change, so that a pick costs one addition.
 */
export class ExpectedShares {
  readonly #promise: StrategyDefinition['expectedShare'];
  readonly #fleet: FleetState;
  readonly #counters: Counters;
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

  /** Spreads the picks since the last time over the members as they stand. */
  settle(roster: Roster, nowMs: number): void {
    const picks = this.#pending;
    if (picks === 0 || this.#promise === 'none') return;
    this.#pending = 0;
    const { slots, weights } = roster.active;
    const weightOf = (index: number): number => {
      const slot = slots[index]!;
      if (this.#fleet.stateOf(slot, nowMs) !== 'healthy') return 0;
      return this.#promise === 'equal' ? 1 : weights[index]!;
    };
    let total = 0;
    for (let index = 0; index < slots.length; index++) total += weightOf(index);
    if (total === 0) return;
    for (let index = 0; index < slots.length; index++) {
      this.#counters.expectedPicks[slots[index]!]! += (picks * weightOf(index)) / total;
    }
  }
}
