import type { Failure } from '@plimsoll/core';

/**
 * Says when a target has to be left alone. It sees what every attempt told (nothing that was the caller's fault) and
 * trips the breaker of the slot it has lost trust in.
 */
export interface Detector {
  /** Makes room for slots below `slotLimit`. */
  resize(slotLimit: number): void;
  /** Forgets `slot`: another target has it, or its breaker changed state. */
  reset(slot: number): void;
  /** `slot` has no target any more. */
  free(slot: number): void;
  /** An attempt on `slot` ended, well where `failure` is undefined. */
  record(slot: number, failure: Failure | undefined, nowMs: number): void;
}

/** A way of losing trust, to be given to `breaker`. */
export interface DetectorDefinition {
  readonly name: string;
  /**
   * Whether it judges by comparison or probability, so that it can be wrong about many at once: then its trips are
   * ejections, bounded in number, and panic may override them.
   */
  readonly isStatistical: boolean;
  /** Makes the state of one fleet; `trip` opens the breaker of a slot. */
  create(trip: (slot: number, reason: string, nowMs: number) => void): Detector;
}
