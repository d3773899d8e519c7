import { type Failure, type FailureKind, optionError } from '@plimsoll/core';

import { inWords } from '../failure-facts.ts';
import { grown } from '../hot-state.ts';
import type { Detector, DetectorDefinition } from './detector.ts';

/** Options of `consecutiveFailures`. */
export interface ConsecutiveFailuresOptions {
  /** Failures in a row that trip, an integer >= 1. @defaultValue 5 */
  readonly failures?: number;
  /**
   * Other thresholds for single classes of failure, each counted by itself: `{ timeout: 3, overload: 10 }`.
   * @defaultValue none: all classes count together
   */
  readonly byKind?: Partial<Record<FailureKind, number>>;
}

/**
 * Trips on a number of failures in a row.
 *
 * Use it always: it is what finds a dead target, at any traffic. It does not see a target that fails every other time;
 * add `failureRate` or `bayesianFailures` for that.
 *
 * Source: Michael Nygard, Release It!, 2007; the threshold is Envoy's consecutive_5xx and Finagle's FailureAccrual.
 *
 * Differs in that a class of failure may have a threshold, and so a count, of its own.
 *
 * Cost: one addition per outcome; 4 bytes per target and counted class.
 *
 * @throws PlimsollError ERR_PLIMSOLL_OPTION on a threshold that is no integer >= 1.
 */
export function consecutiveFailures(options: ConsecutiveFailuresOptions = {}): DetectorDefinition {
  const failures = options.failures ?? 5;
  checkThreshold('failures', failures);
  const byKind = Object.entries(options.byKind ?? {}) as [FailureKind, number][];
  for (const [kind, threshold] of byKind) checkThreshold(`byKind.${kind}`, threshold);
  return {
    name: 'consecutive-failures',
    isStatistical: false,
    create: (trip) => new ConsecutiveFailures(failures, byKind, trip),
  };
}

function checkThreshold(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw optionError('consecutiveFailures', name, 'an integer >= 1', value);
  }
}

class ConsecutiveFailures implements Detector {
  readonly #thresholds: readonly number[];
  readonly #columnOf = new Map<FailureKind, number>();
  readonly #trip: (slot: number, reason: string, nowMs: number) => void;
  /** One row per slot: the common count, then one per class with a threshold of its own. */
  #inRow = new Int32Array(0);

  constructor(
    failures: number,
    byKind: readonly [FailureKind, number][],
    trip: (slot: number, reason: string, nowMs: number) => void,
  ) {
    this.#thresholds = [failures, ...byKind.map(([, threshold]) => threshold)];
    for (const [index, [kind]] of byKind.entries()) this.#columnOf.set(kind, index + 1);
    this.#trip = trip;
  }

  resize(slotLimit: number): void {
    this.#inRow = grown(this.#inRow, slotLimit * this.#thresholds.length, Int32Array);
  }

  reset(slot: number): void {
    const width = this.#thresholds.length;
    this.#inRow.fill(0, slot * width, (slot + 1) * width);
  }

  free(): void {}

  record(slot: number, failure: Failure | undefined, nowMs: number): void {
    if (failure === undefined) {
      this.reset(slot);
      return;
    }
    const column = this.#columnOf.get(failure.kind) ?? 0;
    const count = ++this.#inRow[slot * this.#thresholds.length + column]!;
    if (count >= this.#thresholds[column]!) {
      this.#trip(slot, `${count} failures in a row, last: ${inWords(failure)}`, nowMs);
    }
  }
}
