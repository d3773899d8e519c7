import type {
  Clock,
  QuotaLimits,
  RateLimitDimension,
  RateLimitFact,
  Target,
  Usage,
  PeriodUse,
} from '@plimsoll/core';

import { Facts, windowOf } from './facts.ts';
import { Learner } from './learner.ts';
import {
  DAY_MS,
  DIMENSIONS,
  INPUT_TOKENS,
  MINUTE_MS,
  OUTPUT_TOKENS,
  PRODUCED,
  REQUESTS,
  RESERVED,
  TOKENS,
} from './meter-spec.ts';
import { Meters, NO_LIMIT } from './meters.ts';
import { OutputEstimates } from './output-estimates.ts';
import { PeriodLedger } from './period-ledger.ts';
import { Reservations } from './reservations.ts';
import { SharedScopes } from './shared-scopes.ts';
import { isGate, SlotMeters } from './slot-meters.ts';

/** How one limit of a target stands. */
export interface Headroom {
  /** Whose limit it is: the target's own, or its quota group's. */
  readonly scope: 'target' | 'group';
  readonly dimension: RateLimitDimension;
  readonly windowMs: number;
  readonly limit: number;
  /** What is used of it, reservations and others' known use included; may be more than the limit. */
  readonly used: number;
  /** The part that is left, 0 to 1. */
  readonly leftRatio: number;
  /** When all of it will be free again if nothing more is used. */
  readonly resetAtMs: number;
}

/** A request that a limit can never admit. */
export interface Oversize {
  readonly scope: 'target' | 'group';
  readonly dimension: RateLimitDimension;
  readonly windowMs: number;
  readonly limit: number;
  readonly needed: number;
}

/**
 * The limits of all targets of a fleet. A request asks `admits` of the targets it might go to, reserves what it may use
 * on the one it goes to, and settles that with what it really used when it ends.
 *
 * Limits stand at targets and at quota groups; those of a group hold for each model by itself, and are counted once for
 * all targets that share it. Where requests or tokens per minute are not limited they are counted nevertheless, so that
 * a limit can be learned when the provider refuses.
 *
 * Cost: nothing is allocated by `admits`, `reserve` and `settle`.
 */
export class QuotaBook {
  /** The limits as several processes share them. */
  readonly shared: SharedScopes;
  readonly #meters: Meters;
  readonly #learner: Learner;
  readonly #facts: Facts;
  readonly #outputs = new OutputEstimates();
  readonly #reservations = new Reservations();
  /** By slot: reservations that are not settled. */
  readonly #underWay: number[] = [];
  readonly #slots: SlotMeters;
  readonly #ledger: PeriodLedger;
  // The lists of `#slots` that every request reads.
  readonly #counted: readonly Int32Array[];
  readonly #gates: readonly number[];
  readonly #isLearned: readonly boolean[];
  readonly #isProduced: readonly boolean[];

  constructor(clock: Clock) {
    const meters = new Meters(clock);
    const learner = new Learner(meters);
    const facts = new Facts(meters);
    const ledger = new PeriodLedger(meters);
    const slots = new SlotMeters(meters, ledger, (meter) => {
      learner.forget(meter);
      facts.forget(meter);
    });
    this.#meters = meters;
    this.#learner = learner;
    this.#facts = facts;
    this.#ledger = ledger;
    this.#slots = slots;
    this.shared = new SharedScopes(meters, slots);
    this.#counted = slots.counted;
    this.#gates = slots.gates;
    this.#isLearned = slots.isLearned;
    this.#isProduced = slots.isProduced;
  }

  /**
   * Gives `slot` to `target`; a target that is assigned again to its slot keeps what was counted and gets its new limits.
   *
   * @throws PlimsollError ERR_PLIMSOLL_OPTION on a limit that is not accepted.
   */
  assign(slot: number, target: Target, nowMs: number): void {
    if (!this.#slots.assign(slot, target, nowMs)) return;
    this.#outputs.reset(slot);
    this.#underWay[slot] = 0;
  }

  /** The slot has no target any more. */
  free(slot: number): void {
    this.#slots.free(slot);
  }

  /**
   * Sets the limits of a quota group, for targets that are there and that come later; undefined takes them away.
   *
   * @throws PlimsollError ERR_PLIMSOLL_OPTION on a limit that is not accepted.
   */
  setGroupLimits(group: string, limits: QuotaLimits | undefined, nowMs: number): void {
    this.#slots.setGroupLimits(group, limits, nowMs);
  }

  /**
   * Whether a request may go to `slot` now.
   *
   * @param mostTokens - the most its answer may have; Infinity if it states none.
   * @param leavesBurst - whether it goes by the pace alone, and leaves what may go at once to more urgent requests.
   */
  admits(
    slot: number,
    inputTokens: number,
    mostTokens: number,
    nowMs: number,
    leavesBurst = false,
  ): boolean {
    const gates = this.#gates[slot]!;
    if (gates === 0) return true;
    const meters = this.#meters;
    const counted = this.#counted[slot]!;
    const input = whole(inputTokens);
    const expected = this.#expected(slot, mostTokens);
    const most = mostOf(mostTokens, expected);
    for (let index = 0; index < gates; index++) {
      const meter = counted[index]!;
      const output = meters.accounting[meter] === PRODUCED ? expected : most;
      const amount = amountOf(meters.dimension[meter]!, input, output);
      if (!meters.admits(meter, amount, nowMs, leavesBurst)) return false;
    }
    return true;
  }

  /** Whether what keeps a request from `slot` are limits that were learned, and none that was stated. */
  isHeldByLearned(slot: number, inputTokens: number, mostTokens: number, nowMs: number): boolean {
    const meters = this.#meters;
    const input = whole(inputTokens);
    const expected = this.#expected(slot, mostTokens);
    const most = mostOf(mostTokens, expected);
    const counted = this.#counted[slot]!;
    for (let index = 0; index < this.#gates[slot]!; index++) {
      const meter = counted[index]!;
      if (meters.isLearned(meter)) continue;
      const output = meters.accounting[meter] === PRODUCED ? expected : most;
      const amount = amountOf(meters.dimension[meter]!, input, output);
      if (!meters.admits(meter, amount, nowMs, false)) return false;
    }
    return true;
  }

  /**
   * The earliest moment at which a request may go to `slot`, if no other goes there and nothing is settled until then:
   * `nowMs` if it may now, Infinity if it is too large for a limit.
   */
  retryAtMs(
    slot: number,
    inputTokens: number,
    mostTokens: number,
    nowMs: number,
    leavesBurst = false,
  ): number {
    const meters = this.#meters;
    const counted = this.#counted[slot]!;
    const input = whole(inputTokens);
    const expected = this.#expected(slot, mostTokens);
    const most = mostOf(mostTokens, expected);
    let latestMs = nowMs;
    for (let index = 0; index < this.#gates[slot]!; index++) {
      const meter = counted[index]!;
      const output = meters.accounting[meter] === PRODUCED ? expected : most;
      const amount = amountOf(meters.dimension[meter]!, input, output);
      latestMs = Math.max(latestMs, meters.retryAtMs(meter, amount, nowMs, leavesBurst));
    }
    return latestMs;
  }

  /** The limit that a request can never pass, as it is larger than it; undefined if there is none. */
  oversize(slot: number, inputTokens: number, mostTokens: number): Oversize | undefined {
    const input = whole(inputTokens);
    const expected = this.#expected(slot, mostTokens);
    const most = mostOf(mostTokens, expected);
    for (const { scope, meter } of this.#slots.listed[slot]!) {
      const { dimension, windowMs, accounting } = this.#meters.spec(meter);
      const needed = amountOf(dimension, input, accounting === PRODUCED ? expected : most);
      const limit = this.#meters.whole[meter]!;
      // A learned limit is an estimate: it makes wait, but it does not make impossible.
      if (needed <= limit || this.#meters.isLearned(meter)) continue;
      return { scope, dimension: DIMENSIONS[dimension]!, windowMs, limit, needed };
    }
    return undefined;
  }

  /** Reserves what a request may use that goes to `slot` now, admitted or not. @returns a handle for `settle`. */
  reserve(slot: number, inputTokens: number, mostTokens: number, nowMs: number): number {
    const meters = this.#meters;
    const counted = this.#counted[slot]!;
    const input = whole(inputTokens);
    const expected = this.#expected(slot, mostTokens);
    const most = mostOf(mostTokens, expected);
    for (let index = 0; index < counted.length; index++) {
      const meter = counted[index]!;
      const output = meters.accounting[meter] === PRODUCED ? expected : most;
      meters.take(meter, amountOf(meters.dimension[meter]!, input, output), nowMs);
    }
    this.want(slot, 1);
    this.#underWay[slot]!++;
    return this.#reservations.open(slot, input, expected, most, nowMs);
  }

  /**
   * Ends a reservation; a handle that was ended already does nothing.
   *
   * @param usage - what was used; undefined if that is not known: then the reservation stands.
   * @param isRefunded - the request surely never reached the provider: nothing was used.
   */
  settle(handle: number, usage: Usage | undefined, isRefunded: boolean, nowMs: number): void {
    const place = this.#close(handle);
    if (place === -1) return;
    const slot = this.#reservations.slot[place]!;
    if (isRefunded) {
      this.#correct(place, 0, 0, true, nowMs);
    } else if (usage !== undefined) {
      const output = whole(usage.outputTokens);
      this.#outputs.observe(slot, output);
      this.#correct(place, whole(usage.inputTokens), output, false, nowMs);
    }
    if (this.#isLearned[slot]!) this.#grow(slot, nowMs);
  }

  /**
   * Takes over what an answer from `slot` said of its limits.
   *
   * @param wasRefused - whether the answer was a refusal (429).
   */
  reconcile(
    slot: number,
    facts: readonly RateLimitFact[],
    wasRefused: boolean,
    nowMs: number,
  ): void {
    const meters = this.#meters;
    let isNew = false;
    for (const fact of facts) {
      const dimension = DIMENSIONS.indexOf(fact.dimension);
      const windowMs = windowOf(fact);
      let isKnown = false;
      for (const { meter } of this.#slots.listed[slot]!) {
        const spec = meters.spec(meter);
        if (spec.dimension !== dimension || spec.windowMs !== windowMs) continue;
        isKnown = true;
        const wasGate = isGate(meters, meter, nowMs);
        this.#facts.apply(meter, fact, wasRefused, nowMs);
        isNew ||= isGate(meters, meter, nowMs) !== wasGate;
      }
      if (isKnown || !(windowMs >= 1000 && windowMs <= DAY_MS) || !((fact.limit ?? 0) >= 1)) {
        continue;
      }
      const meter = this.#slots.addStated(slot, dimension, windowMs, nowMs);
      this.#facts.apply(meter, fact, wasRefused, nowMs);
      isNew = true;
    }
    if (isNew) this.#slots.relist(slot, nowMs);
  }

  /**
   * Ends a reservation that the provider refused as too much in too short a time; what was reserved stands, as many
   * providers count refused requests too. Where nobody stated the limit it is learned.
   *
   * @param retryAfterMs - the wait that the provider stated, if it did.
   * @param exhausted - what was used up, if the provider said so. @defaultValue `requests`
   */
  onThrottled(
    handle: number,
    retryAfterMs: number | undefined,
    exhausted: RateLimitDimension | undefined,
    nowMs: number,
  ): void {
    const place = this.#close(handle);
    if (place === -1) return;
    const reservations = this.#reservations;
    const slot = reservations.slot[place]!;
    const watched = this.#slots.listed[slot]!.map(({ meter }) => meter).filter(
      (meter) => this.#meters.spec(meter).limit === Infinity,
    );
    const wanted = exhausted === undefined ? REQUESTS : DIMENSIONS.indexOf(exhausted);
    // Where the limit that was hit is configured, it is not the unknown one; tokens may be.
    const meter =
      watched.find((meter) => this.#isMinuteOf(meter, wanted)) ??
      watched.find((meter) => this.#isMinuteOf(meter, TOKENS));
    if (meter === undefined) return;
    const amount = amountOf(
      this.#meters.dimension[meter]!,
      reservations.inputTokens[place]!,
      reservations.mostTokens[place]!,
    );
    this.#meters.correct(meter, -amount, reservations.atMs, place, nowMs);
    this.#learner.onThrottled(meter, amount, reservations.atMs[place]!, retryAfterMs, nowMs);
    this.#slots.relist(slot, nowMs);
  }

  /** The provider asks that the use of `slot` grow more slowly. */
  onRamp(slot: number, nowMs: number): void {
    for (const { meter } of this.#slots.listed[slot]!) {
      const { windowMs, isSlice } = this.#meters.spec(meter);
      if (windowMs === MINUTE_MS && !isSlice) this.#learner.onRamp(meter, nowMs);
    }
    this.#slots.relist(slot, nowMs);
  }

  /** So many requests went to `slot`, or would have gone there. */
  want(slot: number, requests: number): void {
    this.#slots.own[slot]!.demand += requests;
    this.#slots.families[slot]!.demand += requests;
  }

  /** The part that is left of the tightest limit of `slot`, 0 to 1; 1 where it has none. */
  leftRatio(slot: number, nowMs: number): number {
    const meters = this.#meters;
    const counted = this.#counted[slot]!;
    let left = 1;
    for (let index = 0; index < this.#gates[slot]!; index++) {
      const meter = counted[index]!;
      meters.refresh(meter, nowMs);
      left = Math.min(left, 1 - meters.used[meter]! / meters.limit[meter]!);
    }
    return Math.max(0, left);
  }

  /** How the limits of `slot` stand. */
  headroom(slot: number, nowMs: number): Headroom[] {
    const meters = this.#meters;
    const rooms: Headroom[] = [];
    for (const { scope, meter } of this.#slots.listed[slot]!) {
      meters.refresh(meter, nowMs);
      const { dimension, windowMs, isSlice } = meters.spec(meter);
      const limit = meters.limit[meter]!;
      if (isSlice || limit === NO_LIMIT) continue;
      const foreign = meters.foreignUntilMs[meter]! > nowMs ? meters.foreign[meter]! : 0;
      const used = meters.used[meter]! + foreign;
      rooms.push({
        scope,
        dimension: DIMENSIONS[dimension]!,
        windowMs,
        limit,
        used,
        leftRatio: Math.max(0, 1 - used / limit),
        resetAtMs: meters.resetAtMs(meter, nowMs),
      });
    }
    return rooms;
  }

  /** The counts of days, as a store keeps them over a restart. */
  exportState(nowMs: number): PeriodUse[] {
    return this.#ledger.totals(this.#slots.scopes(), nowMs);
  }

  /** Own use since the last call, for a store that adds up several processes. */
  snapshotDeltas(nowMs: number): PeriodUse[] {
    return this.#ledger.takeDeltas(this.#slots.scopes(), nowMs);
  }

  /**
   * Takes over totals from a store: at start what `exportState` had saved; at any time what the store made of everyone's
   * `snapshotDeltas`. What was used here since the last `snapshotDeltas` is added. Also for targets that come later.
   */
  importState(uses: readonly PeriodUse[], nowMs: number): void {
    this.#ledger.takeTotals(uses, this.#slots.scopes(), nowMs);
  }

  #isMinuteOf(meter: number, dimension: number): boolean {
    const spec = this.#meters.spec(meter);
    return spec.dimension === dimension && spec.windowMs === MINUTE_MS;
  }

  #expected(slot: number, mostTokens: number): number {
    if (!this.#isProduced[slot]! && mostTokens !== Infinity) return whole(mostTokens);
    return this.#outputs.expected(slot, mostTokens, this.#underWay[slot]!);
  }

  /** Closes the reservation of `handle`; its place, or -1 if it was closed before. */
  #close(handle: number): number {
    const place = this.#reservations.place(handle);
    if (place === -1) return -1;
    this.#reservations.close(place);
    this.#underWay[this.#reservations.slot[place]!]!--;
    return place;
  }

  /** Puts what was used in the place of what was reserved: of nothing that stands anyway, unless it is refunded. */
  #correct(
    place: number,
    usedInput: number,
    usedOutput: number,
    isRefunded: boolean,
    nowMs: number,
  ): void {
    const meters = this.#meters;
    const reservations = this.#reservations;
    const input = usedInput - reservations.inputTokens[place]!;
    const beyondMost = usedOutput - reservations.mostTokens[place]!;
    const counted = this.#counted[reservations.slot[place]!]!;
    for (let index = 0; index < counted.length; index++) {
      const meter = counted[index]!;
      const accounting = meters.accounting[meter]!;
      if (accounting === RESERVED && !isRefunded) continue;
      const dimension = meters.dimension[meter]!;
      const requests = isRefunded ? -1 : 0;
      const isProduced =
        accounting === PRODUCED && (dimension === TOKENS || dimension === OUTPUT_TOKENS);
      const output = isProduced ? -reservations.expectedTokens[place]! : beyondMost;
      const delta = dimension === REQUESTS ? requests : amountOf(dimension, input, output);
      if (delta !== 0) meters.correct(meter, delta, reservations.atMs, place, nowMs);
      // What was produced over time counts from its end on: only then has the provider counted all of it.
      if (isProduced && usedOutput > 0) meters.take(meter, usedOutput, nowMs);
    }
  }

  #grow(slot: number, nowMs: number): void {
    for (const meter of this.#counted[slot]!) this.#learner.grow(meter, nowMs);
  }
}

function amountOf(dimension: number, input: number, output: number): number {
  if (dimension === REQUESTS) return 1;
  if (dimension === TOKENS) return input + output;
  return dimension === INPUT_TOKENS ? input : output;
}

/** The most tokens that an answer may have; what is expected where no most is stated. */
function mostOf(mostTokens: number, expected: number): number {
  return mostTokens === Infinity ? expected : whole(mostTokens);
}

/** A whole amount; what cannot be an amount counts as none, so that no sum is spoiled by it. */
function whole(amount: number): number {
  return amount > 0 && amount < NO_LIMIT ? Math.ceil(amount) : 0;
}
