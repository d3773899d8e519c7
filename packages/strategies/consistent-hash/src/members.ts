import type { Snapshot, Target } from '@plimsoll/core';

import { hashOf } from './key-hash.ts';

/**
 * The targets of a snapshot, as hashing knows them: keys belong to **domains**, the prompt caches that targets have or
 * share, and within a domain to any of its **members**. Domains are known by name and members by id, both sorted by a hash
 * of that, so that neither slots nor the order of the configuration matter.
 */
export interface Members {
  readonly domains: Domains;
  /** Domain d has the members from `starts[d]` to before `starts[d + 1]`. */
  readonly starts: Int32Array;
  /** For each member an unlike number within its domain, from its id. */
  readonly seeds: Int32Array;
  readonly slots: readonly number[];
  readonly weights: Float64Array;
  /** The most in flight a member may have whatever the others have. */
  readonly floors: Int32Array;
}

/** The caches: that of a target alone has the target's id for a name. */
export interface Domains {
  /** An unlike number for each, from its name. */
  readonly seeds: Int32Array;
  readonly names: readonly string[];
  /** The sums of the members' weights. */
  readonly weights: Float64Array;
  /** The domain of each target, in the order of the configuration. */
  readonly configured: Int32Array;
}

export const NO_MEMBERS: Members = {
  domains: {
    seeds: new Int32Array(0),
    names: [],
    weights: new Float64Array(0),
    configured: new Int32Array(0),
  },
  starts: Int32Array.of(0),
  seeds: new Int32Array(0),
  slots: [],
  weights: new Float64Array(0),
  floors: new Int32Array(0),
};

/** Members are told apart by other numbers than domains, so that which domain a key has says nothing of its member. */
const MEMBER_SEED = 3;

/** One target, on its way into the order. */
interface Row {
  readonly index: number;
  readonly target: Target;
  readonly domainSeed: number;
  readonly seed: number;
}

/**
 * @param isWeighted - otherwise all weights are taken as 1.
 * @param minInFlight - the floor of a member that states no concurrency limit.
 */
export function membersOf(snapshot: Snapshot, isWeighted: boolean, minInFlight: number): Members {
  const rows = Array.from(snapshot.targets, (target, index): Row => {
    const { id, cacheDomain } = target;
    return { index, target, domainSeed: hashOf(cacheDomain, 0), seed: hashOf(id, MEMBER_SEED) };
  });
  rows.sort(inOrder);
  const weights = Float64Array.from(rows, ({ index }) =>
    isWeighted ? snapshot.weights[index]! : 1,
  );
  const seeds = Int32Array.from(rows, ({ seed }) => seed);
  const starts: number[] = [];
  const configured = new Int32Array(rows.length);
  for (const [member, { index, target }] of rows.entries()) {
    const before = rows[member - 1]?.target.cacheDomain;
    if (target.cacheDomain !== before) starts.push(member);
    configured[index] = starts.length - 1;
  }
  const firsts = starts.map((start) => rows[start]!);
  starts.push(rows.length);
  for (const [domain] of firsts.entries()) {
    makeDistinct(seeds.subarray(starts[domain], starts[domain + 1]));
  }
  return {
    domains: {
      seeds: makeDistinct(Int32Array.from(firsts, ({ domainSeed }) => domainSeed)),
      names: firsts.map(({ target }) => target.cacheDomain),
      weights: Float64Array.from(firsts, (_, domain) =>
        weights.subarray(starts[domain], starts[domain + 1]).reduce((sum, weight) => sum + weight),
      ),
      configured,
    },
    starts: Int32Array.from(starts),
    seeds,
    slots: rows.map(({ index }) => snapshot.slots[index]!),
    weights,
    floors: Int32Array.from(rows, ({ target }) => target.limits?.concurrency ?? minInFlight),
  };
}

function inOrder(a: Row, b: Row): number {
  return (
    a.domainSeed - b.domainSeed ||
    compared(a.target.cacheDomain, b.target.cacheDomain) ||
    a.seed - b.seed ||
    compared(a.target.id, b.target.id)
  );
}

function compared(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Two names of one hash would share every score, and the second would get no key: it takes the next free number. */
function makeDistinct(sorted: Int32Array): Int32Array {
  for (let at = 1; at < sorted.length; at++) {
    if (sorted[at]! <= sorted[at - 1]!) sorted[at] = sorted[at - 1]! + 1;
  }
  return sorted;
}
