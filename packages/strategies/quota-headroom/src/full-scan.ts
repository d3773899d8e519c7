import type { Random, Snapshot, View } from '@plimsoll/core';

/**
 * Compares all members by what is left of their quota, ties by what is in flight, then by turns. Whether a target is
 * admissible is asked only of targets that would be chosen, since it is the dearest question of a pick.
 */
export class FullScan {
  readonly #random: Random;
  // A plain array: an index read from a typed array into another costs V8 twice as much.
  #slots: number[] = [];
  /** The member whose turn is next; -1 before the first one. */
  #cursor = -1;

  constructor(random: Random) {
    this.#random = random;
  }

  update({ slots }: Snapshot): void {
    const next = this.#slots[this.#cursor];
    this.#slots = Array.from(slots);
    if (slots.length === 0) return;
    // A random start: balancers that start together must not all begin with the same target.
    if (this.#cursor < 0) this.#cursor = this.#random.below(slots.length);
    else if (next !== undefined && slots.includes(next)) this.#cursor = slots.indexOf(next);
    else this.#cursor %= slots.length;
  }

  pick(view: View): number {
    const slots = this.#slots;
    const count = slots.length;
    const { inFlight } = view;
    let best = -1;
    let most = -1;
    let fewest = 0;
    let index = this.#cursor;
    for (let seen = 0; seen < count; seen++) {
      const slot = slots[index]!;
      const left = view.quotaLeft(slot);
      const isBetter = left > most || (left === most && inFlight[slot]! < fewest);
      if (isBetter && view.admits(slot)) {
        best = index;
        most = left;
        fewest = inFlight[slot]!;
        // Nothing beats an idle target without limits, or one of which nothing is used.
        if (left === 1 && fewest === 0) break;
      }
      index++;
      if (index === count) index = 0;
    }
    if (view.trace !== undefined) this.#explain(view);
    if (best < 0) return -1;
    if (!view.peek) this.#cursor = best + 1 === count ? 0 : best + 1;
    return slots[best]!;
  }

  #explain(view: View): void {
    for (const slot of this.#slots) {
      if (view.admits(slot)) view.trace?.score(slot, view.quotaLeft(slot));
    }
  }
}
