import type { Random, RequestTraits, Snapshot, Strategy, View } from '@plimsoll/core';

import { type Members, Membership } from './members.ts';
import { type Band, slowness } from './slowness.ts';

const BAND: Band = { indifferent: 1.5, decisive: 3 };
/** Prompts of different length make the time to first content the noisier measure. */
const FIRST_TOKEN_BAND: Band = { indifferent: 3, decisive: 6 };
/** Samples until a target is known. */
const KNOWN_SAMPLES = 8;
/** The part of the age of the oldest request without content that counts: of several that wait it waits longest. */
const AGE_RATIO = 0.5;
/** Times this close are equal, so that processes that see the same numbers do not all rush to one target. */
const EQUAL_RATIO = 0.02;
/** Below a millisecond no target is faster than another; and no ratio is one of zeros. */
const LEAST_MS = 1;
/** What a failure ratio counts as at most; of 1 no attempt ever succeeds. */
const MOST_FAILURE = 0.99;

/** Chooses by expected time; see `latency`. */
export class ExpectedTime implements Strategy {
  readonly #random: Random;
  readonly #membership: Membership;
  /** How much the time to first content counts: 0 or 1. */
  readonly #firstShare: number;
  /** Tokens whose time counts in. */
  readonly #tokens: number;
  readonly #band: Band;
  /** Expected milliseconds of each compared target without load. */
  #timesMs = new Float64Array(0);
  #fastestMs = 0;
  /** Targets with fewer samples are left to their share of the unknown. */
  #leastSamples: 0 | 1 = 0;
  /** What is in flight and one more per target, over all weights. */
  #meanLoad = 0;
  /** What is in flight over all weights. */
  #meanInFlight = 0;
  /** Part of the requests that is for targets still to be known, by weight. */
  #unknownRatio = 0;

  constructor(
    random: Random,
    mode: 'balanced' | 'first-token' | 'per-token',
    expectedOutputTokens: number,
  ) {
    this.#random = random;
    this.#membership = new Membership(random);
    this.#firstShare = mode === 'per-token' ? 0 : 1;
    this.#tokens = mode === 'first-token' ? 0 : expectedOutputTokens;
    this.#band = mode === 'first-token' ? FIRST_TOKEN_BAND : BAND;
  }

  update(snapshot: Snapshot): void {
    this.#membership.update(snapshot);
    this.#timesMs = new Float64Array(snapshot.slots.length);
  }

  pick(view: View, request: RequestTraits, nowMs: number): number {
    const { all } = this.#membership;
    if (all.count === 0) return -1;
    const members = this.#membership.toCompare();
    const slot = this.#pickAmong(members, view, request, nowMs);
    return slot >= 0 || members === all ? slot : this.#pickAmong(all, view, request, nowMs);
  }

  #pickAmong(members: Members, view: View, request: RequestTraits, nowMs: number): number {
    this.#measure(members, view, request, nowMs);
    if (this.#unknownRatio > 0 && this.#random.float() < this.#unknownRatio) {
      // Their share, but none to one that is busier than the others are.
      const slot = this.#leastUnknown(members, view, this.#meanInFlight);
      if (slot >= 0) return slot;
    }
    const slot = this.#leastKnown(members, view);
    return slot < 0 ? this.#leastUnknown(members, view, Infinity) : slot;
  }

  /** Takes down what all costs refer to. */
  #measure(members: Members, view: View, request: RequestTraits, nowMs: number): void {
    const estimates = view.estimates;
    const { firstContentMs, perTokenMs, failureRatio, samples, oldestUnansweredMs } = estimates;
    const { slots, weights, count } = members;
    const { inFlight } = view;
    const times = this.#timesMs;
    const firstShare = this.#firstShare;
    const allowed = request.maxOutputTokens;
    const tokens = allowed !== undefined && allowed < this.#tokens ? allowed : this.#tokens;
    let fastestMs = Infinity;
    let fastestKnownMs = Infinity;
    let inFlightTotal = 0;
    // Not 0: V8 takes a sum that starts with a small integer for a tagged value, which doubles the cost of the loop.
    let weightTotal = -0;
    let unknown = -0;
    for (let index = 0; index < count; index++) {
      const slot = slots[index]!;
      const weight = weights[index]!;
      const firstMs = firstContentMs[slot]!;
      const lateMs = (nowMs - oldestUnansweredMs[slot]!) * AGE_RATIO - firstMs;
      let timeMs = firstMs * firstShare + tokens * perTokenMs[slot]!;
      if (lateMs > 0) timeMs += lateMs;
      times[index] = timeMs;
      if (timeMs < fastestMs) fastestMs = timeMs;
      inFlightTotal += inFlight[slot]!;
      weightTotal += weight;
      const seen = samples[slot]!;
      if (seen > 0 && timeMs < fastestKnownMs) fastestKnownMs = timeMs;
      if (seen >= KNOWN_SAMPLES) continue;
      // One that fails is not got to know by more requests.
      unknown += weight * (1 - seen / KNOWN_SAMPLES) * (1 - failureRatio[slot]!);
    }
    this.#meanInFlight = inFlightTotal / weightTotal;
    this.#meanLoad = (inFlightTotal + count) / weightTotal;
    // Where no target has a sample, as with answers that are not streamed, all are known as well as can be.
    const isAnyKnown = fastestKnownMs < Infinity;
    this.#leastSamples = isAnyKnown ? 1 : 0;
    this.#fastestMs = Math.max(LEAST_MS, isAnyKnown ? fastestKnownMs : fastestMs);
    this.#unknownRatio = isAnyKnown ? unknown / weightTotal : 0;
  }

  #leastKnown(members: Members, view: View): number {
    const { slots, weights, count } = members;
    const { inFlight, trace } = view;
    const { samples, failureRatio } = view.estimates;
    const times = this.#timesMs;
    const fastestMs = this.#fastestMs;
    const leastSamples = this.#leastSamples;
    const meanLoad = this.#meanLoad;
    const band = this.#band;
    const perFastest = 1 / fastestMs;
    let best = -1;
    let leastCost = Infinity;
    let leastMs = Infinity;
    for (let index = 0; index < count; index++) {
      const slot = slots[index]!;
      if (samples[slot]! < leastSamples) continue;
      const timeMs = times[index]!;
      const load = (inFlight[slot]! + 1) / weights[index]!;
      const cost =
        load * slowness(timeMs * perFastest, band) + failureCost(failureRatio[slot]!, meanLoad);
      if (trace !== undefined && view.admits(slot)) trace.score(slot, (cost * fastestMs) / 1000);
      if (cost > leastCost) continue;
      const variedMs = timeMs * (1 + EQUAL_RATIO * this.#random.float());
      if (cost === leastCost && variedMs >= leastMs) continue;
      if (!view.admits(slot)) continue;
      best = slot;
      leastCost = cost;
      leastMs = variedMs;
    }
    return best;
  }

  /** The best of the targets still to be known that have at most `limit` in flight per weight, or -1. */
  #leastUnknown(members: Members, view: View, limit: number): number {
    const { slots, weights, count } = members;
    const { inFlight } = view;
    const { samples, failureRatio } = view.estimates;
    const meanLoad = this.#meanLoad;
    let best = -1;
    let leastCost = Infinity;
    let leastChance = Infinity;
    for (let index = 0; index < count; index++) {
      const slot = slots[index]!;
      if (samples[slot]! >= KNOWN_SAMPLES) continue;
      const load = inFlight[slot]! / weights[index]!;
      if (load > limit) continue;
      const cost = load + failureCost(failureRatio[slot]!, meanLoad);
      if (cost > leastCost) continue;
      const chance = this.#random.float();
      if (cost === leastCost && chance >= leastChance) continue;
      if (!view.admits(slot)) continue;
      best = slot;
      leastCost = cost;
      leastChance = chance;
    }
    if (best >= 0) view.trace?.step('a target still to be known');
    return best;
  }
}

function failureCost(failureRatio: number, meanLoad: number): number {
  if (failureRatio === 0) return 0;
  const ratio = Math.min(failureRatio, MOST_FAILURE);
  return (ratio / (1 - ratio)) * meanLoad;
}
