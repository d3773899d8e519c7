import type { View } from '@plimsoll/core';

import { mixed } from './key-hash.ts';
import type { LoadBound } from './load-bound.ts';
import { type Members, NO_MEMBERS } from './members.ts';
import { drawInto } from './negative-log.ts';

/**
 * Chooses among the members of one domain, for a key that belongs to it: the one with the fewest requests in flight
 * relative to its weight. The prompt cache is the same whichever serves, so an even load costs nothing here. Of members
 * equally busy the key draws one, by weighted rendezvous: an idle domain is used by weight, and one key after another
 * stays with one member.
 *
 * Cost: O(members of the domain).
 */
export class WithinDomain {
  readonly #isByLoad: boolean;
  #members: Members = NO_MEMBERS;
  /** 1 / weight of each member. */
  #inverses: Float64Array = new Float64Array(0);
  /** Scratch of one pick: what the members drew that were asked. */
  #draws: Float64Array = new Float64Array(0);

  /** @param isByLoad - otherwise the key alone decides, whatever the load. */
  constructor(isByLoad: boolean) {
    this.#isByLoad = isByLoad;
  }

  update(members: Members): void {
    this.#members = members;
    this.#inverses = members.weights.map((weight) => 1 / weight);
    this.#draws = new Float64Array(members.slots.length);
  }

  /** The member of `domain` that is to serve, or -1 where none is admitted; with `bound` of those that have room. */
  choose(domain: number, hash: number, view: View, bound: LoadBound | undefined): number {
    const { starts, slots } = this.#members;
    const first = starts[domain]!;
    if (starts[domain + 1]! - first > 1) return this.#chooseOf(domain, hash, view, bound);
    if (!view.admits(slots[first]!)) return -1;
    return bound === undefined || bound.hasRoom(first, hash, view) ? first : -1;
  }

  #chooseOf(domain: number, hash: number, view: View, bound: LoadBound | undefined): number {
    const { starts, slots, weights } = this.#members;
    const draws = this.#draws;
    const { inFlight } = view;
    const end = starts[domain + 1]!;
    let best = -1;
    let leastLoad = 0;
    let leastWeight = 1;
    let hasDrawn = false;
    for (let member = starts[domain]!; member < end; member++) {
      const slot = slots[member]!;
      const load = this.#isByLoad ? inFlight[slot]! : 0;
      const weight = weights[member]!;
      let isTied = false;
      if (best >= 0) {
        const difference = load * leastWeight - leastLoad * weight;
        if (difference > 0) continue;
        isTied = difference === 0;
        if (isTied) {
          if (!hasDrawn) this.#draw(best, hash);
          hasDrawn = true;
          this.#draw(member, hash);
          if (draws[member]! >= draws[best]!) continue;
        }
      }
      if (!view.admits(slot)) continue;
      if (bound !== undefined && !bound.hasRoom(member, hash, view)) continue;
      best = member;
      leastLoad = load;
      leastWeight = weight;
      hasDrawn = isTied;
    }
    return best;
  }

  #draw(member: number, hash: number): void {
    drawInto(this.#draws, this.#inverses, member, mixed(hash ^ this.#members.seeds[member]!));
  }
}
