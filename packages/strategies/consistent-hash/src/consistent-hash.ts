import {
  optionError,
  type Random,
  type RequestTraits,
  type Snapshot,
  type Strategy,
  type StrategyContext,
  type StrategyDefinition,
  type View,
} from '@plimsoll/core';

import { JumpPlacement } from './jump.ts';
import { hashOf, mixed } from './key-hash.ts';
import { LoadBound } from './load-bound.ts';
import { MaglevPlacement } from './maglev.ts';
import { type Domains, type Members, membersOf, NO_MEMBERS } from './members.ts';
import type { Placement } from './placement.ts';
import { Rendezvous } from './rendezvous.ts';
import { RingPlacement } from './ring.ts';
import { WithinDomain } from './within-domain.ts';

/** How keys are mapped to targets. */
export type ConsistentHashAlgorithm = 'auto' | 'rendezvous' | 'maglev' | 'ring' | 'jump';

/** Options of `consistentHash`. */
export interface ConsistentHashOptions {
  /**
   * `rendezvous`: shares exactly by weight, and only the keys of a target that goes move; a pick looks at every target.
   * `maglev`: one table read per pick; some other keys move too. `ring`: 160 points per target, as ketama; uneven by 8 %.
   * `jump`: even, no table; ignores weights, goes by the order of the configuration, so add and remove at its end only.
   * `auto`: rendezvous up to 64 targets, Maglev above; crossing that number moves most keys. Targets that share a
   * `cacheDomain` count as one here.
   * @defaultValue 'auto'
   */
  readonly algorithm?: ConsistentHashAlgorithm;
  /**
   * Most requests in flight on one target, in percent of its fair share of all in flight, an integer from 100 to 10000;
   * the requests above it go to the key's next target. `false`: a key stays with its target whatever the load.
   * @defaultValue 125
   */
  readonly maxLoadPercent?: number | false;
  /**
   * Requests in flight that a target may have in any case, an integer >= 1, so that the parallel requests of one user
   * stay together while there is little traffic. A target that states a concurrency limit has that instead.
   * @defaultValue 8
   */
  readonly minInFlight?: number;
}

const ALGORITHMS: readonly ConsistentHashAlgorithm[] = [
  'auto',
  'rendezvous',
  'maglev',
  'ring',
  'jump',
];

/** The most domains of which a pick of `auto` looks at each. */
const RENDEZVOUS_UP_TO = 64;

/** Places of a key in a table that are tried before all domains are looked at. */
const TABLE_TRIES = 8;

/**
 * Chooses the target that a hash of the request's key belongs to, so that a user, a conversation or a prompt prefix
 * stays where its prompt cache is warm. A target that is left out or too busy is skipped, nothing is rebuilt: its keys
 * go each to a next target of their own, spread over all the others, and come back afterwards. A request without a key,
 * or with an empty one, goes where a random key would.
 *
 * Targets of one `cacheDomain` share a prompt cache, so they stand together: keys belong to the domain, whose weight is the
 * sum of theirs, and any of its members serves them, the least busy for its weight first. A key leaves its domain only
 * while no member is admissible and below its bound.
 *
 * Use it where requests of one key share a long prompt prefix or any other state at the target; prefer `leastBusy` where
 * they do not, since a hash is blind to load up to its bound.
 *
 * Source: rendezvous hashing, Thaler and Ravishankar 1998; Maglev, Eisenbud et al., NSDI 2016; ring, Karger et al., STOC
 * 1997; jump, Lamping and Veach 2014; bounded loads, Mirrokni, Thorup and Zadimoghaddam, SODA 2018. Next targets drawn
 * from the key, against overload that runs along the ring: John Chen et al., Revisiting Consistent Hashing with Bounded
 * Loads, AAAI 2021.
 *
 * Differs from bounded loads as published by a floor, `minInFlight`, and by fair shares that count the targets this
 * request may use at the moment. In pools above 256 the fair share is estimated from 64 targets.
 *
 * Cost: the hash of the key, 2 ns per character, and O(n) for rendezvous, O(1) Maglev, O(log n) ring and jump; O(members)
 * in a domain of several; where the key's target is beyond its floor, O(n) up to 256 targets for the fair share. Allocates
 * nothing. Memory per target: 50 bytes; Maglev 128 KiB or 1.3 MB in all; ring 1.3 KB.
 *
 * Weights are honoured, by jump ignored. No state but tables made of names and weights: every process maps alike.
 *
 * @throws PlimsollError ERR_PLIMSOLL_OPTION on an option out of range.
 */
export function consistentHash(options: ConsistentHashOptions = {}): StrategyDefinition {
  const { algorithm = 'auto', maxLoadPercent = 125, minInFlight = 8 } = options;
  if (!ALGORITHMS.includes(algorithm)) {
    throw optionError('consistentHash', 'algorithm', `one of ${ALGORITHMS.join(', ')}`, algorithm);
  }
  if (
    maxLoadPercent !== false &&
    !(Number.isInteger(maxLoadPercent) && maxLoadPercent >= 100 && maxLoadPercent <= 10_000)
  ) {
    const accepted = 'an integer from 100 to 10000, or false';
    throw optionError('consistentHash', 'maxLoadPercent', accepted, maxLoadPercent);
  }
  if (!(Number.isInteger(minInFlight) && minInFlight >= 1)) {
    throw optionError('consistentHash', 'minInFlight', 'an integer >= 1', minInFlight);
  }
  const isWeighted = algorithm !== 'jump';
  // A ring's shares are off by some 8 %, and a bound shifts shares to where there is room.
  const isShareKnown = maxLoadPercent === false && algorithm !== 'ring';
  return {
    name: 'consistent-hash',
    honoursWeights: isWeighted,
    expectedShare: !isShareKnown ? 'none' : isWeighted ? 'by_weight' : 'equal',
    create: (context) => new ConsistentHash(context, algorithm, maxLoadPercent, minInFlight),
  };
}

class ConsistentHash implements Strategy {
  readonly #random: Random;
  readonly #algorithm: ConsistentHashAlgorithm;
  readonly #minInFlight: number;
  readonly #bound: LoadBound | undefined;
  readonly #within: WithinDomain;
  readonly #rendezvous: Rendezvous;
  #members: Members = NO_MEMBERS;
  /** Absent under rendezvous. */
  #placement: Placement | undefined;
  /** Whether the last choice was the first of its hash, whatever the state of the targets. */
  #isHome = false;

  constructor(
    context: StrategyContext,
    algorithm: ConsistentHashAlgorithm,
    maxLoadPercent: number | false,
    minInFlight: number,
  ) {
    this.#random = context.random;
    this.#algorithm = algorithm;
    this.#minInFlight = minInFlight;
    this.#bound = maxLoadPercent === false ? undefined : new LoadBound(maxLoadPercent);
    // Without a bound load is looked at nowhere: a key has one target, and shares are by weight.
    this.#within = new WithinDomain(this.#bound !== undefined);
    this.#rendezvous = new Rendezvous(this.#within);
  }

  update(snapshot: Snapshot): void {
    const isWeighted = this.#algorithm !== 'jump';
    const members = membersOf(snapshot, isWeighted, this.#minInFlight);
    if (!isSameTable(this.#members.domains, members.domains)) {
      this.#placement = this.#placementOf(members.domains);
    }
    this.#members = members;
    this.#within.update(members);
    this.#rendezvous.update(members);
    this.#bound?.update(members);
  }

  pick(view: View, request: RequestTraits, _nowMs: number): number {
    const { slots } = this.#members;
    const key = request.hashKey;
    const hasKey = key !== undefined && key !== '';
    const hash = hasKey ? hashOf(key, 0) : this.#anyHash();
    this.#bound?.open();
    const member =
      this.#placement === undefined
        ? this.#chooseOfAll(hash, view)
        : this.#chooseByTable(this.#placement, hash, view);
    if (member < 0) return -1;
    if (hasKey) view.noteAffinity?.(this.#isHome);
    return slots[member]!;
  }

  /** In halves, since a whole one would not fit a small integer and be allocated. */
  #anyHash(): number {
    return (this.#random.below(0x1_0000) << 16) | this.#random.below(0x1_0000);
  }

  #chooseOfAll(hash: number, view: View): number {
    const member = this.#rendezvous.choose(hash, view, undefined);
    if (view.trace !== undefined) this.#rendezvous.explain(view);
    this.#isHome = !this.#rendezvous.hasPassed;
    const bound = this.#bound;
    if (bound === undefined || member < 0 || bound.hasRoom(member, hash, view)) return member;
    view.trace?.step('first target at its bound');
    const next = this.#rendezvous.choose(hash, view, bound);
    // In a large pool the fair share is an estimate, and may leave room nowhere.
    if (next < 0) return member;
    this.#isHome = !this.#rendezvous.hasPassed;
    return next;
  }

  #chooseByTable(placement: Placement, hash: number, view: View): number {
    let draw = hash;
    for (let tries = 0; tries < TABLE_TRIES; tries++) {
      const member = this.#chooseIn(placement.place(draw), hash, view);
      if (member >= 0) {
        this.#isHome = tries === 0;
        return member;
      }
      draw = mixed((draw + 0x9e3779b9) | 0);
    }
    const member = this.#chooseOfAll(hash, view);
    this.#isHome = false;
    return member;
  }

  /** A member of the domain that is admitted and has room, or -1. */
  #chooseIn(domain: number, hash: number, view: View): number {
    const member = this.#within.choose(domain, hash, view, undefined);
    const bound = this.#bound;
    if (bound === undefined || member < 0 || bound.hasRoom(member, hash, view)) return member;
    view.trace?.step('a target at its bound');
    return this.#within.choose(domain, hash, view, bound);
  }

  #placementOf({ names, weights, configured }: Domains): Placement | undefined {
    const isSmall = names.length <= RENDEZVOUS_UP_TO;
    const algorithm =
      this.#algorithm === 'auto' ? (isSmall ? 'rendezvous' : 'maglev') : this.#algorithm;
    if (names.length === 0 || algorithm === 'rendezvous') return undefined;
    if (algorithm === 'maglev') return new MaglevPlacement(names, weights);
    if (algorithm === 'ring') return new RingPlacement(names, weights, configured.length);
    return new JumpPlacement(configured);
  }
}

/** Whether a table made for `a` does for `b`: slots may differ. */
function isSameTable(a: Domains, b: Domains): boolean {
  return (
    a.names.length === b.names.length &&
    a.configured.length === b.configured.length &&
    a.names.every((name, domain) => name === b.names[domain]) &&
    a.weights.every((weight, domain) => weight === b.weights[domain]) &&
    a.configured.every((domain, index) => domain === b.configured[index])
  );
}
