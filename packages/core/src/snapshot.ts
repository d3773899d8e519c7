import type { Target } from './target.ts';

/**
 * The members of a pool at one moment: immutable, rebuilt at the first pick after targets came, went or changed weight.
 * Health is not in it, since it changes faster than tables can be built: the view tells at the pick.
 *
 * A **slot** is a small integer that stands for a target everywhere in the hot path. Slots index typed arrays; one is
 * given to another target only after the last lease on it ended. Slots of a pool need not be contiguous: pools share
 * targets.
 */
export interface Snapshot {
  /** Grows by one with every rebuild. */
  readonly version: number;
  /** The members' slots, in the order of the configuration. */
  readonly slots: Int32Array;
  /** The members, in the same order. */
  readonly targets: readonly Target[];
  /** The members' weights, in the same order; each > 0 (standby targets are in a snapshot of their own). */
  readonly weights: Float64Array;
  /** Every slot is below this: the size for a strategy's own arrays. */
  readonly slotLimit: number;
  /** The members for which `keep` holds, as a snapshot of the same version and the same slots. For composites. */
  where(keep: (target: Target, slot: number) => boolean): Snapshot;
}
