import { type Failure, optionError } from '@plimsoll/core';

import { inWords } from '../failure-facts.ts';
import { grown } from '../hot-state.ts';
import type { Detector, DetectorDefinition } from './detector.ts';

/** Options of `bayesianFailures`. */
export interface BayesianFailuresOptions {
  /** The failure probability that must not be passed, more than 0 and less than 1. @defaultValue 0.3 */
  readonly maxProbability?: number;
  /** How sure it must be of that, in standard deviations >= 0. @defaultValue 1.64, one-sided 95 % */
  readonly deviations?: number;
  /** Half-life of what was seen, in milliseconds > 0. @defaultValue 30000 */
  readonly halfLifeMs?: number;
}

/** The prior: what is thought of a target before anything was seen, one failure in ten attempts. */
const PRIOR_FAILURES = 1;
const PRIOR_SUCCESSES = 9;

/**
 * Trips when a target's failure probability is past a bound with some certainty: a beta distribution over what was seen
 * of it, fading with time.
 *
 * Use it for small pools with little traffic, where comparing targets with one another cannot work: of n targets a
 * single bad one lies at most sqrt(n - 1) standard deviations from the mean, so a bound of 1.9 never trips below five
 * targets, and never when more than about a fifth are bad. Those are most pools of AI targets.
 *
 * Source: the conjugate beta prior of Bernoulli trials (Gelman et al., Bayesian Data Analysis, 3rd ed., 2013, 2.4).
 *
 * Differs in that counts decay, and that the quantile is taken by the mean and standard deviation, which is accurate to
 * a few hundredths at these counts.
 *
 * Cost: one exponential and one root per outcome; 24 bytes per target.
 *
 * @throws PlimsollError ERR_PLIMSOLL_OPTION on an option out of range.
 */
export function bayesianFailures(options: BayesianFailuresOptions = {}): DetectorDefinition {
  const bound = options.maxProbability ?? 0.3;
  const deviations = options.deviations ?? 1.64;
  const halfLifeMs = options.halfLifeMs ?? 30_000;
  if (!(bound > 0 && bound < 1)) {
    throw optionError('bayesianFailures', 'maxProbability', 'more than 0 and less than 1', bound);
  }
  if (!(deviations >= 0)) {
    throw optionError('bayesianFailures', 'deviations', '>= 0', deviations);
  }
  if (!(halfLifeMs > 0)) {
    throw optionError('bayesianFailures', 'halfLifeMs', 'milliseconds > 0', halfLifeMs);
  }
  return {
    name: 'bayesian-failures',
    isStatistical: true,
    create: (trip) => new BayesianFailures(bound, deviations, halfLifeMs, trip),
  };
}

class BayesianFailures implements Detector {
  readonly #bound: number;
  readonly #deviations: number;
  readonly #halfLifeMs: number;
  readonly #trip: (slot: number, reason: string, nowMs: number) => void;
  #successes = new Float64Array(0);
  #failures = new Float64Array(0);
  #seenAtMs = new Float64Array(0);

  constructor(
    bound: number,
    deviations: number,
    halfLifeMs: number,
    trip: (slot: number, reason: string, nowMs: number) => void,
  ) {
    this.#bound = bound;
    this.#deviations = deviations;
    this.#halfLifeMs = halfLifeMs;
    this.#trip = trip;
  }

  resize(slotLimit: number): void {
    this.#successes = grown(this.#successes, slotLimit, Float64Array);
    this.#failures = grown(this.#failures, slotLimit, Float64Array);
    this.#seenAtMs = grown(this.#seenAtMs, slotLimit, Float64Array);
  }

  reset(slot: number): void {
    this.#successes[slot] = 0;
    this.#failures[slot] = 0;
    this.#seenAtMs[slot] = -Infinity;
  }

  free(): void {}

  record(slot: number, failure: Failure | undefined, nowMs: number): void {
    const kept = 2 ** ((this.#seenAtMs[slot]! - nowMs) / this.#halfLifeMs);
    this.#seenAtMs[slot] = nowMs;
    this.#successes[slot] = this.#successes[slot]! * kept + (failure === undefined ? 1 : 0);
    this.#failures[slot] = this.#failures[slot]! * kept + (failure === undefined ? 0 : 1);
    if (failure === undefined) return;
    const a = this.#failures[slot] + PRIOR_FAILURES;
    const b = this.#successes[slot] + PRIOR_SUCCESSES;
    const mean = a / (a + b);
    const deviation = Math.sqrt((mean * (1 - mean)) / (a + b + 1));
    if (mean - this.#deviations * deviation <= this.#bound) return;
    const percent = Math.round(mean * 100);
    this.#trip(slot, `fails with probability ${percent} %, last: ${inWords(failure)}`, nowMs);
  }
}
