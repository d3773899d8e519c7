import type { Target } from '@plimsoll/core';

/** What a request may need that a target may lack; bits of `HotState.lacks`. */
export const NEEDS_TOOLS = 1;
export const NEEDS_IMAGES = 2;

/** States of `HotState.trial`: nothing to try out, a trial is due, one is under way. */
export const TRIAL_NONE = 0;
export const TRIAL_DUE = 1;
export const TRIAL_UNDER_WAY = 2;

/** Stands in `HotState.concurrency` where nothing is stated. */
export const NO_LIMIT = 0x7fff_ffff;

/**
 * The numbers that picks read, by slot, in typed arrays: they stay in cache, cost no allocation, and could stand in
 * memory shared between threads. Arrays are replaced by larger ones as slots are added.
 */
export class HotState {
  slotLimit = 0;
  inFlight: Int32Array = new Int32Array(0);
  weights: Float64Array = new Float64Array(0);
  /** 1 while no new attempt may start: draining, or no target has this slot. */
  blocked: Uint8Array = new Uint8Array(0);
  concurrency: Int32Array = new Int32Array(0);
  contextWindow: Float64Array = new Float64Array(0);
  lacks: Uint8Array = new Uint8Array(0);
  /** 1 where the target has a budget of its own. */
  hasBudget: Uint8Array = new Uint8Array(0);
  /** Nothing may start before this moment of the engine's clock. */
  coolUntilMs: Float64Array = new Float64Array(0);
  /** 1 where the cool-down is about quota, which is worth waiting for. */
  isThrottled: Uint8Array = new Uint8Array(0);
  /** After a cool-down one request tries the target out before others follow: `TRIAL_*`. */
  trial: Uint8Array = new Uint8Array(0);
  /** Slow start: when the target returned, and when it is back in full. */
  returnedAtMs: Float64Array = new Float64Array(0);
  fullAtMs: Float64Array = new Float64Array(0);

  /** Makes room for `slotLimit` slots. */
  grow(slotLimit: number): void {
    if (slotLimit <= this.slotLimit) return;
    this.slotLimit = slotLimit;
    this.inFlight = grown(this.inFlight, slotLimit, Int32Array);
    this.weights = grown(this.weights, slotLimit, Float64Array);
    this.blocked = grown(this.blocked, slotLimit, Uint8Array);
    this.concurrency = grown(this.concurrency, slotLimit, Int32Array);
    this.contextWindow = grown(this.contextWindow, slotLimit, Float64Array);
    this.lacks = grown(this.lacks, slotLimit, Uint8Array);
    this.hasBudget = grown(this.hasBudget, slotLimit, Uint8Array);
    this.coolUntilMs = grown(this.coolUntilMs, slotLimit, Float64Array);
    this.isThrottled = grown(this.isThrottled, slotLimit, Uint8Array);
    this.trial = grown(this.trial, slotLimit, Uint8Array);
    this.returnedAtMs = grown(this.returnedAtMs, slotLimit, Float64Array);
    this.fullAtMs = grown(this.fullAtMs, slotLimit, Float64Array);
  }

  /** Gives `slot` to `target`. */
  assign(slot: number, target: Target): void {
    this.inFlight[slot] = 0;
    this.weights[slot] = target.weight;
    this.blocked[slot] = 0;
    this.concurrency[slot] = target.limits?.concurrency ?? NO_LIMIT;
    this.contextWindow[slot] = target.capabilities?.contextWindow ?? Infinity;
    this.lacks[slot] =
      (target.capabilities?.tools === false ? NEEDS_TOOLS : 0) |
      (target.capabilities?.images === false ? NEEDS_IMAGES : 0);
    this.hasBudget[slot] = target.budget === undefined ? 0 : 1;
    this.coolUntilMs[slot] = -Infinity;
    this.isThrottled[slot] = 0;
    this.trial[slot] = TRIAL_NONE;
    this.returnedAtMs[slot] = -Infinity;
    this.fullAtMs[slot] = -Infinity;
  }
}

/** A copy of `array` with room for `length` numbers. */
export function grown<T extends Int32Array | Uint32Array | Float64Array | Uint8Array>(
  array: T,
  length: number,
  kind: new (length: number) => T,
): T {
  const larger = new kind(length);
  larger.set(array);
  return larger;
}
