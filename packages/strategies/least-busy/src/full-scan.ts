import type { Random, Snapshot, View } from '@plimsoll/core';

/**
 * Compares all members by inFlight / weight, ties by turns. Whether a target is admissible is asked as late as possible,
 * since it is the dearest question of a pick: only of targets that would be chosen.
 */
export class FullScan {
  readonly #random: Random;
  readonly #own: 0 | 1;
  // Members are in plain arrays: an index read from a typed array into another costs V8 twice as much.
  #slots: number[] = [];
  #weights: Float64Array = new Float64Array(0);
  #inverses: Float64Array = new Float64Array(0);
  #loads = new Float64Array(0);
  #isEqual = true;
  /** With equal weights, the member whose turn is next; -1 before the first one. */
  #cursor = -1;
  /** Otherwise, what each target is owed, by slot. */
  #balances = new Float64Array(0);
  /** The id of the target that a balance belongs to, by slot. */
  #owners: (string | undefined)[] = [];

  /** @param own - what the request on offer counts for in a target's load: 1 for `idle: 'capacity'`. */
  constructor(random: Random, own: 0 | 1) {
    this.#random = random;
    this.#own = own;
  }

  update(snapshot: Snapshot): void {
    const { slots, targets, weights } = snapshot;
    const next = this.#slots[this.#cursor];
    this.#slots = Array.from(slots);
    this.#weights = weights;
    this.#inverses = weights.map((weight) => 1 / weight);
    this.#loads = new Float64Array(slots.length);
    this.#isEqual = weights.every((weight) => weight === weights[0]);
    this.#keepBalances(snapshot.slotLimit, this.#slots, targets);
    if (slots.length === 0) return;
    // A random start: balancers that start together must not all begin with the same target.
    if (this.#cursor < 0) this.#cursor = this.#random.below(slots.length);
    else if (next !== undefined && slots.includes(next)) this.#cursor = slots.indexOf(next);
    else this.#cursor %= slots.length;
  }

  #keepBalances(
    slotLimit: number,
    slots: readonly number[],
    targets: readonly { readonly id: string }[],
  ): void {
    if (slotLimit > this.#balances.length) {
      const balances = new Float64Array(slotLimit);
      balances.set(this.#balances);
      this.#balances = balances;
    }
    for (const [index, slot] of slots.entries()) {
      const { id } = targets[index]!;
      if (this.#owners[slot] !== id) this.#balances[slot] = 0;
      this.#owners[slot] = id;
    }
  }

  pick(view: View): number {
    const slot = this.#isEqual ? this.#pickEqual(view) : this.#pickWeighted(view);
    if (view.trace !== undefined) this.#explain(view);
    return slot;
  }

  /** With equal weights the first of the least from the cursor on wins, and nothing beats an idle target. */
  #pickEqual(view: View): number {
    const slots = this.#slots;
    const count = slots.length;
    const { inFlight } = view;
    let best = -1;
    let least = 0x7fff_ffff;
    let index = this.#cursor;
    for (let seen = 0; seen < count; seen++) {
      const slot = slots[index]!;
      const load = inFlight[slot]!;
      if (load < least && view.admits(slot)) {
        best = index;
        least = load;
        if (load === 0) break;
      }
      index++;
      if (index === count) index = 0;
    }
    if (best < 0) return -1;
    if (!view.peek) this.#cursor = best + 1 === count ? 0 : best + 1;
    return slots[best]!;
  }

  #pickWeighted(view: View): number {
    const { inFlight } = view;
    const slots = this.#slots;
    const inverses = this.#inverses;
    const loads = this.#loads;
    const own = this.#own;
    let least = Infinity;
    for (let index = 0; index < slots.length; index++) {
      const load = (inFlight[slots[index]!]! + own) * inverses[index]!;
      loads[index] = load;
      least = Math.min(least, load);
    }
    const slot = this.#takeTurn(view, least);
    return slot < 0 ? this.#takeTurn(view, this.#leastAdmitted(view)) : slot;
  }

  #leastAdmitted(view: View): number {
    let least = Infinity;
    for (let index = 0; index < this.#slots.length; index++) {
      if (this.#loads[index]! < least && view.admits(this.#slots[index]!)) {
        least = this.#loads[index]!;
      }
    }
    return least;
  }

  /**
   * One turn of smooth weighted round-robin among the admitted members of this load: each gets its weight on its
   * balance, the highest balance wins and pays for all. A winner without a rival pays what it got.
   */
  #takeTurn(view: View, load: number): number {
    const slots = this.#slots;
    const weights = this.#weights;
    const loads = this.#loads;
    const balances = this.#balances;
    const { peek } = view;
    let best = -1;
    let highest = -Infinity;
    // Not 0: V8 takes a sum that starts with a small integer for a tagged value, which doubles the cost of the loop.
    let total = -0;
    for (let index = 0; index < slots.length; index++) {
      if (loads[index]! !== load) continue;
      const slot = slots[index]!;
      if (!view.admits(slot)) continue;
      const balance = balances[slot]! + weights[index]!;
      total += weights[index]!;
      if (!peek) balances[slot] = balance;
      if (balance > highest) {
        best = slot;
        highest = balance;
      }
    }
    if (best >= 0 && !peek) balances[best] = highest - total;
    return best;
  }

  #explain(view: View): void {
    for (const [index, slot] of this.#slots.entries()) {
      if (!view.admits(slot)) continue;
      view.trace?.score(slot, (view.inFlight[slot]! + this.#own) / this.#weights[index]!);
    }
  }
}
