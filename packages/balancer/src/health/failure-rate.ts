import { type Failure, optionError } from '@plimsoll/core';

import { inWords } from '../failure-facts.ts';
import { grown } from '../hot-state.ts';
import type { Detector, DetectorDefinition } from './detector.ts';

/** Options of `failureRate`. */
export interface FailureRateOptions {
  /** Share of attempts that may fail, more than 0 and up to 1. @defaultValue 0.5 */
  readonly maxRatio?: number;
  /** Over this time, in milliseconds > 0. @defaultValue 30000 */
  readonly windowMs?: number;
  /** Attempts in that time before it judges, an integer >= 1. @defaultValue 10 */
  readonly minAttempts?: number;
}

/**
 * Trips when the share of failed attempts in a window reaches a bound.
 *
 * Use it beside `consecutiveFailures`, for targets that fail often but not always. In pools with little traffic
 * `bayesianFailures` judges sooner and more carefully.
 *
 * Source: Finagle's FailureAccrual by success rate (Twitter, 2016) and gRPC A50 failure percentage.
 *
 * Differs in that the window is two halves that take turns (as in gRPC): it forgets in steps of half a window.
 *
 * Cost: a few additions per outcome; 24 bytes per target.
 *
 * @throws PlimsollError ERR_PLIMSOLL_OPTION on an option out of range.
 */
export function failureRate(options: FailureRateOptions = {}): DetectorDefinition {
  const maxRatio = options.maxRatio ?? 0.5;
  const windowMs = options.windowMs ?? 30_000;
  const minAttempts = options.minAttempts ?? 10;
  if (!(maxRatio > 0 && maxRatio <= 1)) {
    throw optionError('failureRate', 'maxRatio', 'more than 0 and at most 1', maxRatio);
  }
  if (!(windowMs > 0)) throw optionError('failureRate', 'windowMs', 'milliseconds > 0', windowMs);
  if (!Number.isInteger(minAttempts) || minAttempts < 1) {
    throw optionError('failureRate', 'minAttempts', 'an integer >= 1', minAttempts);
  }
  return {
    name: 'failure-rate',
    isStatistical: false,
    create: (trip) => new FailureRate(maxRatio, windowMs / 2, minAttempts, trip),
  };
}

class FailureRate implements Detector {
  readonly #maxRatio: number;
  readonly #halfMs: number;
  readonly #minAttempts: number;
  readonly #trip: (slot: number, reason: string, nowMs: number) => void;
  #attempts = new Int32Array(0);
  #failures = new Int32Array(0);
  #olderAttempts = new Int32Array(0);
  #olderFailures = new Int32Array(0);
  #halfStartMs = new Float64Array(0);

  constructor(
    maxRatio: number,
    halfMs: number,
    minAttempts: number,
    trip: (slot: number, reason: string, nowMs: number) => void,
  ) {
    this.#maxRatio = maxRatio;
    this.#halfMs = halfMs;
    this.#minAttempts = minAttempts;
    this.#trip = trip;
  }

  resize(slotLimit: number): void {
    this.#attempts = grown(this.#attempts, slotLimit, Int32Array);
    this.#failures = grown(this.#failures, slotLimit, Int32Array);
    this.#olderAttempts = grown(this.#olderAttempts, slotLimit, Int32Array);
    this.#olderFailures = grown(this.#olderFailures, slotLimit, Int32Array);
    this.#halfStartMs = grown(this.#halfStartMs, slotLimit, Float64Array);
  }

  reset(slot: number): void {
    this.#attempts[slot] = 0;
    this.#failures[slot] = 0;
    this.#olderAttempts[slot] = 0;
    this.#olderFailures[slot] = 0;
    this.#halfStartMs[slot] = -Infinity;
  }

  free(): void {}

  record(slot: number, failure: Failure | undefined, nowMs: number): void {
    this.#turn(slot, nowMs);
    this.#attempts[slot]!++;
    if (failure === undefined) return;
    this.#failures[slot]!++;
    const attempts = this.#attempts[slot]! + this.#olderAttempts[slot]!;
    const failures = this.#failures[slot]! + this.#olderFailures[slot]!;
    if (attempts < this.#minAttempts || failures < attempts * this.#maxRatio) return;
    this.#trip(slot, `${failures} of ${attempts} failed, last: ${inWords(failure)}`, nowMs);
  }

  #turn(slot: number, nowMs: number): void {
    const ageMs = nowMs - this.#halfStartMs[slot]!;
    if (ageMs < this.#halfMs) return;
    const isRecent = ageMs < 2 * this.#halfMs;
    this.#olderAttempts[slot] = isRecent ? this.#attempts[slot]! : 0;
    this.#olderFailures[slot] = isRecent ? this.#failures[slot]! : 0;
    this.#attempts[slot] = 0;
    this.#failures[slot] = 0;
    this.#halfStartMs[slot] = nowMs;
  }
}
