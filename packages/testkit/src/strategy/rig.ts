import {
  type Outcome,
  type RequestTraits,
  type SeededRandom,
  seededRandom,
  type Snapshot,
  type Strategy,
  type StrategyDefinition,
  type Target,
} from '@plimsoll/core';

import { manualClock, type ManualClock } from '../manual-clock.ts';
import { snapshotOf, type SnapshotOptions } from '../snapshot-of.ts';
import { testTrace, testView, type TestView } from '../test-view.ts';

/** What a clause is checked against. */
export interface StrategySubject {
  /** A new definition, as a user's configuration makes it. */
  create(): StrategyDefinition;
  /** The traits of the n-th request, from 0. */
  traits(pick: number): RequestTraits;
  /** What the n-th member of a pool, from 0, has besides its weight. */
  target(index: number): Partial<Target>;
}

/** An attempt that went well. */
const success: Outcome = {
  durationMs: 1500,
  firstContentMs: 400,
  usage: { inputTokens: 1000, outputTokens: 50 },
};

/** An attempt that hung until it was given up. */
export const failed: Outcome = {
  durationMs: 30_000,
  failure: {
    kind: 'timeout',
    verdict: 'failover',
    message: 'No answer.',
    isHealthFailure: true,
  },
};

/** Far apart on purpose: a strategy must index by slot, and size its arrays by `slotLimit`. */
export const sparse: readonly [number, number, number] = [3, 17, 900];

/** One strategy at work, with the part of the engine that it can see: snapshots, a view, seeded randomness, a clock. */
export class StrategyRig {
  readonly strategy: Strategy;
  readonly view: TestView;
  readonly clock: ManualClock = manualClock();
  readonly #random: SeededRandom;
  readonly #subject: StrategySubject;
  #snapshot: Snapshot;
  #picks = 0;

  constructor(
    subject: StrategySubject,
    snapshot: Snapshot,
    { seed = 1, definition = subject.create() }: RigOptions = {},
  ) {
    this.#subject = subject;
    this.#random = seededRandom(seed);
    this.strategy = definition.create({ random: this.#random, clock: this.clock });
    this.view = testView(snapshot);
    this.#snapshot = snapshot;
    this.strategy.update(snapshot);
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  update(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    this.view.update(snapshot);
    this.strategy.update(snapshot);
  }

  /** The next request: picked, served at once and well. 10 ms pass between two of them. */
  pick(traits: RequestTraits = this.#subject.traits(this.#picks)): number {
    this.#picks++;
    this.clock.advance(10);
    const slot = this.strategy.pick(this.view, traits, this.clock.now());
    if (slot >= 0) this.strategy.observe?.(slot, success, this.clock.now());
    return slot;
  }

  /** The slots of the next requests. */
  picks(count: number): number[] {
    return Array.from({ length: count }, () => this.pick());
  }

  /** How often each member is picked for the next requests, in the members' order. */
  shares(picks: number): number[] {
    const counts = new Map<number, number>();
    for (const slot of this.picks(picks)) counts.set(slot, (counts.get(slot) ?? 0) + 1);
    return Array.from(this.#snapshot.slots, (slot) => counts.get(slot) ?? 0);
  }

  /** What the next request would be given, tried out as `explain` does: traced, and the random numbers put back. */
  peek(traits: RequestTraits = this.#subject.traits(this.#picks)): number {
    const state = this.#random.save();
    this.view.peek = true;
    this.view.trace = testTrace();
    // Where the next request will stand: the clock moves when it comes.
    const slot = this.strategy.pick(this.view, traits, this.clock.now() + 10);
    this.view.peek = false;
    this.view.trace = undefined;
    this.#random.restore(state);
    return slot;
  }
}

/** Options of `StrategyRig`. */
export interface RigOptions {
  readonly seed?: number;
  readonly definition?: StrategyDefinition;
}

/** Options of `membersOf`. */
export interface MembersOptions extends SnapshotOptions {
  /** The members' ids. @defaultValue those of `snapshotOf`, one for each slot */
  readonly ids?: readonly string[];
}

/** A snapshot of members with the given weights and whatever else the subject's targets have. */
export function membersOf(
  subject: StrategySubject,
  weights: readonly number[],
  { ids, ...options }: MembersOptions = {},
): Snapshot {
  return snapshotOf(
    weights.map((weight, index) => ({
      ...subject.target(index),
      ...(ids !== undefined && { id: ids[index]! }),
      weight,
    })),
    options,
  );
}
