import type {
  Clock,
  QuotaLimits,
  RateLimitDimension,
  RateLimitFact,
  Target,
  Usage,
} from '@plimsoll/core';

import { Facts, windowOf } from './facts.ts';
import { Learner } from './learner.ts';
import {
  DAY_MS,
  DIMENSIONS,
  INPUT_TOKENS,
  type MeterSpec,
  meterSpecs,
  MINUTE_MS,
  openSpec,
  OUTPUT_TOKENS,
  PRODUCED,
  REQUESTS,
  RESERVED,
  TOKENS,
} from './meter-spec.ts';
import { Meters, NO_LIMIT } from './meters.ts';
import { OutputEstimates } from './output-estimates.ts';
import type { PeriodUse } from './period-use.ts';
import { Reservations } from './reservations.ts';
import { QuotaScope } from './scope.ts';

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

/** A meter that counts a slot's requests, and whose it is. */
interface Listed {
  readonly scope: 'target' | 'group';
  readonly meter: number;
}

const NO_METERS = new Int32Array(0);

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
  readonly #meters: Meters;
  readonly #learner: Learner;
  readonly #facts: Facts;
  readonly #outputs = new OutputEstimates();
  readonly #reservations = new Reservations();
  /** By slot: reservations that are not settled. */
  readonly #underWay: number[] = [];
  /** By slot: the meters that count its requests, those that can refuse one first. */
  readonly #counted: Int32Array[] = [];
  /** By slot: the same, each with whose it is. */
  readonly #listed: (readonly Listed[])[] = [];
  /** By slot: how many of them can refuse. */
  readonly #gates: number[] = [];
  /** By slot: whether one of them has a learned limit. */
  readonly #isLearned: boolean[] = [];
  /** By slot: whether one of them counts the tokens of answers as they come. */
  readonly #isProduced: boolean[] = [];
  readonly #targets: (Target | undefined)[] = [];
  readonly #own: (QuotaScope | undefined)[] = [];
  readonly #families: (QuotaScope | undefined)[] = [];
  readonly #familyByName = new Map<string, QuotaScope>();
  readonly #groupLimits = new Map<string, QuotaLimits>();
  /** What a store said of counts, by key: for targets that come later. */
  readonly #stored = new Map<string, PeriodUse>();
  /** Use of meters that are gone, not yet handed to a store. */
  readonly #leftDeltas: PeriodUse[] = [];

  constructor(clock: Clock) {
    this.#meters = new Meters(clock);
    this.#learner = new Learner(this.#meters);
    this.#facts = new Facts(this.#meters);
  }

  /**
   * Gives `slot` to `target`; a target that is assigned again to its slot keeps what was counted and gets its new limits.
   *
   * @throws PlimsollError ERR_PLIMSOLL_OPTION on a limit that is not accepted.
   */
  assign(slot: number, target: Target, nowMs: number): void {
    const where = `targets.${target.id}.limits`;
    const specs = meterSpecs(where, target.limits ?? {});
    const before = this.#targets[slot];
    const isSame = before?.id === target.id;
    if (before !== undefined && !isSame) this.free(slot);
    const own = (isSame && this.#own[slot]) || new QuotaScope('target', [target.id]);
    own.slots.add(slot);
    this.#fit(own, specs, nowMs);
    const family = this.#family(target, nowMs);
    if (this.#families[slot] !== family) {
      this.#leave(slot, this.#families[slot]);
      family.slots.add(slot);
    }
    if (!isSame) {
      this.#outputs.reset(slot);
      this.#underWay[slot] = 0;
    }
    this.#targets[slot] = target;
    this.#own[slot] = own;
    this.#families[slot] = family;
    this.#list(slot, nowMs);
  }

  /** The slot has no target any more. */
  free(slot: number): void {
    this.#leave(slot, this.#own[slot]);
    this.#leave(slot, this.#families[slot]);
    this.#targets[slot] = undefined;
    this.#own[slot] = undefined;
    this.#families[slot] = undefined;
    this.#counted[slot] = NO_METERS;
    this.#listed[slot] = [];
    this.#gates[slot] = 0;
    this.#isLearned[slot] = false;
    this.#isProduced[slot] = false;
  }

  /**
   * Sets the limits of a quota group, for targets that are there and that come later; undefined takes them away.
   *
   * @throws PlimsollError ERR_PLIMSOLL_OPTION on a limit that is not accepted.
   */
  setGroupLimits(group: string, limits: QuotaLimits | undefined, nowMs: number): void {
    const specs = meterSpecs(`quotaGroups.${group}`, limits ?? {});
    if (limits === undefined) this.#groupLimits.delete(group);
    else this.#groupLimits.set(group, limits);
    for (const family of this.#familyByName.values()) {
      if (family.name[0] !== group) continue;
      this.#fit(family, specs, nowMs);
      for (const slot of family.slots) this.#list(slot, nowMs);
    }
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
    for (const { scope, meter } of this.#listed[slot]!) {
      const { dimension, windowMs, accounting } = this.#meters.spec(meter);
      const needed = amountOf(dimension, input, accounting === PRODUCED ? expected : most);
      const limit = this.#meters.whole[meter]!;
      if (needed <= limit) continue;
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
    this.#own[slot]!.demand++;
    this.#families[slot]!.demand++;
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
      for (const { meter } of this.#listed[slot]!) {
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
      const family = this.#families[slot]!;
      const spec = openSpec(dimension, windowMs);
      const meter = meters.add(spec, nowMs);
      family.meters.set(spec.key, meter);
      this.#facts.apply(meter, fact, wasRefused, nowMs);
      isNew = true;
    }
    if (isNew) this.#relist(slot, nowMs);
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
    const watched = this.#listed[slot]!.map(({ meter }) => meter).filter(
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
    this.#relist(slot, nowMs);
  }

  /** The provider asks that the use of `slot` grow more slowly. */
  onRamp(slot: number, nowMs: number): void {
    for (const { meter } of this.#listed[slot]!) {
      const { windowMs, isSlice } = this.#meters.spec(meter);
      if (windowMs === MINUTE_MS && !isSlice) this.#learner.onRamp(meter, nowMs);
    }
    this.#relist(slot, nowMs);
  }

  /** The scopes whose limits processes have to share, as they have a limit by the second or minute. */
  *sharedScopes(): Iterable<QuotaScope> {
    const seen = new Set<QuotaScope>();
    for (const slots of [this.#own, this.#families]) {
      for (const scope of slots) {
        if (scope === undefined || seen.has(scope)) continue;
        seen.add(scope);
        if (this.#isLimited(scope)) yield scope;
      }
    }
  }

  /** Changes the part of a scope's limits that is this process's, 0 to 1. */
  setShare(key: string, share: number): void {
    for (const scope of this.sharedScopes()) {
      if (scope.key !== key) continue;
      scope.share = share;
      for (const meter of scope.meters.values()) this.#meters.setShare(meter, share);
    }
  }

  #isLimited(scope: QuotaScope): boolean {
    for (const meter of scope.meters.values()) {
      const { calendar } = this.#meters.spec(meter);
      if (calendar === undefined && this.#meters.whole[meter] !== NO_LIMIT) return true;
    }
    return false;
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
    for (const { scope, meter } of this.#listed[slot]!) {
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
    return this.#periods(nowMs).map(({ key, meter }) => ({
      key,
      period: this.#meters.period(meter)!.label,
      used: this.#meters.used[meter]!,
    }));
  }

  /** Own use since the last call, for a store that adds up several processes. */
  snapshotDeltas(nowMs: number): PeriodUse[] {
    const deltas = this.#leftDeltas.splice(0);
    for (const { key, meter } of this.#periods(nowMs)) {
      const period = this.#meters.period(meter)!;
      const used = period.takeDelta();
      if (used !== 0) deltas.push({ key, period: period.label, used });
    }
    return deltas;
  }

  /**
   * Takes over totals from a store: at start what `exportState` had saved; at any time what the store made of everyone's
   * `snapshotDeltas`. What was used here since the last `snapshotDeltas` is added. Also for targets that come later.
   */
  importState(uses: readonly PeriodUse[], nowMs: number): void {
    for (const use of uses) this.#stored.set(use.key, use);
    for (const { key, meter } of this.#periods(nowMs)) this.#recall(key, meter);
  }

  #family(target: Target, nowMs: number): QuotaScope {
    const name = [target.quotaGroup, target.model ?? ''];
    const key = JSON.stringify(name);
    const known = this.#familyByName.get(key);
    if (known !== undefined) return known;
    const family = new QuotaScope('group', name);
    this.#familyByName.set(key, family);
    const limits = this.#groupLimits.get(target.quotaGroup) ?? {};
    this.#fit(family, meterSpecs(`quotaGroups.${target.quotaGroup}`, limits), nowMs);
    return family;
  }

  /** Gives `scope` the meters of `specs`; those it has already keep their counts. */
  #fit(scope: QuotaScope, specs: readonly MeterSpec[], nowMs: number): void {
    const wanted = new Map(specs.map((spec) => [spec.key, spec]));
    if (scope.kind === 'group') {
      for (const dimension of [REQUESTS, TOKENS]) {
        const spec = openSpec(dimension, MINUTE_MS);
        if (!specs.some((other) => limits(other, dimension))) wanted.set(spec.key, spec);
      }
    }
    for (const [key, meter] of scope.meters) {
      const spec = wanted.get(key);
      const isKept = spec !== undefined && hasSameShape(spec, this.#meters.spec(meter));
      if (isKept) this.#meters.respec(meter, spec);
      else this.#remove(scope, key, meter);
    }
    for (const spec of wanted.values()) {
      if (scope.meters.has(spec.key)) continue;
      const meter = this.#meters.add(spec, nowMs);
      scope.meters.set(spec.key, meter);
      this.#meters.setShare(meter, scope.share);
      if (spec.calendar !== undefined) this.#recall(scope.storeKey(spec.key), meter);
    }
  }

  #remove(scope: QuotaScope, key: string, meter: number): void {
    const period = this.#meters.period(meter);
    if (period !== undefined) {
      const { label, used } = period;
      const storeKey = scope.storeKey(key);
      this.#leftDeltas.push({ key: storeKey, period: label, used: period.takeDelta() });
      this.#stored.set(storeKey, { key: storeKey, period: label, used });
    }
    scope.meters.delete(key);
    this.#learner.forget(meter);
    this.#facts.forget(meter);
    this.#meters.remove(meter);
  }

  #leave(slot: number, scope: QuotaScope | undefined): void {
    if (scope === undefined) return;
    scope.slots.delete(slot);
    if (scope.slots.size > 0) return;
    for (const [key, meter] of scope.meters) this.#remove(scope, key, meter);
    if (scope.kind === 'group') this.#familyByName.delete(JSON.stringify(scope.name));
  }

  /** Writes down which meters count requests to `slot`, those first that can refuse. */
  #list(slot: number, nowMs: number): void {
    const own = [...this.#own[slot]!.meters.values()];
    const ownSpecs = own.map((meter) => this.#meters.spec(meter));
    const family = [...this.#families[slot]!.meters.values()].filter((meter) => {
      // What the target limits itself need not be learned.
      const { limit, dimension } = this.#meters.spec(meter);
      return limit < Infinity || !ownSpecs.some((spec) => limits(spec, dimension));
    });
    const all: Listed[] = [
      ...own.map((meter): Listed => ({ scope: 'target', meter })),
      ...family.map((meter): Listed => ({ scope: 'group', meter })),
    ];
    const gates = all.filter(({ meter }) => isGate(this.#meters, meter, nowMs));
    const listed = [...gates, ...all.filter((one) => !gates.includes(one))];
    this.#listed[slot] = listed;
    this.#counted[slot] = Int32Array.from(listed, ({ meter }) => meter);
    this.#gates[slot] = gates.length;
    this.#isProduced[slot] = listed.some(
      ({ meter }) => this.#meters.accounting[meter] === PRODUCED,
    );
    this.#isLearned[slot] = listed.some(({ meter }) => this.#meters.learned[meter]! < Infinity);
  }

  #relist(slot: number, nowMs: number): void {
    for (const other of this.#families[slot]!.slots) this.#list(other, nowMs);
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

  /** The meters that follow a calendar, up to date, with their keys in a store. */
  #periods(nowMs: number): { key: string; meter: number }[] {
    const scopes = new Set<QuotaScope>(this.#familyByName.values());
    for (const own of this.#own) if (own !== undefined) scopes.add(own);
    const found: { key: string; meter: number }[] = [];
    for (const scope of scopes) {
      for (const [key, meter] of scope.meters) {
        if (this.#meters.period(meter) === undefined) continue;
        this.#meters.refresh(meter, nowMs);
        found.push({ key: scope.storeKey(key), meter });
      }
    }
    return found;
  }

  #recall(key: string, meter: number): void {
    const stored = this.#stored.get(key);
    if (stored !== undefined) this.#meters.takeTotal(meter, stored.period, stored.used);
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

function isGate(meters: Meters, meter: number, nowMs: number): boolean {
  return meters.limit[meter] !== NO_LIMIT || meters.foreignUntilMs[meter]! > nowMs;
}

/** Whether `spec` limits the rate of requests, or that of tokens of any kind. */
function limits(spec: MeterSpec, dimension: number): boolean {
  if (spec.limit === Infinity || spec.windowMs > MINUTE_MS) return false;
  return dimension === REQUESTS ? spec.dimension === REQUESTS : spec.dimension !== REQUESTS;
}

/** Whether a meter made for one spec can go on under the other. */
function hasSameShape(one: MeterSpec, other: MeterSpec): boolean {
  return (
    one.guardMs === other.guardMs &&
    one.calendar?.timeZone === other.calendar?.timeZone &&
    (one.limit === Infinity) === (other.limit === Infinity)
  );
}
