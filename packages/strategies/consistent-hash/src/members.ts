import type { Snapshot } from '@plimsoll/core';

import { hashOf } from './key-hash.ts';

/**
 * The targets of a snapshot, as hashing knows them: by id. Sorted by a hash of it, so that neither slots nor the order of
 * the configuration matter.
 */
export interface Members {
  /** An unlike number for each, from its id. */
  readonly seeds: Int32Array;
  readonly ids: readonly string[];
  readonly slots: readonly number[];
  readonly weights: Float64Array;
  /** The most in flight a member may have whatever the others have. */
  readonly floors: Int32Array;
  /** The members in the order of the configuration. */
  readonly configured: Int32Array;
}

/**
 * @param isWeighted - otherwise all weights are taken as 1.
 * @param minInFlight - the floor of a member that states no concurrency limit.
 */
export function membersOf(snapshot: Snapshot, isWeighted: boolean, minInFlight: number): Members {
  const { targets, slots, weights } = snapshot;
  const order = Array.from(targets, ({ id }, index) => ({ index, id, seed: hashOf(id, 0) }));
  order.sort((a, b) => a.seed - b.seed || (a.id < b.id ? -1 : 1));
  const configured = new Int32Array(order.length);
  for (const [member, { index }] of order.entries()) configured[index] = member;
  return {
    configured,
    seeds: distinct(Int32Array.from(order, ({ seed }) => seed)),
    ids: order.map(({ id }) => id),
    slots: order.map(({ index }) => slots[index]!),
    weights: Float64Array.from(order, ({ index }) => (isWeighted ? weights[index]! : 1)),
    floors: Int32Array.from(
      order,
      ({ index }) => targets[index]!.limits?.concurrency ?? minInFlight,
    ),
  };
}

/** Two ids of one hash would share every score, and the second would get no key: it takes the next free number. */
function distinct(sorted: Int32Array): Int32Array {
  for (let at = 1; at < sorted.length; at++) {
    if (sorted[at]! <= sorted[at - 1]!) sorted[at] = sorted[at - 1]! + 1;
  }
  return sorted;
}
