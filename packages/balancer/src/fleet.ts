import {
  type Clock,
  type Failure,
  type Health,
  type HealthDefinition,
  type Notice,
  type PeriodUse,
  type Scope,
  type Spending,
  type SpendingLimits,
  optionError,
  type SeededRandom,
} from '@plimsoll/core';

import { inWords } from './failure-facts.ts';
import type { TargetChanged } from './events.ts';
import type { FleetOptions, TargetOptions } from './options.ts';
import { EstimateState } from './estimates.ts';
import { coolDownMs, covers, isThrottle, StandingCoolDowns } from './cool-downs.ts';
import { HotState, TRIAL_DUE, TRIAL_NONE } from './hot-state.ts';
import { Member } from './member.ts';
import { admissionRatio, type SlowStartOptions } from './slow-start.ts';
import { Budget } from './quota/budget.ts';
import { type Headroom, QuotaBook } from './quota/quota-book.ts';
import { Sweeper } from './sweeper.ts';
import { systemClock, systemRandom } from './system.ts';
import { checkWeight, resolveTarget } from './target.ts';

/**
 * What all pools of a process share: the targets, by id, with what is in flight on them and what is known of them. Made
 * by `fleet()`; everything it can do is done through the pools.
 */
export interface Fleet {
  readonly clock: Clock;
  /**
   * An account whose spending is kept in the fleet's store, for `spending` of requests; the same one for the same scope.
   *
   * @param scope - the kind of whoever spends and its name: `['client', 'team-a']`.
   * @throws PlimsollError ERR_PLIMSOLL_OPTION on an amount or a time zone that is not accepted.
   */
  openBudget(scope: readonly string[], limits: SpendingLimits): Spending;
  /** How the limits of the target with this id stand; empty when no pool has it. */
  headroom(id: string): readonly Headroom[];
}

/** How a target stands, whoever uses it. */
export type TargetState = 'healthy' | 'open' | 'half_open' | 'cooling' | 'draining';

/** How long others are told that a breaker has closed, in milliseconds. */
const CLOSED_MS = 1000;

/** Makes a fleet, to be given to several pools. */
export function fleet(options: FleetOptions = {}): Fleet {
  return new FleetState(options);
}

/** The state behind a `Fleet`. */
export class FleetState implements Fleet {
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly hot: HotState = new HotState();
  readonly estimates: EstimateState = new EstimateState();
  readonly quota: QuotaBook;
  readonly sweeper: Sweeper;
  /** Members by slot; a slot without one is free. */
  readonly members: (Member | undefined)[] = [];
  /** Queues with requests in them: served whenever something becomes free. */
  readonly waiting: Set<{ serve(nowMs: number): void; wantQuota(): void }> = new Set();
  /** The next call's id. */
  nextCallId = 1;
  readonly #byId = new Map<string, Member>();
  readonly #healths = new Map<HealthDefinition, Health>();
  readonly #standing = new StandingCoolDowns();
  readonly #freeSlots: number[] = [];
  readonly #idleWaiters = new Map<number, (() => void)[]>();
  readonly #noticeListeners = new Set<(notice: Notice) => void>();
  readonly #budgets = new Map<string, Budget>();
  /** The last totals of a store, for accounts that are opened later. */
  #stored: readonly PeriodUse[] = [];
  readonly #listeners = new Set<(event: TargetChanged) => void>();

  constructor(options: FleetOptions) {
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? systemRandom();
    this.quota = new QuotaBook(this.clock);
    for (const [group, limits] of Object.entries(options.quotaGroups ?? {})) {
      this.quota.setGroupLimits(group, limits, this.clock.now());
    }
    this.sweeper = new Sweeper(this.clock);
    this.sweeper.onSweep((nowMs) => this.estimates.age(nowMs));
  }

  /** The member with this id; a new one unless a pool already has it. */
  join(
    options: TargetOptions,
    health: HealthDefinition,
    slowStart: Required<SlowStartOptions>,
  ): Member {
    const known = this.#byId.get(options.id);
    if (known !== undefined) {
      if (options.provider !== undefined && options.provider !== known.target.provider) {
        throw optionError('balancer', 'targets[].id', 'unique in the fleet', options.id);
      }
      known.users++;
      return known;
    }
    const target = resolveTarget(options);
    const nowMs = this.clock.now();
    const slot = this.#freeSlots.at(-1) ?? this.members.length;
    // First, as it may refuse the limits.
    this.quota.assign(slot, target, nowMs);
    this.#freeSlots.pop();
    const judge = this.#judge(health);
    const budget =
      target.budget === undefined
        ? undefined
        : this.openBudget(['target', target.id], target.budget);
    const member = new Member(slot, target, judge, slowStart, budget);
    this.members[slot] = member;
    this.#byId.set(target.id, member);
    this.#grow(slot + 1);
    this.hot.assign(slot, target);
    this.estimates.reset(slot, nowMs);
    judge.reset(slot);
    this.#coolUntil(member, this.#standing.untilMs(target));
    this.tell({ target, change: 'added', reason: '' });
    return member;
  }

  /** A pool gives the member up. Its slot is free once no pool has it and its last lease ended. */
  leave(member: Member): void {
    member.users--;
    if (member.users > 0) return;
    this.hot.blocked[member.slot] = 1;
    this.#byId.delete(member.target.id);
    void this.whenIdle(member).then(() => {
      this.members[member.slot] = undefined;
      this.estimates.free(member.slot);
      member.health.free(member.slot);
      this.quota.free(member.slot);
      this.#freeSlots.push(member.slot);
      this.tell({ target: member.target, change: 'removed', reason: '' });
    });
  }

  /** Resolves when no attempt is in flight on the member. */
  whenIdle(member: Member): Promise<void> {
    if (this.hot.inFlight[member.slot] === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const waiters = this.#idleWaiters.get(member.slot);
      if (waiters === undefined) this.#idleWaiters.set(member.slot, [resolve]);
      else waiters.push(resolve);
    });
  }

  /** The last attempt on `slot` ended. */
  becameIdle(slot: number): void {
    const waiters = this.#idleWaiters.get(slot);
    if (waiters === undefined) return;
    this.#idleWaiters.delete(slot);
    for (const resolve of waiters) resolve();
  }

  setDraining(member: Member, isDraining: boolean): void {
    this.hot.blocked[member.slot] = isDraining ? 1 : 0;
    this.tell({ target: member.target, change: isDraining ? 'draining' : 'enabled', reason: '' });
  }

  /** @throws PlimsollError ERR_PLIMSOLL_OPTION unless `weight` is finite and >= 0. */
  setWeight(member: Member, weight: number): void {
    checkWeight(`targets.${member.target.id}.weight`, weight);
    const before = this.hot.weights[member.slot]!;
    this.hot.weights[member.slot] = weight;
    this.tell({ target: member.target, change: 'weight', reason: `${before} to ${weight}` });
  }

  /** Nothing more goes to what the failure's scope covers, for the time it states or that is usual for its kind. */
  cool(member: Member, failure: Failure, nowMs: number): void {
    const waitMs = coolDownMs(failure, this.random);
    if (waitMs <= 0) return;
    const scope = failure.scope ?? 'target';
    const untilMs = nowMs + waitMs;
    const reason = `${Math.ceil(waitMs / 1000)} s: ${inWords(failure)}`;
    const told = { scope, kind: failure.kind, reason, failure };
    const cooled = this.#coolAll(member, untilMs, isThrottle(failure), told, nowMs);
    for (const other of cooled) {
      other.cooledBy = failure;
      // Whoever was told to grow slowly must not come back with its whole share.
      if (failure.kind === 'ramp') this.#startSlowly(other, untilMs);
    }
    this.#notify('cooling', member, scope, untilMs, inWords(failure), nowMs, isThrottle(failure));
  }

  openBudget(scope: readonly string[], limits: SpendingLimits): Budget {
    const name = scope.join('/');
    const known = this.#budgets.get(name);
    if (known !== undefined) return known;
    const budget = new Budget(scope, limits, this.clock, this.clock.now());
    budget.importState(this.#stored, this.clock.now());
    this.#budgets.set(name, budget);
    return budget;
  }

  headroom(id: string): readonly Headroom[] {
    const member = this.#byId.get(id);
    return member === undefined ? [] : this.quota.headroom(member.slot, this.clock.now());
  }

  /** What was used of day and month limits and spent since the last call, for a store to add. */
  takeDeltas(): PeriodUse[] {
    const nowMs = this.clock.now();
    const spent = [...this.#budgets.values()].flatMap((budget) => budget.snapshotDeltas(nowMs));
    return [...this.quota.snapshotDeltas(nowMs), ...spent];
  }

  /** All counts that a store keeps, as they stand. */
  periodUses(): PeriodUse[] {
    const nowMs = this.clock.now();
    const spent = [...this.#budgets.values()].flatMap((budget) => budget.exportState(nowMs));
    return [...this.quota.exportState(nowMs), ...spent];
  }

  /** Takes over a store's totals. */
  importUses(totals: readonly PeriodUse[]): void {
    const nowMs = this.clock.now();
    this.#stored = totals;
    this.quota.importState(totals, nowMs);
    for (const budget of this.#budgets.values()) budget.importState(totals, nowMs);
  }

  /** Calls `listener` for what others should know; returns the way to stop that. */
  onNotice(listener: (notice: Notice) => void): () => void {
    this.#noticeListeners.add(listener);
    return () => this.#noticeListeners.delete(listener);
  }

  /** Goes by what another process of the fleet has learned. */
  heed(notice: Notice): void {
    const nowMs = this.clock.now();
    const untilMs = nowMs + notice.untilEpochMs - this.clock.epochMs();
    const member = this.#byId.get(notice.target);
    if (member === undefined) return;
    if (notice.kind === 'closed') {
      this.#endCoolDown(member);
    } else if (untilMs > nowMs) {
      const { scope, reason, isThrottled = false } = notice;
      this.#coolAll(member, untilMs, isThrottled, { scope, reason }, nowMs);
    }
  }

  stateOf(slot: number, nowMs: number): TargetState {
    if (this.hot.blocked[slot] === 1) return 'draining';
    const { health } = this.members[slot]!;
    // While its probe is under way an attempt is not admitted, but the target is being tried out.
    if (!health.isHealthy(slot, nowMs)) {
      return health.retryAtMs(slot, nowMs) <= nowMs ? 'half_open' : 'open';
    }
    return this.hot.coolUntilMs[slot]! > nowMs ? 'cooling' : 'healthy';
  }

  /** The part of the requests that slow start lets through to `slot`: 1 outside of it. */
  slowStartRatio(slot: number, nowMs: number): number {
    if (this.hot.fullAtMs[slot]! <= nowMs) return 1;
    return admissionRatio(nowMs - this.hot.returnedAtMs[slot]!, this.members[slot]!.slowStart);
  }

  /**
   * Ends the member's cool-down and lets its open breaker try a request at once. The next request tries it out before
   * others follow. @returns whether there was either.
   */
  tryNow({ slot, target, health }: Member): boolean {
    const nowMs = this.clock.now();
    const isCooling = this.hot.coolUntilMs[slot]! > nowMs;
    const isOpen = !health.isHealthy(slot, nowMs) && !health.admits(slot, nowMs);
    if (isCooling) {
      this.hot.coolUntilMs[slot] = nowMs;
      this.tell({ target, change: 'closed', reason: 'to be tried before its time' });
    }
    if (isOpen) {
      // As after an active probe that found it reachable.
      health.onProbe(slot, undefined, nowMs);
      this.serveWaiting(nowMs);
    }
    return isCooling || (isOpen && health.admits(slot, nowMs));
  }

  /** Something may be admissible that was not. */
  serveWaiting(nowMs: number): void {
    for (const queue of this.waiting) queue.serve(nowMs);
  }

  onTargetChange(listener: (event: TargetChanged) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(event: TargetChanged): void {
    for (const listener of this.#listeners) listener(event);
    if (this.waiting.size > 0) this.serveWaiting(this.clock.now());
  }

  /** Cools what its scope covers; a longer cool-down stands. @returns the members that were cooled. */
  #coolAll(
    member: Member,
    untilMs: number,
    isThrottled: boolean,
    told: Pick<TargetChanged, 'kind' | 'reason' | 'failure'> & { readonly scope: Scope },
    nowMs: number,
  ): Member[] {
    const { scope } = told;
    this.#standing.add(scope, member.target, untilMs, nowMs);
    const cooled: Member[] = [];
    for (const other of this.members) {
      if (other === undefined || !covers(scope, member.target, other.target)) continue;
      // A longer cool-down stands: the shorter one says nothing about what the longer one was for.
      if (untilMs <= this.hot.coolUntilMs[other.slot]!) continue;
      this.#coolUntil(other, untilMs);
      this.hot.isThrottled[other.slot] = isThrottled ? 1 : 0;
      other.cooledBy = undefined;
      cooled.push(other);
      this.tell({ target: other.target, change: 'cooling', ...told });
    }
    return cooled;
  }

  #endCoolDown({ slot, target }: Member): void {
    if (this.hot.coolUntilMs[slot] === -Infinity) return;
    this.hot.coolUntilMs[slot] = -Infinity;
    this.hot.trial[slot] = TRIAL_NONE;
    this.tell({ target, change: 'closed', reason: 'another gateway reached it' });
  }

  #notify(
    kind: Notice['kind'],
    { target }: Member,
    scope: Scope,
    untilMs: number,
    reason: string,
    nowMs: number,
    isThrottled = false,
  ): void {
    if (this.#noticeListeners.size === 0) return;
    const untilEpochMs = this.clock.epochMs() + untilMs - nowMs;
    const notice: Notice = { kind, target: target.id, scope, untilEpochMs, isThrottled, reason };
    for (const listener of this.#noticeListeners) listener(notice);
  }

  #coolUntil(member: Member, untilMs: number): void {
    this.hot.coolUntilMs[member.slot] = untilMs;
    if (untilMs > -Infinity) this.hot.trial[member.slot] = TRIAL_DUE;
  }

  #startSlowly({ slot, slowStart }: Member, returnedAtMs: number): void {
    this.hot.returnedAtMs[slot] = returnedAtMs;
    this.hot.fullAtMs[slot] = returnedAtMs + slowStart.windowMs;
  }

  #grow(slotLimit: number): void {
    if (slotLimit <= this.hot.slotLimit) return;
    const roomy = Math.max(8, this.hot.slotLimit * 2, slotLimit);
    this.hot.grow(roomy);
    this.estimates.grow(roomy);
    for (const health of this.#healths.values()) health.resize(roomy);
  }

  /** One judge per definition, so that pools with the same options share it. */
  #judge(definition: HealthDefinition): Health {
    const known = this.#healths.get(definition);
    if (known !== undefined) return known;
    const health = definition.create({
      random: this.random,
      clock: this.clock,
      onChange: (slot, change, reason) => {
        const member = this.members[slot]!;
        const nowMs = this.clock.now();
        if (change === 'closed') this.#startSlowly(member, nowMs);
        this.tell({ target: member.target, change, reason });
        if (change === 'half_open') return;
        const untilMs =
          change === 'open' ? member.health.retryAtMs(slot, nowMs) : nowMs + CLOSED_MS;
        this.#notify(change, member, 'target', untilMs, reason, nowMs);
      },
    });
    health.resize(this.hot.slotLimit);
    this.#healths.set(definition, health);
    return health;
  }
}
