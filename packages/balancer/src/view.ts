import type { RequestTraits, Spending, Trace, View } from '@plimsoll/core';

import type { Reason } from './decision.ts';
import type { EstimateState } from './estimates.ts';
import type { FleetState } from './fleet.ts';
import {
  type HotState,
  NEEDS_IMAGES,
  NEEDS_TOOLS,
  TRIAL_DUE,
  TRIAL_UNDER_WAY,
} from './hot-state.ts';
import { type Narrowing, NO_NARROWING } from './narrowing.ts';
import { accountsOf, canPay, expectedUsd } from './quota/accounts.ts';
import { admissionRatio } from './slow-start.ts';

/**
 * The view of a fleet that strategies pick through. There is one per pool, since picks are synchronous: `open` sets it
 * to a request, and it answers for that request until the next `open`.
 */
export class PickView implements View {
  trace: Trace | undefined = undefined;
  peek = false;
  /** Too few targets are in good health: ejected ones may be used. */
  isPanicking = false;
  /** Slow start is set aside, since nothing else is left. */
  isThinning = true;
  /** What the pool may spend. */
  readonly #poolBudget: Spending | undefined;
  /** The request leaves what may be used of quota at once to more urgent ones. */
  leavesBurst = false;
  /** Whether slow start has left out a target since `open`. */
  hasThinned = false;
  /** Whether the request goes to the home of its key; undefined where the strategy keeps no keys. */
  isAtHome: boolean | undefined = undefined;
  readonly estimates: EstimateState;
  readonly #fleet: FleetState;
  readonly #hot: HotState;
  #request: RequestTraits = {};
  #narrowing: Narrowing = NO_NARROWING;
  #tried: readonly number[] = NO_NARROWING.tried;
  #nowMs = 0;
  #needs = 0;
  #inputTokens = 0;
  #mostTokens = Infinity;
  #tokens = 0;
  #isConstrained = false;
  /** Whether the pool or the caller has an account for the request. */
  #isCharged = false;
  /** Drawn at the first thinning of a pick, so that its answers agree with one another. */
  #draw = -1;

  constructor(fleet: FleetState, poolBudget: Spending | undefined) {
    this.#fleet = fleet;
    this.#poolBudget = poolBudget;
    this.#hot = fleet.hot;
    this.estimates = fleet.estimates;
  }

  get inFlight(): Int32Array {
    return this.#hot.inFlight;
  }

  get weights(): Float64Array {
    return this.#hot.weights;
  }

  open(request: RequestTraits, narrowing: Narrowing, nowMs: number): void {
    this.#request = request;
    this.#narrowing = narrowing;
    this.#tried = narrowing.tried;
    this.#nowMs = nowMs;
    this.#inputTokens = request.inputTokens ?? 0;
    this.#mostTokens = request.maxOutputTokens ?? Infinity;
    this.#tokens = Math.max(this.#inputTokens, narrowing.minContextWindow);
    this.#needs = (request.tools ? NEEDS_TOOLS : 0) | (request.images ? NEEDS_IMAGES : 0);
    this.#isConstrained =
      request.residency !== undefined ||
      request.tags !== undefined ||
      request.pin !== undefined ||
      narrowing.excludedProvider !== undefined ||
      narrowing.onlyModel !== undefined ||
      narrowing.mustResume;
    this.#isCharged = this.#poolBudget !== undefined || request.spending !== undefined;
    this.isThinning = true;
    this.hasThinned = false;
    this.isAtHome = undefined;
    this.#draw = -1;
  }

  noteAffinity(isHome: boolean): void {
    this.isAtHome = isHome;
  }

  admits(slot: number): boolean {
    const hot = this.#hot;
    return (
      hot.blocked[slot] === 0 &&
      hot.inFlight[slot]! < hot.concurrency[slot]! &&
      hot.coolUntilMs[slot]! <= this.#nowMs &&
      hot.trial[slot] !== TRIAL_UNDER_WAY &&
      hot.contextWindow[slot]! >= this.#tokens &&
      (hot.lacks[slot]! & this.#needs) === 0 &&
      (this.#hasQuota(slot) || this.#mayTry(slot)) &&
      this.#isPaidFor(slot) &&
      this.#isTrusted(slot) &&
      (this.#tried.length === 0 || !this.#tried.includes(slot)) &&
      (!this.#isConstrained || this.#constraint(slot) === undefined) &&
      (hot.fullAtMs[slot]! <= this.#nowMs || !this.isThinning || !this.#isThinned(slot))
    );
  }

  isHealthy(slot: number): boolean {
    const member = this.#fleet.members[slot];
    return (
      member !== undefined &&
      this.#hot.coolUntilMs[slot]! <= this.#nowMs &&
      member.health.isHealthy(slot, this.#nowMs)
    );
  }

  quotaLeft(slot: number): number {
    return this.#fleet.quota.leftRatio(slot, this.#nowMs);
  }

  /** Why `slot` is not admitted, or that it is: the first reason in the order of `REASONS`. */
  reason(slot: number): Reason {
    const hot = this.#hot;
    if (hot.blocked[slot] === 1) return 'draining';
    const constraint = this.#isConstrained ? this.#constraint(slot) : undefined;
    if (constraint !== undefined) return constraint;
    if (hot.contextWindow[slot]! < this.#tokens) return 'context_window';
    if ((hot.lacks[slot]! & this.#needs) !== 0) return 'capability';
    if (this.#tried.includes(slot)) return 'tried';
    if (hot.coolUntilMs[slot]! > this.#nowMs || hot.trial[slot] === TRIAL_UNDER_WAY)
      return 'cooling';
    if (!this.#isTrusted(slot)) return 'unhealthy';
    if (hot.inFlight[slot]! >= hot.concurrency[slot]!) return 'concurrency';
    if (!this.#hasQuota(slot) && !this.#mayTry(slot)) return 'quota';
    if (!this.#isPaidFor(slot)) return 'budget';
    if (hot.fullAtMs[slot]! > this.#nowMs && this.isThinning && this.#isThinned(slot)) {
      return 'slow_start';
    }
    return 'admissible';
  }

  /** When `slot` will be free for the request, if it is only waited for: `Infinity` for a reason that waiting cannot mend. */
  freeAtMs(slot: number): number {
    const hot = this.#hot;
    switch (this.reason(slot)) {
      case 'admissible':
      case 'slow_start':
      case 'concurrency':
        return this.#nowMs;
      case 'cooling':
        if (hot.isThrottled[slot] === 0) return Infinity;
        return Math.max(this.#nowMs, hot.coolUntilMs[slot]!);
      case 'budget': {
        const member = this.#fleet.members[slot]!;
        const usd = expectedUsd(member, this.#request);
        const accounts = accountsOf(member, this.#request, this.#poolBudget);
        return Math.max(...accounts.map((account) => account.retryAtMs(usd, this.#nowMs)));
      }
      case 'quota':
        return this.#fleet.quota.retryAtMs(
          slot,
          this.#inputTokens,
          this.#mostTokens,
          this.#nowMs,
          this.leavesBurst,
        );
      default:
        return Infinity;
    }
  }

  /** The limit of `slot` that the request is too large for, in words; undefined if there is none. */
  oversize(slot: number): string | undefined {
    const { quota, members } = this.#fleet;
    const over = quota.oversize(slot, this.#inputTokens, this.#mostTokens);
    if (over === undefined) return undefined;
    const { needed, limit, dimension, windowMs } = over;
    const what = dimension.replace('_', ' ');
    return `it may use ${needed} ${what}, and ${members[slot]!.target.id} allows ${limit} in ${windowMs / 1000} s`;
  }

  #hasQuota(slot: number): boolean {
    return this.#fleet.quota.admits(
      slot,
      this.#inputTokens,
      this.#mostTokens,
      this.#nowMs,
      this.leavesBurst,
    );
  }

  #isPaidFor(slot: number): boolean {
    if (!this.#isCharged && this.#hot.hasBudget[slot] === 0) return true;
    const member = this.#fleet.members[slot]!;
    const usd = expectedUsd(member, this.#request);
    return canPay(member, this.#request, this.#poolBudget, usd, this.#nowMs);
  }

  /**
   * After the wait that a provider asked for one request tries it out, whatever was learned of its limit meanwhile: it
   * has said that it takes one.
   */
  #mayTry(slot: number): boolean {
    const { hot, quota } = this.#fleet;
    return (
      hot.trial[slot] === TRIAL_DUE &&
      hot.isThrottled[slot] === 1 &&
      quota.isHeldByLearned(slot, this.#inputTokens, this.#mostTokens, this.#nowMs)
    );
  }

  #isTrusted(slot: number): boolean {
    const { health } = this.#fleet.members[slot]!;
    return (
      health.admits(slot, this.#nowMs) ||
      (this.isPanicking && health.admitsInPanic(slot, this.#nowMs))
    );
  }

  #isThinned(slot: number): boolean {
    if (this.#draw === -1) this.#draw = this.#fleet.random.below(0x1_0000_0000);
    const sinceMs = this.#nowMs - this.#hot.returnedAtMs[slot]!;
    const ratio = admissionRatio(sinceMs, this.#fleet.members[slot]!.slowStart);
    // One draw for the whole pick, turned by the slot: Knuth's multiplicative hashing spreads neighbours.
    const turned = (this.#draw ^ Math.imul(slot + 1, 0x9e37_79b1)) >>> 0;
    const isThinned = turned >= ratio * 0x1_0000_0000;
    this.hasThinned ||= isThinned;
    return isThinned;
  }

  #constraint(
    slot: number,
  ): 'region' | 'tags' | 'pin' | 'provider' | 'model' | 'resume' | undefined {
    const { target } = this.#fleet.members[slot]!;
    const { residency, tags, pin } = this.#request;
    const { excludedProvider, onlyModel } = this.#narrowing;
    if (pin !== undefined && pin !== target.id) return 'pin';
    if (residency !== undefined) {
      const { region } = target;
      if (region === undefined || !residency.some((place) => lies(region, place))) return 'region';
    }
    if (tags !== undefined && !tags.every((tag) => target.tags.includes(tag))) return 'tags';
    if (excludedProvider !== undefined && target.provider?.name === excludedProvider) {
      return 'provider';
    }
    if (onlyModel !== undefined && target.model !== onlyModel) return 'model';
    if (this.#narrowing.mustResume && target.provider?.resume === undefined) return 'resume';
    return undefined;
  }
}

/** Whether a region lies in a place: `eu-west-1` in `eu-west-1`, and in `eu`. */
function lies(region: string, place: string): boolean {
  return region === place || region.startsWith(`${place}-`);
}
