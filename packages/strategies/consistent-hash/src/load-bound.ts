import type { View } from '@plimsoll/core';

import type { Members } from './members.ts';

/** Pools up to this size are counted in full; of larger ones a part stands for the whole. */
const COUNTED = 256;
const SAMPLED = 64;

/**
 * Who may take one more request: whoever stays within a percentage of the fair share of what is in flight on the
 * admissible members, the new request included, or within a floor of its own.
 *
 * Source: Vahab Mirrokni, Mikkel Thorup, Morteza Zadimoghaddam, Consistent Hashing with Bounded Loads, SODA 2018.
 *
 * A domain of several members has the sum of their bounds, since it has room as long as one of them has.
 *
 * Whole numbers throughout: a member with `load` in flight is below ceil(percent * total * weight / (100 * weights))
 * exactly if load * 100 * weights < percent * total * weight. In doubles ceil(1.1 * 10000 / 100) is 111.
 */
export class LoadBound {
  readonly #percent: number;
  #members: Pick<Members, 'slots' | 'weights' | 'floors'> = {
    slots: [],
    weights: new Float64Array(0),
    floors: new Int32Array(0),
  };
  /** What is in flight on the admissible members with the request on offer; -1 until this pick needs it. */
  #total = -1;
  /** The sum of the admissible members' weights. */
  #weights = 0;

  constructor(percent: number) {
    this.#percent = percent;
  }

  update(members: Members): void {
    this.#members = members;
  }

  /** A new pick begins. */
  open(): void {
    this.#total = -1;
  }

  /** Whether `member` may take the request; `hash` says which part of a large pool to look at. */
  hasRoom(member: number, hash: number, view: View): boolean {
    const { slots, weights, floors } = this.#members;
    const load = view.inFlight[slots[member]!]!;
    if (load < floors[member]!) return true;
    if (this.#total < 0) this.#count(hash, view);
    return load * 100 * this.#weights < this.#percent * this.#total * weights[member]!;
  }

  #count(hash: number, view: View): void {
    const count = this.#members.slots.length;
    if (count <= COUNTED) this.#countFrom(0, count, view);
    else this.#countFrom((hash >>> 0) % count, SAMPLED, view);
    if (this.#weights === 0) this.#countFrom(0, count, view);
  }

  #countFrom(start: number, count: number, view: View): void {
    const { slots, weights } = this.#members;
    // The request on offer counts as well.
    let total = 1;
    let sum = 0;
    let member = start;
    for (let seen = 0; seen < count; seen++) {
      const slot = slots[member]!;
      if (view.admits(slot)) {
        total += view.inFlight[slot]!;
        sum += weights[member]!;
      }
      member++;
      if (member === slots.length) member = 0;
    }
    this.#total = total;
    this.#weights = sum;
  }
}
