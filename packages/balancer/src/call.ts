import {
  type AttemptControl,
  type AttemptEnd,
  type ErrorCode,
  type Failure,
  type Provider,
  type Request,
  type Target,
  type Transcript,
  type Usage,
} from '@plimsoll/core';

import { type Attempt, type AttemptOwner, NO_CONTROL } from './attempt.ts';
import { isCooling } from './cool-downs.ts';
import type { AttemptCause } from './decision.ts';
import { ABORTED, FAILED, SUCCESS } from './decision-ring.ts';
import { closeLease, endTrial, markAnswered, openLease } from './lease.ts';
import { type Narrowing, NO_NARROWING } from './narrowing.ts';
import type { Pool } from './pool.ts';
import { breaksOff, CALLER_LEFT, NO_PROVIDER, OTHER_WAS_FASTER, timeout } from './endings.ts';
import { Recovery } from './recovery.ts';
import type { Call, CallFailure, Result, Sink } from './sink.ts';
import type { Sweepable } from './sweeper.ts';
import { addUsage } from './usage.ts';

/** Who makes the attempts of a call, where it is not the target's provider. */
export type AttemptMaker = Pick<Provider, 'attempt'>;

/**
 * One request from its start to its last byte: picks targets, watches attempts and time limits, fails over until content
 * is committed, hedges and rescues where the pool wants that, and closes every lease it opened.
 */
export class BalancedCall implements Call, Sweepable, AttemptOwner {
  readonly id: number;
  readonly pool: Pool;
  readonly request: Request;
  readonly startedAtMs: number;
  attempts = 0;
  upstreamMs = 0;
  sweepIndex = -1;
  readonly #sink: Sink;
  readonly #maker: AttemptMaker | undefined;
  readonly #isStream: boolean;
  readonly #deadlineAtMs: number;
  readonly #totalAtMs: number;
  /** When a request without content gets a second attempt. */
  #hedgeAtMs = Infinity;
  #isHedging = false;
  #waitUntilMs = Infinity;
  /** When a request that waits goes on; `Infinity` while it does not wait. */
  #resumeAtMs = Infinity;
  #isDone = false;
  /** Whether the caller has been given content. */
  #isCommitted = false;
  #attempt: Attempt | undefined = undefined;
  /** The second attempt, while both are without content. */
  #hedge: Attempt | undefined = undefined;
  #target: Target | undefined = undefined;
  #failure: Failure | undefined = undefined;
  #recovery: Recovery | undefined = undefined;
  #firstContentAtMs = 0;
  #isPaused = false;
  #pausedAtMs = 0;
  /** What attempts before the one that serves have used of this answer. */
  #spent: Usage | undefined = undefined;
  #spentUsd: number | undefined = undefined;

  constructor(
    pool: Pool,
    id: number,
    request: Request,
    sink: Sink,
    maker: AttemptMaker | undefined,
    nowMs: number,
  ) {
    this.pool = pool;
    this.id = id;
    this.request = request;
    this.#sink = sink;
    this.#maker = maker;
    this.#isStream = request.isStream === true;
    this.startedAtMs = nowMs;
    const { deadlineMs, totalMs } = pool.timeouts;
    this.#totalAtMs = nowMs + totalMs;
    const ownMs = this.#isStream ? Math.min(deadlineMs, totalMs) : totalMs;
    this.#deadlineAtMs = nowMs + Math.min(ownMs, request.timeoutMs ?? Infinity);
  }

  get target(): Target | undefined {
    return this.#target;
  }

  /** Milliseconds that it has, up to the first content of a stream. */
  get deadlineMs(): number {
    return this.#deadlineAtMs - this.startedAtMs;
  }

  /** Why its next attempt is made. */
  get cause(): AttemptCause {
    if (this.attempts === 0) return 'first';
    if (this.#isHedging) return 'hedge';
    return this.#recovery?.rescue === undefined ? 'retry' : 'rescue';
  }

  /** How long it may wait in the queue; `Infinity` while it is not there. */
  get waitUntilMs(): number {
    return this.#waitUntilMs;
  }

  /** Whether another target may have to go on with this answer. */
  get wantsTranscript(): boolean {
    return this.#isStream && this.pool.rescue !== undefined;
  }

  /** What earlier attempts demand of the next target. */
  get narrowing(): Narrowing {
    return this.#recovery ?? NO_NARROWING;
  }

  /** Makes the first attempt. The sink hears nothing before this has returned. */
  begin(nowMs: number): void {
    const { fleet, queue } = this.pool;
    fleet.sweeper.watch(this, this.#deadlineAtMs, nowMs);
    // Whoever comes while others wait does not overtake them.
    if (queue.size === 0 && this.#tryFirst(nowMs)) return;
    this.#waitUntilMs = Math.min(nowMs + queue.maxWaitMs, this.#deadlineAtMs);
    if (!queue.admit(this, nowMs)) queueMicrotask(() => this.refuse());
    else if (!this.#isDone) this.#watch();
  }

  /** Its turn in the queue has come; false if nothing is admissible for it after all. */
  startFromQueue(nowMs: number): boolean {
    if (!this.#tryFirst(nowMs)) return false;
    this.#waitUntilMs = Infinity;
    this.#watch();
    return true;
  }

  #tryFirst(nowMs: number): boolean {
    if (!this.#tryNext(nowMs)) return false;
    const { hedging } = this.pool;
    if (hedging !== undefined) {
      this.#hedgeAtMs = nowMs + hedging.onRequest(this.#isStream, nowMs);
      this.#watch();
    }
    return true;
  }

  abort(): void {
    if (this.#isDone) return;
    this.#drop(CALLER_LEFT, this.pool.fleet.clock.now());
    this.#finish();
    const { id, pool, request } = this;
    pool.counters.aborted++;
    if (!pool.emitter.has('aborted')) return;
    pool.emitter.emit('aborted', { callId: id, pool: pool.name, operation: request.operation });
  }

  /** Ends a request for which no attempt could be made. */
  refuse(): void {
    if (this.#isDone) return;
    const nowMs = this.pool.fleet.clock.now();
    const { code, message, retryAtMs, failure } = this.pool.whyNone(this, nowMs);
    const waitMs = retryAtMs === undefined ? undefined : retryAtMs - nowMs;
    this.#end(code, message, failure, waitMs, nowMs);
  }

  pause(): void {
    if (this.#isDone || this.#isPaused) return;
    this.#isPaused = true;
    this.#pausedAtMs = this.pool.fleet.sweeper.nowMs;
    this.#attempt?.control.pause();
  }

  resume(): void {
    if (this.#isDone || !this.#isPaused) return;
    this.#isPaused = false;
    const attempt = this.#attempt;
    if (attempt === undefined) return;
    attempt.lastChunkAtMs = this.pool.fleet.sweeper.nowMs;
    attempt.lastEventAtMs = attempt.lastChunkAtMs;
    attempt.control.resume();
  }

  onDue(nowMs: number): void {
    if (nowMs >= this.#limitAtMs()) {
      this.#outOfTime(nowMs);
    } else if (nowMs >= this.#resumeAtMs) {
      this.#goOn(nowMs);
    } else if (this.#isHeldUp) {
      if (nowMs >= this.#pausedAtMs + this.pool.timeouts.idleMs) this.#leaveCaller(nowMs);
    } else {
      this.#checkAttempt(this.#attempt, nowMs);
      this.#checkAttempt(this.#hedge, nowMs);
      if (nowMs >= this.#hedgeAtMs) this.#startHedge(nowMs);
    }
    if (!this.#isDone) this.#watch();
  }

  onAttemptConnect(): void {
    this.#watch();
  }

  onAttemptContent(attempt: Attempt, chunk: unknown): void {
    const { fleet } = this.pool;
    if (Number.isNaN(attempt.firstContentAtMs)) this.#onFirstContent(attempt, fleet.clock.now());
    if (this.#isHeldBack(attempt)) {
      attempt.hold(chunk);
      return;
    }
    this.#commit(attempt);
    if (!this.#isDone) this.#sink.onChunk(chunk);
  }

  onAttemptChunk(chunk: unknown): void {
    this.#sink.onChunk(chunk);
  }

  onAttemptEnd(attempt: Attempt, end: AttemptEnd): void {
    const nowMs = this.pool.fleet.clock.now();
    if (!attempt.isCommitted) {
      // Complete, with little or no content: nothing more is to come, so this is the answer.
      if (Number.isNaN(attempt.firstContentAtMs)) this.#onFirstContent(attempt, nowMs);
      this.#commit(attempt);
      if (this.#isDone) return;
    }
    this.#close(attempt, undefined, end.usage, nowMs);
    this.#finish();
    const result: Result = {
      id: this.id,
      pool: this.pool.name,
      operation: this.request.operation,
      isStream: this.#isStream,
      target: attempt.member.target,
      attempts: this.attempts,
      latencyMs: nowMs - this.startedAtMs,
      firstContentMs: this.#firstContentAtMs - this.startedAtMs,
      attemptFirstContentMs: attempt.firstContentAtMs - attempt.startedAtMs,
      usage: this.#spent,
      costUsd: this.#spentUsd,
      model: end.model,
    };
    this.pool.counters.succeeded++;
    this.#sink.onEnd(result);
    this.pool.emitter.emit('success', result);
  }

  onAttemptFailure(attempt: Attempt, failure: Failure): void {
    this.#failed(attempt, failure, this.pool.fleet.clock.now());
  }

  /** Picks a target and starts an attempt there; false when none is admissible. */
  #tryNext(nowMs: number): boolean {
    const from = this.#target;
    const attempt = this.#start(nowMs);
    if (attempt === undefined) return false;
    this.#attempt = attempt;
    this.#watch();
    if (this.#isPaused) attempt.control.pause();
    if (this.#failure !== undefined) this.#tellFailover(from!, this.#failure, attempt);
    return true;
  }

  #start(nowMs: number): Attempt | undefined {
    const { pool } = this;
    const { fleet } = pool;
    const slot = pool.pick(this, nowMs);
    if (slot === -1) return undefined;
    const member = fleet.members[slot]!;
    this.#target = member.target;
    this.attempts++;
    pool.counters.start(slot, this.attempts === 1, nowMs);
    const attempt = openLease(
      fleet,
      this,
      member,
      this.request,
      pool.spending,
      pool.lastDecision,
      nowMs,
    );
    attempt.control = this.#make(member.target, attempt);
    return attempt;
  }

  #tellFailover(from: Target, failure: Failure, { member }: Attempt): void {
    const { id, pool } = this;
    if (from === member.target || !pool.emitter.has('failover')) return;
    pool.emitter.emit('failover', {
      callId: id,
      pool: pool.name,
      from,
      to: member.target,
      failure,
    });
  }

  #make(target: Target, attempt: Attempt): AttemptControl {
    const maker = this.#maker ?? target.provider;
    const rescue = this.#recovery?.rescue;
    if (rescue !== undefined) {
      const { transcript } = rescue;
      // With `mustResume` the view admits only targets that can.
      return target.provider!.resume!(target, this.request, transcript, attempt);
    }
    if (maker !== undefined) return maker.attempt(target, this.request, attempt);
    queueMicrotask(() => attempt.onError(NO_PROVIDER));
    return NO_CONTROL;
  }

  #startHedge(nowMs: number): void {
    this.#hedgeAtMs = Infinity;
    const { pool } = this;
    const first = this.#attempt;
    if (first === undefined || !Number.isNaN(first.firstContentAtMs)) return;
    // The first one is in flight, not failed, but a second attempt there would be no hedge.
    this.#recovery ??= new Recovery(pool, this.request);
    this.#recovery.tried.push(first.member.slot);
    const isTaken = pool.hedging!.take(pool.fleet, pool.members, this.#isStream, nowMs);
    this.#isHedging = true;
    this.#hedge = isTaken ? this.#start(nowMs) : undefined;
    this.#isHedging = false;
    this.#recovery.tried.pop();
    if (this.#hedge !== undefined) pool.counters.hedges++;
    else if (isTaken) pool.hedging!.refund();
  }

  #onFirstContent(attempt: Attempt, nowMs: number): void {
    const { pool } = this;
    const { fleet, hedging } = pool;
    attempt.firstContentAtMs = nowMs;
    this.#hedgeAtMs = Infinity;
    this.#dropLoser(attempt, nowMs);
    pool.ring.answer(attempt.decision, nowMs - attempt.startedAtMs);
    markAnswered(fleet, attempt);
    endTrial(fleet, attempt, true, nowMs);
    const { slot, health } = attempt.member;
    attempt.healthToken = health.onContent(slot, attempt.healthToken, nowMs);
    const tookMs = nowMs - attempt.startedAtMs;
    if (this.#isStream) fleet.estimates.observeFirstContent(slot, tookMs, nowMs);
    hedging?.observe(tookMs, this.#isStream, nowMs);
  }

  /** The other attempt lost the race: it is cancelled, and what it has cost is counted. */
  #dropLoser(winner: Attempt, nowMs: number): void {
    const loser = winner === this.#attempt ? this.#hedge : this.#attempt;
    this.#hedge = undefined;
    this.#attempt = winner;
    this.#target = winner.member.target;
    if (loser === undefined || loser === winner) return;
    const { inputTokens } = this.request;
    const usage = inputTokens === undefined ? undefined : { inputTokens, outputTokens: 0 };
    this.#close(loser, OTHER_WAS_FASTER, usage, nowMs);
    this.#attempt = winner;
    loser.control.abort();
  }

  #isHeldBack(attempt: Attempt): boolean {
    const { holdBack } = this.pool;
    if (holdBack === 0 || this.#isCommitted) return false;
    const transcript = attempt.control.transcript?.();
    return transcript !== undefined && transcript.text.length < holdBack;
  }

  /** Hands the answer to the caller, from its head on; one that is gone on with has a head already. */
  #commit(attempt: Attempt): void {
    attempt.isCommitted = true;
    if (!this.#isCommitted) {
      this.#isCommitted = true;
      this.#firstContentAtMs = attempt.firstContentAtMs;
      this.upstreamMs += attempt.firstContentAtMs - attempt.startedAtMs;
      this.#watch();
      this.#sink.onHead(attempt.head, this);
    }
    const { held } = attempt;
    if (held === undefined) return;
    attempt.held = undefined;
    for (const chunk of held) {
      if (this.#isDone) return;
      this.#sink.onChunk(chunk);
    }
  }

  /** Gives the lease back and tells everyone what came of it. */
  #close(
    attempt: Attempt,
    failure: Failure | undefined,
    usage: Usage | undefined,
    nowMs: number,
  ): void {
    const { pool } = this;
    const { slot } = attempt.member;
    if (this.#attempt === attempt) this.#attempt = undefined;
    if (this.#hedge === attempt) this.#hedge = undefined;
    if (!this.#isCommitted) this.upstreamMs += nowMs - attempt.startedAtMs;
    const outcome = closeLease(pool.fleet, attempt, failure, usage, this.#isStream, nowMs);
    const { costUsd } = outcome;
    if (usage !== undefined) this.#spent = addUsage(this.#spent, usage);
    if (costUsd !== undefined) this.#spentUsd = (this.#spentUsd ?? 0) + costUsd;
    const code = failure === undefined ? SUCCESS : failure.kind === 'aborted' ? ABORTED : FAILED;
    pool.ring.settle(attempt.decision, code, outcome);
    pool.counters.end(slot, outcome);
    pool.observe(slot, outcome, nowMs);
    if (code === FAILED && pool.emitter.has('attemptFailed')) {
      const { target } = attempt.member;
      const event = {
        callId: this.id,
        pool: pool.name,
        target,
        failure: failure!,
        attempt: this.attempts,
      };
      pool.emitter.emit('attemptFailed', event);
    }
  }

  #failed(attempt: Attempt, failure: Failure, nowMs: number): void {
    const { pool } = this;
    const { member } = attempt;
    const transcript = attempt.control.transcript?.();
    const recovery = (this.#recovery ??= new Recovery(pool, this.request));
    this.#failure = failure;
    this.#close(attempt, failure, transcript?.usage, nowMs);
    if (isCooling(failure, member.target)) pool.fleet.cool(member, failure, nowMs);
    recovery.tried.push(member.slot);
    const other = this.#attempt ?? this.#hedge;
    if (other !== undefined) {
      this.#attempt = other;
      this.#hedge = undefined;
      this.#target = other.member.target;
    } else if (attempt.isCommitted || recovery.rescue !== undefined) {
      this.#takeOver(attempt, transcript, failure, recovery, nowMs);
    } else if (!this.#mayTryAgain(failure, member.slot, recovery, nowMs)) {
      this.#giveUp('ERR_PLIMSOLL_FAILED', failure, nowMs);
    }
  }

  /** Lets another target go on with an answer that broke off, or tells the caller honestly that it did. */
  #takeOver(
    attempt: Attempt,
    transcript: Transcript | undefined,
    failure: Failure,
    recovery: Recovery,
    nowMs: number,
  ): void {
    if (this.#isRescued(attempt, transcript, failure, recovery, nowMs)) return;
    this.#giveUp('ERR_PLIMSOLL_STREAM', recovery.rescue?.failure ?? failure, nowMs);
  }

  #isRescued(
    attempt: Attempt,
    transcript: Transcript | undefined,
    failure: Failure,
    recovery: Recovery,
    nowMs: number,
  ): boolean {
    const { pool } = this;
    if (attempt.isCommitted) {
      // An older transcript would have the caller hear a part of the answer twice.
      if (transcript === undefined || pool.rescue === undefined || !breaksOff(failure))
        return false;
      recovery.resume(transcript, failure, attempt.member.target, pool.rescue.acrossModels);
    }
    if (!pool.budget.take()) return false;
    if (this.#tryNext(nowMs)) {
      pool.counters.rescues++;
      return true;
    }
    pool.budget.refund();
    return false;
  }

  /** Starts another attempt, now or after a while, if the verdict, the deadline and the retry budget allow one. */
  #mayTryAgain(failure: Failure, slot: number, recovery: Recovery, nowMs: number): boolean {
    if (nowMs >= this.#deadlineAtMs || !recovery.allows(failure, slot)) return false;
    if (!this.pool.budget.take()) return false;
    if (this.#tryNext(nowMs) || this.#wait(recovery.waitMs(failure, nowMs), nowMs)) return true;
    this.pool.budget.refund();
    return false;
  }

  /** Waits, if there is something to wait for and the deadline allows it. */
  #wait(waitMs: number | undefined, nowMs: number): boolean {
    if (waitMs === undefined || nowMs + waitMs >= this.#deadlineAtMs) return false;
    this.#resumeAtMs = nowMs + waitMs;
    this.#watch();
    return true;
  }

  /** The wait is over: what was tried may be tried again. */
  #goOn(nowMs: number): void {
    const failure = this.#failure!;
    const recovery = this.#recovery!;
    this.#resumeAtMs = Infinity;
    recovery.tried.length = 0;
    if (this.#tryNext(nowMs)) return;
    // Someone else is trying the target out, or it was told to wait longer.
    if (this.#wait(recovery.waitAgainMs(failure, nowMs), nowMs)) return;
    this.#giveUp('ERR_PLIMSOLL_FAILED', failure, nowMs);
  }

  #checkAttempt(attempt: Attempt | undefined, nowMs: number): void {
    if (attempt === undefined) return;
    if (nowMs < attempt.dueMs(this.pool.timeouts, this.#isStream)) return;
    attempt.control.abort();
    this.#failed(attempt, timeout(attempt.lateness(this.pool.timeouts), true), nowMs);
  }

  /** Whether it is the caller who keeps the answer from going on. */
  get #isHeldUp(): boolean {
    return this.#isPaused && this.#isCommitted;
  }

  /** The caller stopped reading: no other target can mend that. */
  #leaveCaller(nowMs: number): void {
    const failure = timeout(`the caller read nothing for ${this.pool.timeouts.idleMs} ms`, false);
    this.#drop(failure, nowMs);
    this.#giveUp('ERR_PLIMSOLL_STREAM', failure, nowMs);
  }

  /** The deadline up to the first content, the total time after it. */
  #limitAtMs(): number {
    if (this.#isCommitted) return this.#totalAtMs;
    return Math.min(this.#deadlineAtMs, this.#waitUntilMs);
  }

  /** Has the sweeper look again when something may have to be done. */
  #watch(): void {
    let dueMs = Math.min(this.#limitAtMs(), this.#resumeAtMs, this.#hedgeAtMs);
    const attempt = this.#attempt;
    const { timeouts } = this.pool;
    if (this.#isHeldUp) {
      dueMs = Math.min(dueMs, this.#pausedAtMs + timeouts.idleMs);
    } else if (attempt !== undefined) {
      dueMs = Math.min(dueMs, attempt.dueMs(timeouts, this.#isStream));
      if (this.#hedge !== undefined) {
        dueMs = Math.min(dueMs, this.#hedge.dueMs(timeouts, this.#isStream));
      }
    }
    this.pool.fleet.sweeper.move(this, dueMs);
  }

  #outOfTime(nowMs: number): void {
    if (this.#isCommitted) {
      const { totalMs } = this.pool.timeouts;
      const failure = timeout(`the answer took more than ${totalMs} ms`, false);
      this.#drop(failure, nowMs);
      this.#giveUp('ERR_PLIMSOLL_STREAM', this.#recovery?.rescue?.failure ?? failure, nowMs);
      return;
    }
    if (this.#waitUntilMs < Infinity) {
      this.refuse();
      return;
    }
    // Only a target that had most of the time and gave no sign is to blame for a deadline.
    const attempt = this.#attempt;
    const hadMs = attempt === undefined ? 0 : nowMs - attempt.startedAtMs;
    const isAtFault = attempt?.head === undefined && hadMs > (nowMs - this.startedAtMs) / 2;
    const isOwnLimit = this.request.timeoutMs === undefined;
    const failure = timeout('no answer by the deadline', isAtFault && isOwnLimit);
    const isCut = attempt !== undefined;
    this.#drop(failure, nowMs);
    this.#giveUp('ERR_PLIMSOLL_DEADLINE', isCut ? failure : this.#failure, nowMs);
  }

  /** Ends all attempts under way. */
  #drop(failure: Failure, nowMs: number): void {
    for (const attempt of [this.#attempt, this.#hedge]) {
      if (attempt === undefined) continue;
      this.#close(attempt, failure, attempt.control.transcript?.()?.usage, nowMs);
      attempt.control.abort();
    }
  }

  #giveUp(code: ErrorCode, failure: Failure | undefined, nowMs: number): void {
    const target = this.#recovery?.rescue?.target ?? this.#target;
    const where = target === undefined ? '' : ` on ${target.id}`;
    const times = this.attempts === 1 ? '1 attempt' : `${this.attempts} attempts`;
    const cause = failure?.message ?? 'no attempt could be made';
    const message =
      code === 'ERR_PLIMSOLL_STREAM'
        ? `the answer broke off${where}: ${cause}`
        : `${times} failed, the last${where}: ${cause}`;
    this.#end(code, message, failure, this.#retryAfterMs(failure, nowMs), nowMs);
  }

  /** When a target may be tried again: what the failure named, or what is left of the earliest cool-down. */
  #retryAfterMs(failure: Failure | undefined, nowMs: number): number | undefined {
    if (failure?.verdict !== 'cooldown') return failure?.retryAfterMs;
    const waitMs = (this.#recovery?.earliestMs(nowMs) ?? Infinity) - nowMs;
    return Number.isFinite(waitMs) ? waitMs : failure.retryAfterMs;
  }

  #end(
    code: ErrorCode,
    message: string,
    failure: Failure | undefined,
    retryAfterMs: number | undefined,
    nowMs: number,
  ): void {
    this.#finish();
    this.pool.counters.failed++;
    const told: CallFailure = {
      id: this.id,
      pool: this.pool.name,
      operation: this.request.operation,
      code,
      message,
      failure,
      target: this.#target,
      attempts: this.attempts,
      latencyMs: nowMs - this.startedAtMs,
      retryAfterMs,
      isCommitted: this.#isCommitted,
    };
    this.#sink.onError(told);
    this.pool.emitter.emit('failure', told);
  }

  #finish(): void {
    this.#isDone = true;
    if (this.#waitUntilMs < Infinity) this.pool.queue.remove(this);
    this.pool.fleet.sweeper.unwatch(this);
    this.pool.callEnded();
  }
}
