import type { Random, Snapshot, View } from '@plimsoll/core';

import { AliasTable } from './alias-table.ts';
import type { FullScan } from './full-scan.ts';

/** Draws that may fall on inadmissible or already drawn targets, per choice, before all members are compared. */
const DRAWS_PER_CHOICE = 12;

/**
 * Compares a few distinct members drawn by weight. The first one drawn wins a tie, so that an idle pool is used by
 * weight. Where one in ten is admissible, 24 draws find one nine times in ten; with none found, all are compared.
 */
export class DrawnChoices {
  readonly #random: Random;
  readonly #scan: FullScan;
  readonly #own: 0 | 1;
  readonly #table = new AliasTable();
  readonly #drawn: Int32Array;
  #slots: number[] = [];
  #weights: Float64Array = new Float64Array(0);
  #isEqual = true;

  /** @param scan - compares all members where draws find none. */
  constructor(random: Random, scan: FullScan, own: 0 | 1, choices: number) {
    this.#random = random;
    this.#scan = scan;
    this.#own = own;
    this.#drawn = new Int32Array(choices);
  }

  update(snapshot: Snapshot): void {
    this.#slots = Array.from(snapshot.slots);
    this.#weights = snapshot.weights;
    this.#isEqual = snapshot.weights.every((weight) => weight === snapshot.weights[0]);
    if (!this.#isEqual) this.#table.build(snapshot.weights);
  }

  pick(view: View): number {
    const slots = this.#slots;
    const weights = this.#weights;
    const drawn = this.#drawn;
    const { inFlight, trace } = view;
    let best = -1;
    let leastLoad = Infinity;
    let leastWeight = 1;
    let count = 0;
    for (let draws = DRAWS_PER_CHOICE * drawn.length; draws > 0 && count < drawn.length; draws--) {
      const index = this.#isEqual
        ? this.#random.below(slots.length)
        : this.#table.draw(this.#random.float());
      if (isAmong(drawn, count, index)) continue;
      const slot = slots[index]!;
      if (!view.admits(slot)) continue;
      drawn[count++] = index;
      const load = inFlight[slot]! + this.#own;
      // An idle target cannot be beaten, and the first drawn wins a tie.
      if (load === 0 && count === 1) {
        trace?.score(slot, 0);
        return slot;
      }
      const weight = weights[index]!;
      if (trace !== undefined) trace.score(slot, load / weight);
      if (load * leastWeight < leastLoad * weight) {
        best = slot;
        leastLoad = load;
        leastWeight = weight;
      }
    }
    return best < 0 ? this.#scan.pick(view) : best;
  }
}

function isAmong(drawn: Int32Array, count: number, index: number): boolean {
  for (let at = 0; at < count; at++) if (drawn[at] === index) return true;
  return false;
}
