import type {
  RequestTraits,
  Snapshot,
  StrategyContext,
  StrategyDefinition,
  View,
} from '@plimsoll/core';

import { bySize, measureHealth, spillOver } from './spill-over.ts';
import { Strict } from './strict.ts';

/** A tier drawn by the load that the health of all tiers leaves to it; then the others in order. */
export class ByHealth extends Strict {
  readonly #random: StrategyContext['random'];
  readonly #panicRatio: number;
  /** By tier, for the pick at hand: percent of health, weights, percent of the load. */
  #health = new Int32Array(0);
  #healthy = new Float64Array(0);
  #sizes = new Float64Array(0);
  #load = new Int32Array(0);

  constructor(
    definitionOf: (tier: number) => StrategyDefinition,
    context: StrategyContext,
    panicRatio: number,
  ) {
    super(definitionOf, context);
    this.#random = context.random;
    this.#panicRatio = panicRatio;
  }

  override update(snapshot: Snapshot): void {
    super.update(snapshot);
    const count = this.tiers.length;
    if (count === this.#load.length) return;
    this.#health = new Int32Array(count);
    this.#healthy = new Float64Array(count);
    this.#sizes = new Float64Array(count);
    this.#load = new Int32Array(count);
  }

  override pick(view: View, request: RequestTraits, nowMs: number): number {
    if (this.tiers.length === 0) return -1;
    this.#measure(view);
    const drawn = this.#draw();
    view.trace?.step(`load by health: ${this.#load.join('/')} %`);
    const slot = this.tiers[drawn]!.pick(view, request, nowMs);
    if (slot >= 0) return slot;
    for (let index = 0; index < this.tiers.length; index++) {
      if (index === drawn) continue;
      const other = this.tiers[index]!.pick(view, request, nowMs);
      if (other >= 0) return other;
    }
    return -1;
  }

  #measure(view: View): void {
    const health = this.#health.fill(0);
    const healthy = this.#healthy;
    const sizes = this.#sizes;
    let total = 0;
    let isPanic = true;
    // Once 100 % is found a place, later tiers get none, whatever their health.
    for (let tier = 0; tier < this.tiers.length && total < 100; tier++) {
      this.tiers[tier]!.measure(view, tier, healthy, sizes);
      measureHealth(tier, healthy, sizes, health);
      total += health[tier]!;
      isPanic &&= healthy[tier]! < this.#panicRatio * sizes[tier]!;
    }
    if (isPanic && total < 100) bySize(sizes, this.#load);
    else spillOver(health, this.#load);
  }

  #draw(): number {
    const load = this.#load;
    if (load[0] === 100) return 0;
    let rest = this.#random.below(100);
    let index = 0;
    while (rest >= load[index]!) rest -= load[index++]!;
    return index;
  }
}
