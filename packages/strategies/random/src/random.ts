import {
  optionError,
  type Random,
  type RequestTraits,
  type Snapshot,
  type Strategy,
  type StrategyDefinition,
  type View,
} from '@plimsoll/core';

import { AliasTable } from './alias-table.ts';

/** Options of `random`. */
export interface RandomOptions {
  /** Whether a target is drawn in proportion to its weight; otherwise all are drawn alike. @defaultValue true */
  readonly weighted?: boolean;
}

/**
 * Chooses a target at random, in proportion to the weights, without looking at anything else.
 *
 * Use it where many processes share the same targets and must not fall into step, or where targets come and go so often
 * that an order means nothing. `weighted-round-robin` gives the same shares in every few requests instead of in the long
 * run, and `least-busy` keeps queues much shorter.
 *
 * Source: M. D. Vose, "A linear algorithm for generating random numbers with a given distribution", IEEE Transactions on
 * Software Engineering 17 (9), 1991.
 *
 * Differs by what it does with targets that are left out: a draw that hits one is repeated, up to 16 times, and then
 * one draw is made among those that are admitted. Both ways give every admitted target its weight over the sum of the
 * admitted weights, so the mixture of both does.
 *
 * Cost: O(1) per pick; O(n) for the one pick in (share left out)^-16 that draws among the admitted. 32 bytes per target.
 *
 * Weights are honoured unless `weighted` is false; no state is kept but the tables of the snapshot.
 *
 * Throws a `PlimsollError` (`ERR_PLIMSOLL_OPTION`) when `weighted` is not a boolean.
 */
export function random(options: RandomOptions = {}): StrategyDefinition {
  const { weighted = true } = options;
  if (typeof weighted !== 'boolean') {
    throw optionError('random', 'weighted', 'true or false', weighted);
  }
  return {
    name: 'random',
    honoursWeights: weighted,
    expectedShare: weighted ? 'by_weight' : 'equal',
    create: (context) => new RandomStrategy(context.random, weighted),
  };
}

/** Draws before the admitted targets are looked up. Half of the weight left out, one pick in 65,536 gets that far. */
const maxDraws = 16;

class RandomStrategy implements Strategy {
  readonly #random: Random;
  readonly #isWeighted: boolean;
  #slots: Int32Array = new Int32Array(0);
  #weights: Float64Array = new Float64Array(0);
  /** Absent when all weights are equal. */
  #table: AliasTable | undefined;
  /** Scratch of one pick: the sum of the admitted weights up to each target. */
  #sums: Float64Array = new Float64Array(0);

  constructor(random: Random, isWeighted: boolean) {
    this.#random = random;
    this.#isWeighted = isWeighted;
  }

  update(snapshot: Snapshot): void {
    const { slots, weights } = snapshot;
    const isUniform = !this.#isWeighted || weights.every((weight) => weight === weights[0]);
    this.#slots = slots;
    this.#weights = isUniform ? new Float64Array(slots.length).fill(1) : weights;
    this.#table = isUniform ? undefined : new AliasTable(weights);
    this.#sums = new Float64Array(slots.length);
  }

  pick(view: View, _request: RequestTraits, _nowMs: number): number {
    const slots = this.#slots;
    if (slots.length === 0) return -1;
    for (let draw = 0; draw < maxDraws; draw++) {
      const slot = slots[this.#draw()]!;
      if (view.admits(slot)) return slot;
    }
    return this.#pickAdmitted(view);
  }

  #draw(): number {
    return this.#table === undefined
      ? this.#random.below(this.#slots.length)
      : this.#table.draw(this.#random);
  }

  #pickAdmitted(view: View): number {
    const slots = this.#slots;
    const sums = this.#sums;
    let last = -1;
    let sum = 0;
    for (let index = 0; index < slots.length; index++) {
      if (view.admits(slots[index]!)) {
        sum += this.#weights[index]!;
        last = index;
      }
      sums[index] = sum;
    }
    if (last === -1) return -1;
    const height = this.#random.float() * sum;
    // A target that is left out adds nothing to the sum, so it is never the first above the height. The product may be
    // rounded up to the sum itself, hence the last.
    for (let index = 0; index < last; index++) {
      if (sums[index]! > height) return slots[index]!;
    }
    return slots[last]!;
  }
}
