import type { View } from '@plimsoll/core';

import type { Schedule } from './schedule.ts';

/** Turns passed over one by one before all members are looked through: most are in order, or few are. */
const maxSkips = 16;

/**
 * Earliest deadline first: the k-th turn of a member of weight w is due at (k - 1/2) / w, and turns are taken in the
 * order in which they are due, the first member first where two are due together.
 *
 * Source: Envoy, `source/common/upstream/edf_scheduler.h`, and the stride scheduler of C. A. Waldspurger and W. E. Weihl,
 * "Stride Scheduling: Deterministic Proportional-Share Resource Management", MIT/LCS/TM-528, 1995.
 *
 * Differs in three ways. The first turn is due after half a period, not a whole one: members of little weight then come
 * in the middle of a round instead of all together at its end (for 1:2:3 `cbacbc` instead of `cbcabc`), which is the
 * order of smooth weighted round-robin but for ties. Turns are counted in whole numbers and divided by the weight, so
 * that no rounding adds up and shares are exact for any real weights. And a member that is left out loses its turns.
 *
 * Chosen over the static stride of gRPC, whose picks take O(1) only while no weight is far above the mean, which rounds
 * weights to 16 bits, and whose sequence falls apart when a weight changes, as it depends on all weights and the whole
 * past.
 *
 * Cost: O(log n) per pick; O(n) where more than 16 turns in a row have to be passed over. 28 bytes per member.
 */
export class Deadlines implements Schedule {
  readonly #slots: Int32Array;
  /** In proportion to the weights given, the greatest being 1. */
  readonly #weights: Float64Array;
  /** The number of each member's next turn, less 1/2, and shifted by what it was owed at the start. */
  readonly #turns: Float64Array;
  /** When that turn is due. */
  readonly #dues: Float64Array;
  /** Members as a binary heap, the earliest at the root. */
  readonly #heap: Int32Array;

  constructor(slots: Int32Array, weights: Float64Array, owed: Float64Array) {
    const greatest = weights.reduce((max, weight) => Math.max(max, weight), 0);
    this.#slots = slots;
    this.#weights = weights.map((weight) => weight / greatest);
    this.#turns = owed.map((picks) => 0.5 - picks);
    this.#dues = this.#turns.map((turn, member) => turn / this.#weights[member]!);
    this.#heap = Int32Array.from(slots.keys());
    this.#heapify();
  }

  pick(view: View): number {
    if (view.peek) return this.#slotOf(this.#earliest(view));
    for (let skip = 0; skip < maxSkips; skip++) {
      const member = this.#heap[0]!;
      const slot = this.#slots[member]!;
      const isAdmitted = view.admits(slot);
      // One that is left out would only come up again before the next one is reached.
      if (isAdmitted) this.#takeTurn(member);
      else this.#movePast(member, this.#second());
      this.#sink(0);
      if (isAdmitted) return slot;
    }
    return this.#pickPast(view);
  }

  owed(): Float64Array {
    const turns = this.#turns;
    let taken = 0;
    let sum = 0;
    for (let member = 0; member < turns.length; member++) {
      taken += turns[member]! - 0.5;
      sum += this.#weights[member]!;
    }
    // The time at which, with these weights, as many turns would have been due as were taken: the debts add up to 0.
    const now = taken / sum;
    return turns.map((turn, member) => now * this.#weights[member]! - (turn - 0.5));
  }

  /** Finds the earliest admitted member by asking all, and takes from the others the turns that were due before. */
  #pickPast(view: View): number {
    const picked = this.#earliest(view);
    if (picked === -1) return -1;
    for (let member = 0; member < this.#slots.length; member++) {
      if (member !== picked && this.#isBefore(member, picked)) this.#movePast(member, picked);
    }
    this.#takeTurn(picked);
    this.#heapify();
    return this.#slotOf(picked);
  }

  /** The admitted member whose turn is due first, or -1. Changes nothing. */
  #earliest(view: View): number {
    let earliest = -1;
    for (let member = 0; member < this.#slots.length; member++) {
      if (earliest !== -1 && !this.#isBefore(member, earliest)) continue;
      if (view.admits(this.#slots[member]!)) earliest = member;
    }
    return earliest;
  }

  #slotOf(member: number): number {
    return member === -1 ? -1 : this.#slots[member]!;
  }

  #takeTurn(member: number): void {
    this.#turns[member]! += 1;
    this.#dues[member] = this.#turns[member]! / this.#weights[member]!;
  }

  /** Takes away the member's next turn, and those after it that are due before the next one of `other`. */
  #movePast(member: number, other: number): void {
    const weight = this.#weights[member]!;
    const ahead = (this.#dues[other]! - this.#dues[member]!) * weight;
    this.#turns[member]! += Math.max(1, Math.ceil(ahead));
    this.#dues[member] = this.#turns[member]! / weight;
  }

  /** The member whose turn is due after that of the root; the root itself where there is no other. */
  #second(): number {
    const heap = this.#heap;
    if (heap.length === 1) return heap[0]!;
    const left = heap[1]!;
    return heap.length > 2 && this.#dues[heap[2]!]! < this.#dues[left]! ? heap[2]! : left;
  }

  #isBefore(member: number, other: number): boolean {
    const due = this.#dues[member]!;
    const otherDue = this.#dues[other]!;
    return due < otherDue || (due === otherDue && member < other);
  }

  #heapify(): void {
    for (let place = (this.#heap.length >> 1) - 1; place >= 0; place--) this.#sink(place);
  }

  #sink(place: number): void {
    const heap = this.#heap;
    const member = heap[place]!;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!this.#isBefore(heap[child]!, member)) break;
      heap[place] = heap[child]!;
      place = child;
    }
    heap[place] = member;
  }
}
