import type { Clock } from './clock.ts';
import type { Outcome } from './outcome.ts';
import type { Random } from './random.ts';
import type { RequestTraits } from './request.ts';
import type { Snapshot } from './snapshot.ts';
import type { View } from './view.ts';

/**
 * Chooses one target, and nothing else: retries, health, quota and time limits are the engine's.
 *
 * Rules, checked by `strategyContract` of the testkit:
 *
 * 1. `pick` is synchronous, does no I/O, never throws and returns a slot that `view.admits`, or -1 when there is none.
 * 2. It allocates nothing and takes O(1) or O(log n) wherever the algorithm allows; tables are built in `update`.
 * 3. With the same seed, snapshots and requests it makes the same choices.
 * 4. With `view.peek` it changes no later pick.
 * 5. Quota and health are gates asked through `admits`, never terms of a score.
 */
export interface Strategy {
  /** Takes up a new snapshot. Keep the phase of a sequence: a changed weight must not restart it. */
  update(snapshot: Snapshot): void;
  /** The slot to use for `request`, or -1. `nowMs` is the engine's clock, read once per decision. */
  pick(view: View, request: RequestTraits, nowMs: number): number;
  /** Told once per attempt, when its lease ends, also for attempts that other strategies of the pool chose. */
  observe?(slot: number, outcome: Outcome, nowMs: number): void;
}

/**
 * What a strategy package exports: `roundRobin()` returns one. It holds options only, so it can be used in many places;
 * the engine calls `create` once for each, and no two places share a cursor.
 */
export interface StrategyDefinition {
  /** As in the configuration: `round-robin`. */
  readonly name: string;
  /** Whether shares follow the targets' weights; a configuration with weights that are ignored is warned about. */
  readonly honoursWeights: boolean;
  /**
   * What share of first picks each admissible target should get: `equal`, `by_weight`, or `none` when the algorithm
   * promises no share. Fairness is watched only where one is promised.
   */
  readonly expectedShare: 'equal' | 'by_weight' | 'none';
  /** Throws nothing: options were checked when the definition was made. */
  create(context: StrategyContext): Strategy;
}

/** What a strategy may use of the world. A composite hands it on to the strategies it is made of. */
export interface StrategyContext {
  readonly random: Random;
  readonly clock: Clock;
}
