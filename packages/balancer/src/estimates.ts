import type { Estimates } from '@plimsoll/core';

import { grown } from './hot-state.ts';

/** Memory of the averages, in milliseconds: a sample's weight falls to 1/e over it. */
const MEMORY_MS = 10_000;
/** Without a sample for this long a value begins to move to the prior. */
const FRESH_MS = 10_000;
/** How fast it moves there, in milliseconds to 1/e of the distance. */
const RELAX_MS = 60_000;
/** Half-life of the failure ratio, in milliseconds. */
const FAILURE_HALF_LIFE_MS = 20_000;
/** Between two rounds of ageing. */
const AGEING_MS = 250;
/** The prior while nothing at all was measured. */
const FIRST_CONTENT_PRIOR_MS = 500;
const PER_TOKEN_PRIOR_MS = 20;

/**
 * What is measured of each target. Averages decay by time, not by count, so that a slow target is seen as soon as a busy
 * one. A value nobody refreshes relaxes to the mean of the fresh ones: not to zero, which would draw all traffic to a
 * target that hangs, and not frozen, which would shut out one that has recovered.
 */
export class EstimateState implements Estimates {
  firstContentMs: Float64Array = new Float64Array(0);
  perTokenMs: Float64Array = new Float64Array(0);
  failureRatio: Float64Array = new Float64Array(0);
  samples: Uint32Array = new Uint32Array(0);
  oldestUnansweredMs: Float64Array = new Float64Array(0);
  #firstContentAtMs = new Float64Array(0);
  #perTokenAtMs = new Float64Array(0);
  #failureAtMs = new Float64Array(0);
  #isUsed = new Uint8Array(0);
  #agedAtMs = -Infinity;

  grow(slotLimit: number): void {
    this.firstContentMs = grown(this.firstContentMs, slotLimit, Float64Array);
    this.perTokenMs = grown(this.perTokenMs, slotLimit, Float64Array);
    this.failureRatio = grown(this.failureRatio, slotLimit, Float64Array);
    this.samples = grown(this.samples, slotLimit, Uint32Array);
    this.oldestUnansweredMs = grown(this.oldestUnansweredMs, slotLimit, Float64Array);
    this.#firstContentAtMs = grown(this.#firstContentAtMs, slotLimit, Float64Array);
    this.#perTokenAtMs = grown(this.#perTokenAtMs, slotLimit, Float64Array);
    this.#failureAtMs = grown(this.#failureAtMs, slotLimit, Float64Array);
    this.#isUsed = grown(this.#isUsed, slotLimit, Uint8Array);
  }

  /** Forgets what was measured on `slot`; another target has it now. */
  reset(slot: number, nowMs: number): void {
    this.#isUsed[slot] = 1;
    this.samples[slot] = 0;
    this.failureRatio[slot] = 0;
    this.oldestUnansweredMs[slot] = Infinity;
    this.#firstContentAtMs[slot] = -Infinity;
    this.#perTokenAtMs[slot] = -Infinity;
    this.#failureAtMs[slot] = nowMs;
    this.firstContentMs[slot] = this.#prior(
      this.firstContentMs,
      this.#firstContentAtMs,
      nowMs,
      FIRST_CONTENT_PRIOR_MS,
    );
    this.perTokenMs[slot] = this.#prior(
      this.perTokenMs,
      this.#perTokenAtMs,
      nowMs,
      PER_TOKEN_PRIOR_MS,
    );
  }

  /** The slot has no target any more. */
  free(slot: number): void {
    this.#isUsed[slot] = 0;
    this.#firstContentAtMs[slot] = -Infinity;
    this.#perTokenAtMs[slot] = -Infinity;
  }

  observeFirstContent(slot: number, milliseconds: number, nowMs: number): void {
    const ageMs = nowMs - this.#firstContentAtMs[slot]!;
    this.firstContentMs[slot] = averaged(this.firstContentMs[slot]!, milliseconds, ageMs);
    this.#firstContentAtMs[slot] = nowMs;
    this.samples[slot]!++;
  }

  /** Whether the time to first content was ever measured here. */
  hasFirstContent(slot: number): boolean {
    return this.#firstContentAtMs[slot]! > -Infinity;
  }

  observePerToken(slot: number, milliseconds: number, nowMs: number): void {
    const ageMs = nowMs - this.#perTokenAtMs[slot]!;
    this.perTokenMs[slot] = averaged(this.perTokenMs[slot]!, milliseconds, ageMs);
    this.#perTokenAtMs[slot] = nowMs;
  }

  observeEnd(slot: number, isHealthFailure: boolean, nowMs: number): void {
    const ageMs = nowMs - this.#failureAtMs[slot]!;
    this.#failureAtMs[slot] = nowMs;
    // At least a tenth of each outcome counts, so that failures in quick succession show at once.
    const share = Math.max(0.1, 1 - 2 ** (-ageMs / FAILURE_HALF_LIFE_MS));
    this.failureRatio[slot] =
      this.failureRatio[slot]! * (1 - share) + (isHealthFailure ? share : 0);
  }

  /** Lets values nobody refreshes move to the prior. Called every tick; works four times a second. */
  age(nowMs: number): void {
    const elapsedMs = nowMs - this.#agedAtMs;
    if (elapsedMs < AGEING_MS) return;
    this.#agedAtMs = nowMs;
    if (elapsedMs === Infinity) return;
    const step = 1 - Math.exp(-elapsedMs / RELAX_MS);
    const forgiven = 2 ** (-elapsedMs / FAILURE_HALF_LIFE_MS);
    const first = this.#prior(
      this.firstContentMs,
      this.#firstContentAtMs,
      nowMs,
      FIRST_CONTENT_PRIOR_MS,
    );
    const perToken = this.#prior(this.perTokenMs, this.#perTokenAtMs, nowMs, PER_TOKEN_PRIOR_MS);
    for (let slot = 0; slot < this.#isUsed.length; slot++) {
      if (this.#isUsed[slot] === 0) continue;
      if (nowMs - this.#firstContentAtMs[slot]! > FRESH_MS) {
        this.firstContentMs[slot]! += (first - this.firstContentMs[slot]!) * step;
      }
      if (nowMs - this.#perTokenAtMs[slot]! > FRESH_MS) {
        this.perTokenMs[slot]! += (perToken - this.perTokenMs[slot]!) * step;
      }
      if (nowMs - this.#failureAtMs[slot]! > FRESH_MS) this.failureRatio[slot]! *= forgiven;
    }
  }

  #prior(values: Float64Array, atMs: Float64Array, nowMs: number, otherwise: number): number {
    let sum = 0;
    let count = 0;
    for (let slot = 0; slot < values.length; slot++) {
      if (this.#isUsed[slot] === 1 && nowMs - atMs[slot]! <= RELAX_MS) {
        sum += values[slot]!;
        count++;
      }
    }
    return count === 0 ? otherwise : sum / count;
  }
}

/** The average after `sample`, when the last one is `ageMs` old; the first sample is taken as it is. */
function averaged(average: number, sample: number, ageMs: number): number {
  if (ageMs === Infinity) return sample;
  // A tenth at least: concurrent answers arrive together, and the second one is news as well.
  const share = Math.max(0.1, 1 - Math.exp(-ageMs / MEMORY_MS));
  return average + (sample - average) * share;
}
