import type { RequestTraits, Snapshot, Strategy, StrategyDefinition, View } from '@plimsoll/core';

import { Cycle } from './cycle.ts';
import { Deadlines } from './deadlines.ts';
import type { Schedule } from './schedule.ts';
import { wholeWeights } from './whole-weights.ts';

/**
 * Chooses the targets in turn, each as often as its weight says and as evenly spread as can be: 3:2 is `a b a b a`, over
 * and over.
 *
 * Use it where targets differ in size, or to split traffic in fixed parts, such as 70/30 during a roll-out; where all
 * weights are equal it is `round-robin`. `least-busy` follows weights too and keeps queues shorter where requests differ
 * much in length; a split that must hold per user needs `consistent-hash`.
 *
 * Source: smooth weighted round-robin of nginx (`src/http/ngx_http_upstream_round_robin.c`) for weights whose smallest
 * whole numbers are small, earliest deadline first of Envoy (`source/common/upstream/edf_scheduler.h`) for all others.
 *
 * Differs from both: the order is worked out ahead, so that a pick costs the same for two targets and for two hundred;
 * and what targets are owed is carried from one set of weights to the next, so that a change, or a hundred changes in a
 * row, sends no burst to the first target and leaves no share short. A turn that is passed over because its target is
 * left out is lost, not owed: the others keep their proportions, a target admitted to a part of the requests, as in slow
 * start, gets that part of its share (less if it has turns in a row, which are lost together), and one that comes back is
 * not flooded.
 *
 * Cost: O(1) per pick and 2 bytes per turn of a period of at most 4,096 turns, where members times turns are at most
 * 2^20; otherwise O(log n) per pick and 28 bytes per target.
 *
 * Weights are honoured. What targets are owed is kept per process.
 */
export function weightedRoundRobin(): StrategyDefinition {
  return {
    name: 'weighted-round-robin',
    honoursWeights: true,
    expectedShare: 'by_weight',
    create: () => new WeightedRoundRobin(),
  };
}

/** Longest period that is worked out ahead. */
const maxTurns = 4096;
/** Most steps that working it out may take: a few milliseconds. */
const maxSteps = 2 ** 20;

class WeightedRoundRobin implements Strategy {
  #snapshot: Snapshot | undefined;
  #schedule: Schedule | undefined;

  update(snapshot: Snapshot): void {
    if (this.#snapshot === undefined || !isSameOrder(this.#snapshot, snapshot)) {
      const owed = this.#owedIn(snapshot);
      this.#schedule = snapshot.slots.length === 0 ? undefined : scheduleOf(snapshot, owed);
    }
    this.#snapshot = snapshot;
  }

  pick(view: View, _request: RequestTraits, _nowMs: number): number {
    return this.#schedule === undefined ? -1 : this.#schedule.pick(view);
  }

  /** What each member of `snapshot` is owed from before; those who were not there are owed nothing. */
  #owedIn(snapshot: Snapshot): Float64Array {
    const owed = new Float64Array(snapshot.slots.length);
    const old = this.#snapshot;
    if (old === undefined || this.#schedule === undefined) return owed;
    const owedBefore = this.#schedule.owed();
    const before = new Map(old.targets.map((target, member) => [target.id, owedBefore[member]!]));
    let sum = 0;
    let sumOfWeights = 0;
    for (let member = 0; member < owed.length; member++) {
      owed[member] = before.get(snapshot.targets[member]!.id) ?? 0;
      sum += owed[member]!;
      sumOfWeights += snapshot.weights[member]!;
    }
    // What those who left were owed goes to the others by weight: debts must add up to 0.
    return owed.map((picks, member) => picks - (sum * snapshot.weights[member]!) / sumOfWeights);
  }
}

function scheduleOf({ slots, weights }: Snapshot, owed: Float64Array): Schedule {
  const whole = wholeWeights(weights, Math.min(maxTurns, maxSteps / slots.length));
  return whole === undefined ? new Deadlines(slots, weights, owed) : new Cycle(slots, whole, owed);
}

function isSameOrder(old: Snapshot, snapshot: Snapshot): boolean {
  return (
    old.slots.length === snapshot.slots.length &&
    old.slots.every(
      (slot, member) =>
        slot === snapshot.slots[member] &&
        old.weights[member] === snapshot.weights[member] &&
        old.targets[member]!.id === snapshot.targets[member]!.id,
    )
  );
}
