import type { Random, Snapshot, View } from '@plimsoll/core';

import type { FullScan } from './full-scan.ts';

/** Draws that may fall on inadmissible or already drawn targets, per choice, before all members are compared. */
const DRAWS_PER_CHOICE = 12;

/**
 * Compares a few distinct members drawn alike, by what is left of their quota, then by what is in flight; the first one
 * drawn wins a tie. Twelve draws per choice find two targets where one in ten is admissible, nine times in ten.
 */
export class DrawnChoices {
  readonly #random: Random;
  readonly #scan: FullScan;
  readonly #drawn: Int32Array;
  #slots: number[] = [];

  /** @param scan - compares all members where draws find none. */
  constructor(random: Random, scan: FullScan, choices: number) {
    this.#random = random;
    this.#scan = scan;
    this.#drawn = new Int32Array(choices);
  }

  update({ slots }: Snapshot): void {
    this.#slots = Array.from(slots);
  }

  pick(view: View): number {
    const slots = this.#slots;
    const drawn = this.#drawn;
    const { inFlight, trace } = view;
    let best = -1;
    let most = -1;
    let fewest = 0;
    let count = 0;
    for (let draws = DRAWS_PER_CHOICE * drawn.length; draws > 0 && count < drawn.length; draws--) {
      const slot = slots[this.#random.below(slots.length)]!;
      if (isAmong(drawn, count, slot) || !view.admits(slot)) continue;
      drawn[count++] = slot;
      const left = view.quotaLeft(slot);
      trace?.score(slot, left);
      if (left > most || (left === most && inFlight[slot]! < fewest)) {
        best = slot;
        most = left;
        fewest = inFlight[slot]!;
      }
    }
    return best < 0 ? this.#scan.pick(view) : best;
  }
}

function isAmong(drawn: Int32Array, count: number, slot: number): boolean {
  for (let at = 0; at < count; at++) if (drawn[at] === slot) return true;
  return false;
}
