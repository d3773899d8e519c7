import type { View } from '@plimsoll/core';

import { mixed } from './key-hash.ts';
import type { LoadBound } from './load-bound.ts';
import type { Members } from './members.ts';
import { negativeLog2 } from './negative-log.ts';

/**
 * Highest random weight: every member draws a number from the key and its own id, the best one has the key, and when it
 * goes each of its keys moves to its own second best.
 *
 * Source: David Thaler, Chinya Ravishankar, Using Name-Based Mappings to Increase Hit Rates, IEEE/ACM ToN 6(1), 1998.
 * Weights: the least -log(u) / weight, with u uniform, is each member's with a probability of exactly its weight over
 * the sum; Pavlos Efraimidis, Paul Spirakis, Weighted random sampling with a reservoir, IPL 97(5), 2006.
 */
export class Rendezvous {
  #seeds = new Int32Array(0);
  #slots: readonly number[] = [];
  #inverses: Float64Array = new Float64Array(0);
  #isEqual = true;
  /** Whether the last choice passed over a better member, for being left out or without room. */
  hasPassed = false;

  update({ seeds, slots, weights }: Members): void {
    this.#seeds = Int32Array.from(seeds);
    this.#slots = slots;
    this.#inverses = weights.map((weight) => 1 / weight);
    this.#isEqual = weights.every((weight) => weight === weights[0]);
  }

  /** The best admitted member, or -1; with `bound` the best that has room. */
  choose(hash: number, view: View, bound: LoadBound | undefined): number {
    return this.#isEqual
      ? this.#highest(hash, view, bound)
      : this.#leastWeighted(hash, view, bound);
  }

  /** With equal weights the logarithm changes no order. */
  #highest(hash: number, view: View, bound: LoadBound | undefined): number {
    const seeds = this.#seeds;
    const slots = this.#slots;
    let best = -1;
    let highest = -1;
    let passed = -1;
    for (let member = 0; member < seeds.length; member++) {
      const score = mixed(hash ^ seeds[member]!) >>> 1;
      if (score <= highest) continue;
      if (!view.admits(slots[member]!) || bound?.hasRoom(member, hash, view) === false) {
        if (score > passed) passed = score;
        continue;
      }
      best = member;
      highest = score;
    }
    this.hasPassed = passed > highest;
    return best;
  }

  #leastWeighted(hash: number, view: View, bound: LoadBound | undefined): number {
    const seeds = this.#seeds;
    const slots = this.#slots;
    const inverses = this.#inverses;
    let best = -1;
    let least = Infinity;
    let passed = Infinity;
    for (let member = 0; member < seeds.length; member++) {
      const score = negativeLog2(mixed(hash ^ seeds[member]!)) * inverses[member]!;
      if (score >= least) continue;
      if (!view.admits(slots[member]!) || bound?.hasRoom(member, hash, view) === false) {
        if (score < passed) passed = score;
        continue;
      }
      best = member;
      least = score;
    }
    this.hasPassed = passed < least;
    return best;
  }

  /** Tells the trace every admitted member's score: the least of them has the key. */
  explain(hash: number, view: View): void {
    for (const [member, slot] of this.#slots.entries()) {
      if (!view.admits(slot)) continue;
      const score = mixed(hash ^ this.#seeds[member]!);
      const equal = 1 - (score >>> 1) / 0x8000_0000;
      view.trace?.score(
        slot,
        this.#isEqual ? equal : negativeLog2(score) * this.#inverses[member]!,
      );
    }
  }
}
