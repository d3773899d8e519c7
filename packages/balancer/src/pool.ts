import {
  type Failure,
  type HealthDefinition,
  optionError,
  type Outcome,
  PlimsollError,
  type Request,
  type RequestTraits,
  type Target,
} from '@plimsoll/core';

import type { Balancer } from './balancer.ts';
import { BalancedCall, type AttemptMaker } from './call.ts';
import { breaker } from './health/breaker.ts';
import { Counters } from './counters.ts';
import type { Decision, Explanation } from './decision.ts';
import { DecisionRing, Notes } from './decision-ring.ts';
import { Emitter } from './emitter.ts';
import { explain } from './explain.ts';
import { type Refusal, refusal } from './refusal.ts';
import type { BalancerEvents, TargetChanged } from './events.ts';
import { ExpectedShares } from './fairness.ts';
import { FleetState } from './fleet.ts';
import type { Member } from './member.ts';
import type {
  BalancerOptions,
  RescueOptions,
  RetryOptions,
  TargetOptions,
  TimeoutOptions,
} from './options.ts';
import { Picker } from './picker.ts';
import { RetryBudget } from './retry-budget.ts';
import { type Roster, roster } from './roster.ts';
import { run, type RunAttempt } from './run.ts';
import type { Call, Result, Sink } from './sink.ts';
import type { Stats } from './stats.ts';
import { poolStats } from './pool-stats.ts';
import { type Answer, stream } from './stream.ts';
import { checkTargets } from './target.ts';
import { resolveRescue, resolveRetry, resolveTimeouts } from './timeouts.ts';
import { PickView } from './view.ts';
import { Hedging } from './hedging.ts';
import type { Narrowing } from './narrowing.ts';
import { Prober } from './prober.ts';
import type { Budget } from './quota/budget.ts';
import { resolveQueue, WaitQueue } from './queue/wait-queue.ts';
import { resolveSlowStart, type SlowStartOptions } from './slow-start.ts';

/** One pick in this many is traced, so that recent decisions show scores too. */
const TRACE_EVERY = 100;

/** How long the terms of the expected share may be out of date, in milliseconds: a cool-down ends without an event. */
const SETTLE_EVERY_MS = 250;

/** How long to wait for what another request is trying out, in milliseconds, before looking again. */
const TRIAL_WAIT_MS = 50;

/** No slow start. */
const AT_ONCE: Required<SlowStartOptions> = { windowMs: 0, minRatio: 1, aggression: 1 };

/** Targets are judged alike unless a pool says otherwise, so pools that share a target share its breaker. */
const DEFAULT_HEALTH = breaker();

/**
 * Makes a balancer.
 *
 * @throws PlimsollError ERR_PLIMSOLL_OPTION that names the option, its value and what is accepted.
 */
export function balancer<Payload = unknown, Head = unknown, Chunk = unknown>(
  options: BalancerOptions,
): Balancer<Payload, Head, Chunk> {
  return new Pool(options) as Pool & Balancer<Payload, Head, Chunk>;
}

/** The state behind a `Balancer`: its members, its strategy at work, and what it counts. */
export class Pool implements Balancer {
  readonly name: string;
  readonly strategy: string;
  readonly fleet: FleetState;
  readonly timeouts: Required<TimeoutOptions>;
  readonly budget: RetryBudget;
  readonly queue: WaitQueue;
  readonly spending: Budget | undefined;
  readonly counters: Counters = new Counters();
  readonly ring: DecisionRing;
  readonly emitter: Emitter<BalancerEvents> = new Emitter();
  /** The number of the decision made last. */
  lastDecision = -1;
  readonly #retry: Required<RetryOptions>;
  readonly hedging: Hedging | undefined;
  readonly rescue: Required<RescueOptions> | undefined;
  readonly #panicRatio: number;
  readonly #slowStart: Required<SlowStartOptions>;
  readonly #prober: Prober | undefined;
  readonly #health: HealthDefinition;
  readonly #picker: Picker;
  readonly #view: PickView;
  readonly #expected: ExpectedShares;
  #liveCalls = 0;
  readonly #unsubscribe: () => void;
  /** By id, in the order of the configuration. */
  readonly #members = new Map<string, Member>();
  #roster: Roster;
  #isStale = true;
  #picks = 0;
  #settledAtMs = -Infinity;
  #isClosed = false;
  #whenEmpty: (() => void) | undefined = undefined;

  constructor(options: BalancerOptions) {
    this.name = options.name ?? 'default';
    this.timeouts = resolveTimeouts(options.timeouts);
    this.#retry = resolveRetry(options.retry);
    const { budgetRatio, budgetCap, budgetInitial } = this.#retry;
    this.budget = new RetryBudget(budgetRatio, budgetCap, budgetInitial);
    const decisions = options.decisions ?? 1000;
    if (!Number.isInteger(decisions) || decisions < 0) {
      throw optionError('balancer', 'decisions', 'an integer >= 0', decisions);
    }
    checkTargets(options.targets);
    this.queue = new WaitQueue(this, resolveQueue(options.queue));
    this.ring = new DecisionRing(decisions);
    this.fleet = (options.fleet as FleetState | undefined) ?? new FleetState({});
    this.#health = options.health ?? DEFAULT_HEALTH;
    this.#slowStart = options.slowStart === false ? AT_ONCE : resolveSlowStart(options.slowStart);
    this.#panicRatio = options.panicRatio ?? 0;
    if (!(this.#panicRatio >= 0 && this.#panicRatio <= 1)) {
      throw optionError('balancer', 'panicRatio', 'from 0 to 1', this.#panicRatio);
    }
    this.hedging = options.hedge === undefined ? undefined : new Hedging(options.hedge);
    this.rescue = options.rescue === undefined ? undefined : resolveRescue(options.rescue);
    this.strategy = options.strategy.name;
    this.#picker = new Picker(options.strategy, this.fleet);
    const { budget } = options;
    this.spending =
      budget === undefined ? undefined : this.fleet.openBudget(['pool', this.name], budget);
    this.#view = new PickView(this.fleet, this.spending);
    this.#expected = new ExpectedShares(options.strategy.expectedShare, this.fleet, this.counters);
    this.#roster = roster(0, [], this.fleet.hot);
    this.#unsubscribe = this.fleet.onTargetChange((event) => this.#onTargetChange(event));
    for (const target of options.targets) this.add(target);
    this.#prober =
      options.probe === undefined
        ? undefined
        : new Prober(this.fleet, options.probe, () => this.members);
  }

  start(request: Request, sink: Sink): Call {
    return this.startWith(request, sink, undefined);
  }

  /** As `start`, with attempts made by `maker` instead of the target's provider. */
  startWith(request: Request, sink: Sink, maker: AttemptMaker | undefined): Call {
    const { fleet } = this;
    const nowMs = fleet.clock.now();
    const call = new BalancedCall(this, fleet.nextCallId++, request, sink, maker, nowMs);
    this.#liveCalls++;
    this.counters.requests++;
    this.budget.earn();
    this.queue.note(request, nowMs);
    call.begin(nowMs);
    return call;
  }

  stream(request: Request, options?: { signal?: AbortSignal }): Promise<Answer> {
    return stream(this, request, options?.signal);
  }

  run<T>(
    traits: RequestTraits,
    callback: (target: Target, attempt: RunAttempt) => Promise<T>,
    options?: { signal?: AbortSignal },
  ): Promise<T> {
    return run(this, traits, callback, options?.signal);
  }

  add(target: TargetOptions): void {
    if (this.#members.has(target.id)) {
      throw optionError('balancer', 'targets[].id', 'unique in the pool', target.id);
    }
    const member = this.fleet.join(target, this.#health, this.#slowStart);
    this.#members.set(target.id, member);
    this.counters.reset(member.slot, this.fleet.hot.slotLimit);
    this.#isStale = true;
    this.#settledAtMs = -Infinity;
    this.queue.serve(this.fleet.clock.now());
  }

  drain(id: string): Promise<void> {
    const member = this.#member(id);
    this.fleet.setDraining(member, true);
    return this.fleet.whenIdle(member);
  }

  enable(id: string): void {
    this.fleet.setDraining(this.#member(id), false);
  }

  remove(id: string): Promise<void> {
    const member = this.#member(id);
    this.#members.delete(id);
    this.#isStale = true;
    this.#settleExpected(this.fleet.clock.now());
    const idle = this.fleet.whenIdle(member);
    this.fleet.leave(member);
    return idle;
  }

  setWeight(id: string, weight: number): void {
    this.fleet.setWeight(this.#member(id), weight);
  }

  tryNow(id: string): boolean {
    return this.fleet.tryNow(this.#member(id));
  }

  targets(): readonly Target[] {
    return [...this.#members.values()].map(({ target }) => target);
  }

  isUsable(): boolean {
    const nowMs = this.fleet.clock.now();
    const members = [...this.#members.values()];
    return members.some(({ slot }) => this.fleet.stateOf(slot, nowMs) === 'healthy');
  }

  stats(): Stats {
    const nowMs = this.fleet.clock.now();
    this.#settleExpected(nowMs);
    return poolStats(this, [...this.#members.values()], this.#expected, nowMs);
  }

  explain(request: RequestTraits): Explanation {
    const roster = this.#current();
    const { name, strategy, fleet } = this;
    return explain(name, strategy, fleet, roster, this.#picker, this.#view, request);
  }

  decisions(limit: number = Infinity): readonly Decision[] {
    const { clock } = this.fleet;
    return this.ring.recent(limit, this.name, this.strategy, clock.epochMs() - clock.now());
  }

  on<Name extends keyof BalancerEvents>(
    name: Name,
    listener: (event: BalancerEvents[Name]) => void,
  ): () => void {
    return this.emitter.on(name, listener);
  }

  onSuccess(listener: (result: Result) => void): () => void {
    return this.on('success', listener);
  }

  onError(listener: (error: Failure, target: Target) => void): () => void {
    return this.on('attemptFailed', ({ failure, target }) => listener(failure, target));
  }

  async close(graceMs: number = 30_000): Promise<void> {
    this.#isClosed = true;
    this.queue.close();
    if (this.#liveCalls > 0) {
      const { clock } = this.fleet;
      await new Promise<void>((resolve) => {
        const timer = clock.every(Math.max(1, graceMs), () => {
          timer.cancel();
          const { watched } = this.fleet.sweeper;
          const own = watched.filter((item) => item instanceof BalancedCall && item.pool === this);
          for (const call of own) (call as BalancedCall).abort();
        });
        this.#whenEmpty = () => {
          timer.cancel();
          resolve();
        };
      });
    }
    this.#unsubscribe();
    this.#prober?.stop();
    for (const member of this.#members.values()) this.fleet.leave(member);
    this.#members.clear();
    this.#isStale = true;
  }

  get members(): Iterable<Member> {
    return this.#members.values();
  }

  get policyFailover(): boolean {
    return this.#retry.policyFailover;
  }

  /** Characters held until an answer is committed. */
  get holdBack(): number {
    return this.rescue?.holdBack ?? 0;
  }

  /** The slot for `call`'s next attempt, or -1; the decision is recorded. */
  pick(call: BalancedCall, nowMs: number): number {
    if (this.#isClosed) return -1;
    const now = this.#current();
    if (nowMs - this.#settledAtMs > SETTLE_EVERY_MS) this.#settleExpected(nowMs);
    const view = this.#view;
    const { request, attempts } = call;
    view.leavesBurst = this.queue.leavesBurst(request, nowMs);
    view.open(request, call.narrowing, nowMs);
    const isFirst = attempts === 0;
    // Retries follow a failure, and failures want explaining; of the rest a sample is enough.
    const isTraced = !isFirst || ++this.#picks % TRACE_EVERY === 0;
    const notes = isTraced ? new Notes() : undefined;
    const slot =
      notes === undefined
        ? this.#picker.pick(now, view, request, nowMs)
        : this.#picker.trace(now, view, request, nowMs, notes, false);
    this.lastDecision = this.ring.record(call, slot, now, view, notes, nowMs);
    if (isFirst && slot !== -1) {
      this.#expected.onFirstPick();
      // A pin leaves the strategy no choice.
      const isKept = view.isAtHome !== undefined && request.pin === undefined;
      if (isKept) this.counters.noteAffinity(view.isAtHome!);
    }
    return slot;
  }

  /** Why no target was admissible for `call`. */
  whyNone(call: BalancedCall, nowMs: number): Refusal {
    if (this.#isClosed) return { code: 'ERR_PLIMSOLL_CLOSED', message: `${this.name} is closed` };
    this.#view.open(call.request, call.narrowing, nowMs);
    return refusal(this.name, [...this.members], this.#view, this.fleet.hot, nowMs);
  }

  /** When the first of the targets that were refused to `request` may serve it; `Infinity` for a reason other than time. */
  earliestMs(request: RequestTraits, narrowing: Narrowing, nowMs: number): number {
    const view = this.#view;
    view.open(request, narrowing, nowMs);
    let earliestMs = Infinity;
    for (const { slot } of this.members) {
      const reason = view.reason(slot);
      if (reason === 'quota') earliestMs = Math.min(earliestMs, view.freeAtMs(slot));
      if (reason !== 'cooling') continue;
      const untilMs = this.fleet.hot.coolUntilMs[slot]!;
      earliestMs = Math.min(earliestMs, untilMs > nowMs ? untilMs : nowMs + TRIAL_WAIT_MS);
    }
    return earliestMs;
  }

  /**
   * When something will be admissible for `request`, as far as waiting for quota or concurrency can bring that about:
   * `nowMs` where another request has to end first, `Infinity` where waiting is no use.
   */
  freeAtMs(request: RequestTraits, narrowing: Narrowing, nowMs: number): number {
    const view = this.#view;
    view.leavesBurst = this.queue.leavesBurst(request, nowMs);
    view.open(request, narrowing, nowMs);
    let freeAtMs = Infinity;
    for (const { slot } of this.members) freeAtMs = Math.min(freeAtMs, view.freeAtMs(slot));
    return freeAtMs;
  }

  /** Full jitter: anything up to the step, which doubles with each retry. */
  backoffMs(retries: number): number {
    const stepMs = Math.min(this.#retry.backoffMs * 2 ** retries, this.#retry.backoffMaxMs);
    return this.fleet.random.float() * stepMs;
  }

  observe(slot: number, outcome: Outcome, nowMs: number): void {
    this.#picker.observe(slot, outcome, nowMs);
  }

  callEnded(): void {
    if (--this.#liveCalls === 0) this.#whenEmpty?.();
  }

  /** The roster as it stands, rebuilt if members came, went or changed since. */
  #current(): Roster {
    if (!this.#isStale) return this.#roster;
    this.#isStale = false;
    this.#roster = roster(this.#roster.version + 1, [...this.#members.values()], this.fleet.hot);
    this.#picker.update(this.#roster);
    return this.#roster;
  }

  #member(id: string): Member {
    const member = this.#members.get(id);
    if (member !== undefined) return member;
    const ids = [...this.#members.keys()].join(', ');
    throw new PlimsollError(
      'ERR_PLIMSOLL_OPTION',
      `${this.name} has no target ${JSON.stringify(id)}; it has ${ids || 'none'}`,
    );
  }

  #settleExpected(nowMs: number): void {
    this.#settledAtMs = nowMs;
    const { active } = this.#current();
    this.#expected.settle(this.#roster, nowMs);
    if (this.#panicRatio === 0) return;
    const healthy = active.slots.filter((slot) => this.fleet.stateOf(slot, nowMs) === 'healthy');
    this.#view.isPanicking = healthy.length < active.slots.length * this.#panicRatio;
  }

  #onTargetChange(event: TargetChanged): void {
    if (this.#members.get(event.target.id)?.target !== event.target) return;
    this.#isStale ||= ['draining', 'enabled', 'weight'].includes(event.change);
    this.#settleExpected(this.fleet.clock.now());
    this.emitter.emit('target', event);
  }
}
