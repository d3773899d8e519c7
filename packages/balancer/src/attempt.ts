import {
  type AttemptControl,
  type AttemptEnd,
  type AttemptSink,
  ChunkKind,
  type Failure,
  type RateLimitFact,
  type Spending,
} from '@plimsoll/core';

import type { Member } from './member.ts';
import type { TimeoutOptions } from './options.ts';
import type { Sweeper } from './sweeper.ts';

/** Who made an attempt and decides what comes of it. */
export interface AttemptOwner {
  readonly wantsTranscript: boolean;
  onAttemptConnect(attempt: Attempt): void;
  /** Content, while the attempt is not committed: `attempt.held` has what came before it. */
  onAttemptContent(attempt: Attempt, chunk: unknown): void;
  onAttemptChunk(chunk: unknown): void;
  onAttemptEnd(attempt: Attempt, end: AttemptEnd): void;
  onAttemptFailure(attempt: Attempt, failure: Failure): void;
}

const NO_ACCOUNTS: readonly Spending[] = [];

/** Steers nothing: what an attempt has until its provider gave it a control. */
export const NO_CONTROL: AttemptControl = { pause() {}, resume() {}, abort() {} };

/**
 * One attempt on one target: the lease and the sink of its provider in one object. While `isOpen` it holds its place in
 * flight; whoever closes it first ends that, and everything that comes later is ignored.
 */
export class Attempt implements AttemptSink {
  readonly member: Member;
  readonly startedAtMs: number;
  /** The number of the decision that chose the target. */
  readonly decision: number;
  /** What the target's health judge gave at the start, or at the first content. */
  healthToken: number;
  control: AttemptControl = NO_CONTROL;
  isOpen = true;
  isConnected = false;
  /** Whether it tries its target out after a cool-down. */
  isTrial = false;
  /** Its content goes to the caller. */
  isCommitted = false;
  head: unknown = undefined;
  /** What it holds of its target's quota. */
  readonly reservation: number;
  /** The accounts it is charged to, and what they hold for it. */
  accounts: readonly Spending[] = NO_ACCOUNTS;
  heldUsd = 0;
  /** What the answer said of rate limits. */
  limits: readonly RateLimitFact[] | undefined = undefined;
  /** Chunks that came before it was committed. */
  held: unknown[] | undefined = undefined;
  firstContentAtMs: number = Number.NaN;
  /** Times of the last chunk and the last sign of the model, to the tick. */
  lastChunkAtMs: number;
  lastEventAtMs: number;
  /** Neighbours in the member's list of attempts without content. */
  older: Attempt | undefined = undefined;
  younger: Attempt | undefined = undefined;
  readonly #owner: AttemptOwner;
  readonly #sweeper: Sweeper;

  constructor(
    owner: AttemptOwner,
    sweeper: Sweeper,
    member: Member,
    healthToken: number,
    reservation: number,
    decision: number,
    nowMs: number,
  ) {
    this.#owner = owner;
    this.#sweeper = sweeper;
    this.member = member;
    this.healthToken = healthToken;
    this.reservation = reservation;
    this.decision = decision;
    this.startedAtMs = nowMs;
    this.lastChunkAtMs = nowMs;
    this.lastEventAtMs = nowMs;
  }

  get wantsTranscript(): boolean {
    return this.#owner.wantsTranscript;
  }

  onConnect(): void {
    if (!this.isOpen || this.isConnected) return;
    this.isConnected = true;
    this.lastEventAtMs = this.#sweeper.nowMs;
    this.#owner.onAttemptConnect(this);
  }

  onHead(head: unknown): void {
    if (this.isOpen) this.head = head;
  }

  onChunk(chunk: unknown, kind: ChunkKind): void {
    if (!this.isOpen) return;
    this.lastChunkAtMs = this.#sweeper.nowMs;
    if (this.isCommitted) {
      this.#owner.onAttemptChunk(chunk);
      return;
    }
    if (kind !== ChunkKind.filler) this.lastEventAtMs = this.lastChunkAtMs;
    if (kind === ChunkKind.content) this.#owner.onAttemptContent(this, chunk);
    else this.hold(chunk);
  }

  onLimits(facts: readonly RateLimitFact[]): void {
    if (this.isOpen) this.limits = facts;
  }

  onEnd(end: AttemptEnd): void {
    if (this.isOpen) this.#owner.onAttemptEnd(this, end);
  }

  onError(failure: Failure): void {
    if (this.isOpen) this.#owner.onAttemptFailure(this, failure);
  }

  hold(chunk: unknown): void {
    if (this.held === undefined) this.held = [chunk];
    else this.held.push(chunk);
  }

  /** When it is late if nothing comes before, by the limits that are an attempt's own. */
  dueMs(timeouts: Required<TimeoutOptions>, isStream: boolean): number {
    if (this.isCommitted) return this.lastChunkAtMs + timeouts.idleMs;
    if (!this.isConnected) return this.startedAtMs + timeouts.connectMs;
    return isStream ? this.lastEventAtMs + timeouts.firstContentMs : Infinity;
  }

  /** What it was late with. */
  lateness(timeouts: Required<TimeoutOptions>): string {
    if (this.isCommitted) return `nothing for ${timeouts.idleMs} ms`;
    if (!this.isConnected) return `not connected within ${timeouts.connectMs} ms`;
    return `no content within ${timeouts.firstContentMs} ms`;
  }
}
