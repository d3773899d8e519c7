import { type Failure, optionError } from '@plimsoll/core';

import { grown } from '../hot-state.ts';
import type { Detector, DetectorDefinition } from './detector.ts';

/** Options of `outliers`. */
export interface OutliersOptions {
  /** Standard deviations below the mean success rate, > 0. @defaultValue 1.9 */
  readonly deviations?: number;
  /** Between two comparisons, in milliseconds > 0. @defaultValue 10000 */
  readonly intervalMs?: number;
  /** Targets with enough attempts that a comparison needs, an integer >= 3. @defaultValue 5 */
  readonly minTargets?: number;
  /** Attempts in the interval for a target to be compared, an integer >= 1. @defaultValue 100 */
  readonly minAttempts?: number;
}

/**
 * Trips targets whose success rate lies far below that of the others.
 *
 * Use it for pools of ten and more targets with much traffic. It cannot work in small pools, see `bayesianFailures`,
 * and never finds a fault that more than about a fifth of the targets share.
 *
 * Source: Envoy's outlier detection by success rate, with its defaults; gRPC A50.
 *
 * Differs in nothing but that the comparison is made at the first outcome after the interval, not by a timer.
 *
 * Cost: two additions per outcome, one pass over all targets per interval; 8 bytes per target.
 *
 * @throws PlimsollError ERR_PLIMSOLL_OPTION on an option out of range.
 */
export function outliers(options: OutliersOptions = {}): DetectorDefinition {
  const deviations = options.deviations ?? 1.9;
  const intervalMs = options.intervalMs ?? 10_000;
  const minTargets = options.minTargets ?? 5;
  const minAttempts = options.minAttempts ?? 100;
  if (!(deviations > 0)) throw optionError('outliers', 'deviations', '> 0', deviations);
  if (!(intervalMs > 0)) throw optionError('outliers', 'intervalMs', 'ms > 0', intervalMs);
  if (!Number.isInteger(minTargets) || minTargets < 3) {
    throw optionError('outliers', 'minTargets', 'an integer >= 3', minTargets);
  }
  if (!Number.isInteger(minAttempts) || minAttempts < 1) {
    throw optionError('outliers', 'minAttempts', 'an integer >= 1', minAttempts);
  }
  return {
    name: 'outliers',
    isStatistical: true,
    create: (trip) => new Outliers(deviations, intervalMs, minTargets, minAttempts, trip),
  };
}

class Outliers implements Detector {
  readonly #deviations: number;
  readonly #intervalMs: number;
  readonly #minTargets: number;
  readonly #minAttempts: number;
  readonly #trip: (slot: number, reason: string, nowMs: number) => void;
  #attempts = new Int32Array(0);
  #successes = new Int32Array(0);
  #comparedAtMs = -Infinity;

  constructor(
    deviations: number,
    intervalMs: number,
    minTargets: number,
    minAttempts: number,
    trip: (slot: number, reason: string, nowMs: number) => void,
  ) {
    this.#deviations = deviations;
    this.#intervalMs = intervalMs;
    this.#minTargets = minTargets;
    this.#minAttempts = minAttempts;
    this.#trip = trip;
  }

  resize(slotLimit: number): void {
    this.#attempts = grown(this.#attempts, slotLimit, Int32Array);
    this.#successes = grown(this.#successes, slotLimit, Int32Array);
  }

  reset(slot: number): void {
    this.#attempts[slot] = 0;
    this.#successes[slot] = 0;
  }

  free(slot: number): void {
    this.reset(slot);
  }

  record(slot: number, failure: Failure | undefined, nowMs: number): void {
    this.#attempts[slot]!++;
    if (failure === undefined) this.#successes[slot]!++;
    if (this.#comparedAtMs === -Infinity) this.#comparedAtMs = nowMs;
    if (nowMs - this.#comparedAtMs < this.#intervalMs) return;
    this.#comparedAtMs = nowMs;
    this.#compare(nowMs);
    this.#attempts.fill(0);
    this.#successes.fill(0);
  }

  #compare(nowMs: number): void {
    const rates: { slot: number; rate: number }[] = [];
    for (let slot = 0; slot < this.#attempts.length; slot++) {
      const attempts = this.#attempts[slot]!;
      if (attempts >= this.#minAttempts) {
        rates.push({ slot, rate: this.#successes[slot]! / attempts });
      }
    }
    if (rates.length < this.#minTargets) return;
    const mean = rates.reduce((sum, { rate }) => sum + rate, 0) / rates.length;
    const variance = rates.reduce((sum, { rate }) => sum + (rate - mean) ** 2, 0) / rates.length;
    const bound = mean - this.#deviations * Math.sqrt(variance);
    for (const { slot, rate } of rates) {
      if (rate >= bound) continue;
      const reason = `success rate ${percent(rate)}, the pool's is ${percent(mean)}`;
      this.#trip(slot, reason, nowMs);
    }
  }
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(1)} %`;
}
