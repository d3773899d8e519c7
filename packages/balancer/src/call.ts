import type {
  AttemptControl,
  AttemptEnd,
  ErrorCode,
  Failure,
  Outcome,
  Provider,
  Request,
  Target,
} from '@plimsoll/core';

import { Attempt, type AttemptOwner, NO_CONTROL } from './attempt.ts';
import { costUsd } from './cost.ts';
import { ABORTED, FAILED, SUCCESS } from './decision-ring.ts';
import { closeLease, markAnswered, openLease } from './lease.ts';
import type { Pool } from './pool.ts';
import type { Call, CallFailure, Result, Sink } from './sink.ts';
import type { Sweepable } from './sweeper.ts';

const RUNNING = 0;
const BACKING_OFF = 1;
const DONE = 2;

/** What ended an attempt that the caller gave up. */
const CALLER_LEFT: Failure = {
  kind: 'aborted',
  verdict: 'abort',
  message: 'the caller went away',
  isHealthFailure: false,
};

/** A target that `start` cannot use, since only its application knows how. */
const NO_PROVIDER: Failure = {
  kind: 'bad_request',
  verdict: 'fail',
  message: 'the target has no provider; it can be used through run() only',
  isHealthFailure: false,
};

/** Who makes the attempts of a call, where it is not the target's provider. */
export type AttemptMaker = Pick<Provider, 'attempt'>;

/**
 * One request from its start to its last byte: picks a target, watches the attempt and the time limits, fails over until
 * content is committed, and closes every lease it opened.
 */
export class BalancedCall implements Call, Sweepable, AttemptOwner {
  readonly id: number;
  readonly pool: Pool;
  readonly request: Request;
  readonly startedAtMs: number;
  attempts = 0;
  upstreamMs = 0;
  sweepIndex = -1;
  /** Slots that failed this request. */
  tried: number[] | undefined = undefined;
  /** Set by a failure that asks for a target with more room than the one that failed. */
  minContextWindow = 0;
  readonly #sink: Sink;
  readonly #maker: AttemptMaker | undefined;
  readonly #deadlineAtMs: number;
  readonly #totalAtMs: number;
  #phase: 0 | 1 | 2 = RUNNING;
  #attempt: Attempt | undefined = undefined;
  #target: Target | undefined = undefined;
  #failure: Failure | undefined = undefined;
  #sameTargetRetries = 0;
  #resumeAtMs = 0;
  #isPaused = false;
  #pausedAtMs = 0;

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
    this.startedAtMs = nowMs;
    const { deadlineMs, totalMs } = pool.timeouts;
    this.#totalAtMs = nowMs + totalMs;
    const ownMs = request.isStream === true ? Math.min(deadlineMs, totalMs) : totalMs;
    this.#deadlineAtMs = nowMs + Math.min(ownMs, request.timeoutMs ?? Infinity);
  }

  get target(): Target | undefined {
    return this.#target;
  }

  /** Makes the first attempt. The sink hears nothing before this has returned. */
  begin(nowMs: number): void {
    this.pool.fleet.sweeper.watch(this, this.#deadlineAtMs, nowMs);
    if (!this.#tryNext(nowMs)) queueMicrotask(() => this.#refuse());
  }

  abort(): void {
    if (this.#phase === DONE) return;
    const nowMs = this.pool.fleet.clock.now();
    const attempt = this.#attempt;
    if (attempt !== undefined) {
      this.#close(attempt, CALLER_LEFT, undefined, nowMs);
      attempt.control.abort();
    }
    this.#finish();
    this.pool.counters.aborted++;
  }

  pause(): void {
    if (this.#phase === DONE || this.#isPaused) return;
    this.#isPaused = true;
    this.#pausedAtMs = this.pool.fleet.sweeper.nowMs;
    this.#attempt?.control.pause();
  }

  resume(): void {
    if (this.#phase === DONE || !this.#isPaused) return;
    this.#isPaused = false;
    const attempt = this.#attempt;
    if (attempt === undefined) return;
    attempt.lastChunkAtMs = this.pool.fleet.sweeper.nowMs;
    attempt.control.resume();
  }

  onDue(nowMs: number): void {
    const dueMs = this.#dueMs();
    if (dueMs > nowMs) {
      this.pool.fleet.sweeper.move(this, dueMs);
    } else if (this.#phase === BACKING_OFF && nowMs < this.#deadlineAtMs) {
      this.#phase = RUNNING;
      this.tried = undefined;
      if (!this.#tryNext(nowMs)) this.#giveUp('ERR_PLIMSOLL_FAILED', this.#failure, nowMs);
    } else {
      this.#timeOut(nowMs);
    }
  }

  onAttemptConnect(_attempt: Attempt): void {
    this.pool.fleet.sweeper.move(this, this.#dueMs());
  }

  onAttemptContent(attempt: Attempt, chunk: unknown): void {
    const { fleet } = this.pool;
    const nowMs = fleet.clock.now();
    this.#commit(attempt, nowMs);
    fleet.sweeper.move(this, this.#dueMs());
    const { slot, health } = attempt.member;
    attempt.healthToken = health.onContent(slot, attempt.healthToken, nowMs);
    if (this.request.isStream === true) {
      fleet.estimates.observeFirstContent(slot, nowMs - attempt.startedAtMs, nowMs);
    }
    this.#sink.onHead(attempt.head, this);
    this.#forwardHeld(attempt);
    if (this.#phase !== DONE) this.#sink.onChunk(chunk);
  }

  onAttemptChunk(chunk: unknown): void {
    this.#sink.onChunk(chunk);
  }

  onAttemptEnd(attempt: Attempt, end: AttemptEnd): void {
    const nowMs = this.pool.fleet.clock.now();
    if (!attempt.isCommitted) {
      // Complete without any content, such as an empty answer: nothing more is to come, so this is the answer.
      this.#commit(attempt, nowMs);
      this.#sink.onHead(attempt.head, this);
      this.#forwardHeld(attempt);
      if (this.#phase === DONE) return;
    }
    const cost = this.#close(attempt, undefined, end, nowMs);
    this.#finish();
    const result: Result = {
      id: this.id,
      pool: this.pool.name,
      target: attempt.member.target,
      attempts: this.attempts,
      latencyMs: nowMs - this.startedAtMs,
      firstContentMs: attempt.firstContentAtMs - this.startedAtMs,
      usage: end.usage,
      costUsd: cost,
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
    const { pool } = this;
    const { fleet } = pool;
    const slot = pool.pick(this, nowMs);
    if (slot === -1) return false;
    const member = fleet.members[slot]!;
    this.#target = member.target;
    this.attempts++;
    pool.counters.start(slot, this.attempts === 1, nowMs);
    const token = member.health.onStart(slot, nowMs);
    const attempt = new Attempt(this, fleet.sweeper, member, token, pool.lastDecision, nowMs);
    this.#attempt = attempt;
    openLease(fleet, attempt);
    attempt.control = this.#make(member.target, attempt);
    fleet.sweeper.move(this, this.#dueMs());
    if (this.#isPaused) attempt.control.pause();
    return true;
  }

  #make(target: Target, attempt: Attempt): AttemptControl {
    const maker = this.#maker ?? target.provider;
    if (maker !== undefined) return maker.attempt(target, this.request, attempt);
    queueMicrotask(() => attempt.onError(NO_PROVIDER));
    return NO_CONTROL;
  }

  #commit(attempt: Attempt, nowMs: number): void {
    attempt.isCommitted = true;
    attempt.firstContentAtMs = nowMs;
    this.upstreamMs += nowMs - attempt.startedAtMs;
    markAnswered(this.pool.fleet, attempt);
  }

  #forwardHeld(attempt: Attempt): void {
    const { held } = attempt;
    if (held === undefined) return;
    attempt.held = undefined;
    for (const chunk of held) {
      if (this.#phase === DONE) return;
      this.#sink.onChunk(chunk);
    }
  }

  /** Gives the lease back and tells everyone what came of it. @returns the attempt's cost in US dollars. */
  #close(
    attempt: Attempt,
    failure: Failure | undefined,
    end: AttemptEnd | undefined,
    nowMs: number,
  ): number | undefined {
    const { pool } = this;
    const { slot, target } = attempt.member;
    this.#attempt = undefined;
    if (!attempt.isCommitted) this.upstreamMs += nowMs - attempt.startedAtMs;
    const cost = costUsd(target.price, end?.usage);
    const outcome: Outcome = {
      failure,
      usage: end?.usage,
      firstContentMs: attempt.isCommitted
        ? attempt.firstContentAtMs - attempt.startedAtMs
        : undefined,
      durationMs: nowMs - attempt.startedAtMs,
      costUsd: cost,
    };
    closeLease(pool.fleet, attempt, outcome, this.request.isStream === true, nowMs);
    const code = failure === undefined ? SUCCESS : failure.kind === 'aborted' ? ABORTED : FAILED;
    pool.ring.settle(attempt.decision, code, failure?.message);
    pool.counters.end(slot, outcome);
    pool.observe(slot, outcome, nowMs);
    return cost;
  }

  #failed(attempt: Attempt, failure: Failure, nowMs: number): void {
    const { pool } = this;
    const { member } = attempt;
    this.#failure = failure;
    this.#close(attempt, failure, undefined, nowMs);
    if (pool.emitter.has('attemptFailed')) {
      const { attempts } = this;
      const { target } = member;
      pool.emitter.emit('attemptFailed', {
        callId: this.id,
        pool: pool.name,
        target,
        failure,
        attempt: attempts,
      });
    }
    if (failure.verdict === 'cooldown') pool.cool(member, failure, nowMs);
    if (attempt.isCommitted) {
      this.#giveUp('ERR_PLIMSOLL_STREAM', failure, nowMs);
    } else if (!this.#mayTryAgain(failure, member.slot, nowMs)) {
      this.#giveUp('ERR_PLIMSOLL_FAILED', failure, nowMs);
    }
  }

  /** Starts another attempt, now or after a back-off, if the verdict, the deadline and the retry budget allow one. */
  #mayTryAgain(failure: Failure, slot: number, nowMs: number): boolean {
    if (failure.verdict === 'fail' || nowMs >= this.#deadlineAtMs) return false;
    if (failure.verdict === 'conditional') {
      if (failure.needs !== 'larger_context') return false;
      const window = this.pool.fleet.hot.contextWindow[slot]!;
      // Of a target that does not state its window nothing larger can be named.
      if (window === Infinity) return false;
      this.minContextWindow = Math.max(this.minContextWindow, window + 1);
    }
    if (this.tried === undefined) this.tried = [slot];
    else this.tried.push(slot);
    if (!this.pool.budget.take()) return false;
    if (this.#tryNext(nowMs)) return true;
    return this.#backOff(failure, nowMs) || this.#refund();
  }

  /** A retry that was not made is not charged. */
  #refund(): false {
    this.pool.budget.refund();
    return false;
  }

  /** Waits for another try at a target that has failed already: the last resort, once per request. */
  #backOff(failure: Failure, nowMs: number): boolean {
    if (failure.verdict !== 'retry_same' && failure.kind !== 'server') return false;
    if (this.#sameTargetRetries > 0) return false;
    const waitMs = Math.max(
      failure.retryAfterMs ?? 0,
      this.pool.backoffMs(this.#sameTargetRetries),
    );
    if (nowMs + waitMs >= this.#deadlineAtMs) return false;
    this.#sameTargetRetries++;
    this.#phase = BACKING_OFF;
    this.#resumeAtMs = nowMs + waitMs;
    this.pool.fleet.sweeper.move(this, this.#dueMs());
    return true;
  }

  /** The next moment at which something has to be done if nothing happens before. */
  #dueMs(): number {
    const { timeouts } = this.pool;
    const attempt = this.#attempt;
    if (attempt === undefined) {
      return this.#phase === BACKING_OFF ? this.#resumeAtMs : this.#deadlineAtMs;
    }
    if (attempt.isCommitted) {
      const sinceMs = this.#isPaused ? this.#pausedAtMs : attempt.lastChunkAtMs;
      return Math.min(sinceMs + timeouts.idleMs, this.#totalAtMs);
    }
    if (!attempt.isConnected) {
      return Math.min(attempt.startedAtMs + timeouts.connectMs, this.#deadlineAtMs);
    }
    if (this.request.isStream !== true) return this.#deadlineAtMs;
    return Math.min(attempt.lastEventAtMs + timeouts.firstContentMs, this.#deadlineAtMs);
  }

  #timeOut(nowMs: number): void {
    const { timeouts } = this.pool;
    const attempt = this.#attempt;
    if (attempt === undefined) {
      this.#giveUp('ERR_PLIMSOLL_DEADLINE', this.#failure, nowMs);
      return;
    }
    attempt.control.abort();
    if (attempt.isCommitted) {
      const isTotal = nowMs >= this.#totalAtMs;
      const limit = isTotal
        ? `the answer took more than ${timeouts.totalMs} ms`
        : `nothing for ${timeouts.idleMs} ms`;
      const message = this.#isPaused && !isTotal ? `the caller read ${limit}` : limit;
      this.#failed(attempt, timeout(message, !this.#isPaused && !isTotal), nowMs);
    } else if (nowMs >= this.#deadlineAtMs) {
      // Only a target that had most of the time and gave no sign is to blame for a deadline.
      const spentMs = nowMs - attempt.startedAtMs;
      const isAtFault = attempt.head === undefined && spentMs > (nowMs - this.startedAtMs) / 2;
      const isOwnLimit = this.request.timeoutMs === undefined;
      const failure = timeout('no answer by the deadline', isAtFault && isOwnLimit);
      this.#failure = failure;
      this.#close(attempt, failure, undefined, nowMs);
      this.#giveUp('ERR_PLIMSOLL_DEADLINE', failure, nowMs);
    } else if (attempt.isConnected) {
      const message = `no content within ${timeouts.firstContentMs} ms`;
      this.#failed(attempt, timeout(message, true), nowMs);
    } else {
      this.#failed(attempt, timeout(`not connected within ${timeouts.connectMs} ms`, true), nowMs);
    }
  }

  /** No attempt could be made at all. */
  #refuse(): void {
    if (this.#phase === DONE) return;
    const nowMs = this.pool.fleet.clock.now();
    const { code, message, retryAtMs } = this.pool.whyNone(this, nowMs);
    this.#end(
      code,
      message,
      undefined,
      retryAtMs === undefined ? undefined : retryAtMs - nowMs,
      nowMs,
    );
  }

  #giveUp(code: ErrorCode, failure: Failure | undefined, nowMs: number): void {
    const where = this.#target === undefined ? '' : ` on ${this.#target.id}`;
    const times = this.attempts === 1 ? '1 attempt' : `${this.attempts} attempts`;
    const cause = failure?.message ?? 'no attempt could be made';
    const message =
      code === 'ERR_PLIMSOLL_STREAM'
        ? `the answer broke off${where}: ${cause}`
        : `${times} failed, the last${where}: ${cause}`;
    this.#end(code, message, failure, failure?.retryAfterMs, nowMs);
  }

  #end(
    code: ErrorCode,
    message: string,
    failure: Failure | undefined,
    retryAfterMs: number | undefined,
    nowMs: number,
  ): void {
    const isCommitted = code === 'ERR_PLIMSOLL_STREAM';
    this.#finish();
    this.pool.counters.failed++;
    const told: CallFailure = {
      id: this.id,
      pool: this.pool.name,
      code,
      message,
      failure,
      target: this.#target,
      attempts: this.attempts,
      latencyMs: nowMs - this.startedAtMs,
      retryAfterMs,
      isCommitted,
    };
    this.#sink.onError(told);
    this.pool.emitter.emit('failure', told);
  }

  #finish(): void {
    this.#phase = DONE;
    this.pool.fleet.sweeper.unwatch(this);
    this.pool.callEnded(this);
  }
}

function timeout(message: string, isHealthFailure: boolean): Failure {
  return { kind: 'timeout', verdict: 'failover', message, isHealthFailure };
}
