import type { View } from '@plimsoll/core';

import type { Schedule } from './schedule.ts';

/**
 * Smooth weighted round-robin, worked out once for a whole period: a pick reads the next entry.
 *
 * Source: nginx, `ngx_http_upstream_get_peer` (src/http/ngx_http_upstream_round_robin.c). Every member's account grows
 * by its weight, the first member with the greatest account is picked and pays the sum of the weights. The accounts add
 * up to 0 and return to 0 after as many picks as the sum of the weights, so the period repeats, and any window of that
 * length holds each member exactly as often as its weight says.
 *
 * An account over the sum of the weights is what the member is owed. A period that follows another is therefore entered
 * where the accounts come nearest to what the members are owed at that moment; what remains of the difference is
 * remembered and counts at the next change, so it does not add up over many changes.
 */
export class Cycle implements Schedule {
  readonly #slots: Int32Array;
  readonly #weights: Int32Array;
  /** The members of one period, in the order of their turns. */
  readonly #turns: Uint16Array;
  readonly #entry: number;
  readonly #owedAtEntry: Float64Array;
  #position: number;
  /** Scratch of one pick: 1 for members that were found not to be admitted. */
  readonly #refused: Uint8Array;

  /** Takes time in proportion to the number of members times the sum of their weights, which is at most 65,536. */
  constructor(slots: Int32Array, weights: Int32Array, owed: Float64Array) {
    this.#slots = slots;
    this.#weights = weights;
    this.#turns = new Uint16Array(weights.reduce((sum, weight) => sum + weight, 0));
    this.#refused = new Uint8Array(slots.length);
    this.#owedAtEntry = owed;
    this.#entry = this.#build(owed);
    this.#position = this.#entry;
  }

  pick(view: View): number {
    const slot = this.#slots[this.#turns[this.#position]!]!;
    if (!view.admits(slot)) return this.#pickNext(view);
    if (!view.peek) this.#position = this.#after(this.#position);
    return slot;
  }

  owed(): Float64Array {
    const owed = this.#owedAtEntry.slice();
    const period = this.#turns.length;
    let taken = 0;
    for (let at = this.#entry; at !== this.#position; at = this.#after(at)) {
      owed[this.#turns[at]!]! -= 1;
      taken++;
    }
    return owed.map((picks, member) => picks + (taken * this.#weights[member]!) / period);
  }

  /** The next turn of a member that is admitted; asks each member once. */
  #pickNext(view: View): number {
    const refused = this.#refused.fill(0);
    let unasked = refused.length;
    for (let at = this.#position; ; at = this.#after(at)) {
      const member = this.#turns[at]!;
      if (refused[member] === 1) continue;
      const slot = this.#slots[member]!;
      if (view.admits(slot)) {
        if (!view.peek) this.#position = this.#after(at);
        return slot;
      }
      refused[member] = 1;
      if (--unasked === 0) return -1;
    }
  }

  #after(position: number): number {
    return position + 1 === this.#turns.length ? 0 : position + 1;
  }

  /** Fills in the turns; returns the position at which accounts and debts are nearest, the first of equals. */
  #build(owed: Float64Array): number {
    const weights = this.#weights;
    const period = this.#turns.length;
    const accounts = new Float64Array(weights.length);
    let entry = 0;
    let nearest = Infinity;
    for (let position = 0; position < period; position++) {
      let distance = 0;
      let best = 0;
      for (let member = 0; member < accounts.length; member++) {
        distance += Math.abs(accounts[member]! - owed[member]! * period);
        accounts[member]! += weights[member]!;
        if (accounts[member]! > accounts[best]!) best = member;
      }
      if (distance < nearest) {
        nearest = distance;
        entry = position;
      }
      accounts[best]! -= period;
      this.#turns[position] = best;
    }
    return entry;
  }
}
