import type { View } from '@plimsoll/core';

import { mixed } from './key-hash.ts';
import type { LoadBound } from './load-bound.ts';
import { type Members, NO_MEMBERS } from './members.ts';
import { drawInto } from './negative-log.ts';
import type { WithinDomain } from './within-domain.ts';

/**
 * Highest random weight: every domain draws a number from the key and its own name, the best one has the key, and when it
 * goes each of its keys moves to its own second best.
 *
 * Source: David Thaler, Chinya Ravishankar, Using Name-Based Mappings to Increase Hit Rates, IEEE/ACM ToN 6(1), 1998.
 * Weights: the least -log(u) / weight, with u uniform, is each domain's with a probability of exactly its weight over
 * the sum; Pavlos Efraimidis, Paul Spirakis, Weighted random sampling with a reservoir, IPL 97(5), 2006.
 */
export class Rendezvous {
  readonly #within: WithinDomain;
  #members: Members = NO_MEMBERS;
  #seeds: Int32Array = new Int32Array(0);
  #inverses: Float64Array = new Float64Array(0);
  #isEqual = true;
  /** Scratch of one pick: what each domain drew. */
  #draws: Float64Array = new Float64Array(0);
  /** Whether the last choice passed over the best domain, for having no member that is admitted and has room. */
  hasPassed = false;

  constructor(within: WithinDomain) {
    this.#within = within;
  }

  update(members: Members): void {
    const { seeds, weights } = members.domains;
    this.#members = members;
    this.#seeds = seeds;
    this.#inverses = weights.map((weight) => 1 / weight);
    this.#draws = new Float64Array(seeds.length);
    this.#isEqual = weights.every((weight) => weight === weights[0]);
  }

  /** A member of the best domain that has an admitted one, or -1; with `bound` one that has room. */
  choose(hash: number, view: View, bound: LoadBound | undefined): number {
    if (this.#seeds.length === 0) return -1;
    // Most keys are at home, so the members are asked only once that is known.
    const home = this.#isEqual ? this.#drawEqual(hash) : this.#drawWeighted(hash);
    const member = this.#within.choose(home, hash, view, bound);
    this.hasPassed = member < 0;
    return member < 0 ? this.#chooseOpen(hash, view, bound) : member;
  }

  /** All domains draw; the best one. With equal weights the logarithm changes no order. */
  #drawEqual(hash: number): number {
    const seeds = this.#seeds;
    const draws = this.#draws;
    let best = 0;
    let least = 0x7fff_ffff;
    for (let domain = 0; domain < seeds.length; domain++) {
      const draw = 0x7fff_ffff - (mixed(hash ^ seeds[domain]!) >>> 1);
      draws[domain] = draw;
      if (draw >= least) continue;
      best = domain;
      least = draw;
    }
    return best;
  }

  #drawWeighted(hash: number): number {
    const seeds = this.#seeds;
    const inverses = this.#inverses;
    const draws = this.#draws;
    let best = 0;
    let least = Infinity;
    for (let domain = 0; domain < seeds.length; domain++) {
      drawInto(draws, inverses, domain, mixed(hash ^ seeds[domain]!));
      const draw = draws[domain]!;
      if (draw >= least) continue;
      best = domain;
      least = draw;
    }
    return best;
  }

  /** The best of the domains that have a member for the request, by what they drew. */
  #chooseOpen(hash: number, view: View, bound: LoadBound | undefined): number {
    const draws = this.#draws;
    let best = -1;
    let least = Infinity;
    for (let domain = 0; domain < draws.length; domain++) {
      if (draws[domain]! >= least) continue;
      const member = this.#within.choose(domain, hash, view, bound);
      if (member < 0) continue;
      best = member;
      least = draws[domain]!;
    }
    return best;
  }

  /** Tells the trace what each admitted member's domain drew in the last choice: the least has the key. */
  explain(view: View): void {
    const { slots, starts } = this.#members;
    for (const [domain, draw] of this.#draws.entries()) {
      for (const slot of slots.slice(starts[domain], starts[domain + 1])) {
        if (view.admits(slot)) view.trace?.score(slot, this.#isEqual ? draw / 0x8000_0000 : draw);
      }
    }
  }
}
