import {
  type AttemptEnd,
  type Failure,
  optionError,
  type Request,
  type Timer,
} from '@plimsoll/core';

import { type Attempt, type AttemptOwner } from './attempt.ts';
import { isCooling } from './cool-downs.ts';
import type { FleetState } from './fleet.ts';
import { closeLease, endTrial, markAnswered, openLease } from './lease.ts';
import type { Member } from './member.ts';
import { timeout } from './endings.ts';

/** Options of active probes. */
export interface ProbeOptions {
  /** Between two probes of a target, in milliseconds >= 100; each is up to a tenth earlier or later. */
  readonly everyMs: number;
  /** A probe that takes longer has failed, in milliseconds > 0. @defaultValue 5000 */
  readonly timeoutMs?: number;
  /**
   * Sent, as a real request that costs tokens, to targets that had no traffic since the last probe: keeps estimates of
   * their speed fresh. Without it probes only ask whether the API can be reached.
   */
  readonly request?: Request;
}

/** How many looks a probe's interval is divided into. */
const LOOKS = 20;

/** Asks targets on an interval how they are, beside the requests. */
export class Prober {
  readonly #fleet: FleetState;
  readonly #options: ProbeOptions;
  readonly #members: () => Iterable<Member>;
  readonly #dueAtMs = new Map<Member, number>();
  readonly #samplesAtLast = new Map<Member, number>();
  readonly #underWay = new Map<Member, Probe>();
  readonly #timer: Timer;

  /** @throws PlimsollError ERR_PLIMSOLL_OPTION on an option out of range. */
  constructor(fleet: FleetState, options: ProbeOptions, members: () => Iterable<Member>) {
    const { everyMs, timeoutMs = 5000 } = options;
    if (!(everyMs >= 100)) throw optionError('balancer', 'probe.everyMs', 'ms >= 100', everyMs);
    if (!(timeoutMs > 0)) throw optionError('balancer', 'probe.timeoutMs', 'ms > 0', timeoutMs);
    this.#fleet = fleet;
    this.#options = options;
    this.#members = members;
    this.#timer = fleet.clock.every(everyMs / LOOKS, () => this.#look());
  }

  stop(): void {
    this.#timer.cancel();
    for (const probe of this.#underWay.values()) probe.abort();
    this.#underWay.clear();
  }

  #look(): void {
    const nowMs = this.#fleet.clock.now();
    for (const probe of this.#underWay.values()) probe.check(nowMs);
    const members = new Set(this.#members());
    for (const member of this.#dueAtMs.keys()) if (!members.has(member)) this.#forget(member);
    for (const member of members) {
      const dueAtMs = this.#dueAtMs.get(member);
      if (dueAtMs !== undefined && nowMs >= dueAtMs) this.#probe(member, nowMs);
      if (dueAtMs === undefined || nowMs >= dueAtMs) this.#schedule(member, nowMs);
    }
  }

  #schedule(member: Member, nowMs: number): void {
    const spread = 0.9 + this.#fleet.random.float() * 0.2;
    this.#dueAtMs.set(member, nowMs + this.#options.everyMs * spread);
  }

  #forget(member: Member): void {
    this.#dueAtMs.delete(member);
    this.#samplesAtLast.delete(member);
  }

  #probe(member: Member, nowMs: number): void {
    const { request, timeoutMs = 5000 } = this.#options;
    if (this.#underWay.has(member)) return;
    const done = (): void => void this.#underWay.delete(member);
    if (request === undefined) {
      if (member.target.provider?.probe === undefined) return;
      member.lastProbeAtMs = nowMs;
      this.#underWay.set(
        member,
        new ReachabilityProbe(this.#fleet, member, nowMs + timeoutMs, done),
      );
      return;
    }
    const samples = this.#fleet.estimates.samples[member.slot]!;
    const isQuiet = this.#samplesAtLast.get(member) === samples;
    this.#samplesAtLast.set(member, samples);
    const { coolUntilMs } = this.#fleet.hot;
    if (!isQuiet || member.target.provider === undefined || coolUntilMs[member.slot]! > nowMs)
      return;
    if (!member.health.admits(member.slot, nowMs)) return;
    member.lastProbeAtMs = nowMs;
    this.#underWay.set(
      member,
      new RequestProbe(this.#fleet, member, request, nowMs, timeoutMs, done),
    );
  }
}

interface Probe {
  check(nowMs: number): void;
  abort(): void;
}

class ReachabilityProbe implements Probe {
  readonly #fleet: FleetState;
  readonly #member: Member;
  readonly #dueAtMs: number;
  readonly #done: () => void;
  readonly #control: { abort(): void };

  constructor(fleet: FleetState, member: Member, dueAtMs: number, done: () => void) {
    this.#fleet = fleet;
    this.#member = member;
    this.#dueAtMs = dueAtMs;
    this.#done = done;
    const { target } = member;
    this.#control = target.provider!.probe!(target, (failure) => this.#tell(failure));
  }

  check(nowMs: number): void {
    if (nowMs < this.#dueAtMs) return;
    this.#control.abort();
    this.#tell(timeout('a probe was not answered', true));
  }

  abort(): void {
    this.#control.abort();
  }

  #tell(failure: Failure | undefined): void {
    const { slot, health } = this.#member;
    this.#done();
    // The member may have left meanwhile, and its slot have another target.
    if (this.#fleet.members[slot] !== this.#member) return;
    health.onProbe(slot, failure, this.#fleet.clock.now());
  }
}

/** A real request, under a lease like any other, but in nobody's share. */
class RequestProbe implements Probe, AttemptOwner {
  readonly wantsTranscript = false;
  readonly #fleet: FleetState;
  readonly #attempt: Attempt;
  readonly #isStream: boolean;
  readonly #dueAtMs: number;
  readonly #done: () => void;

  constructor(
    fleet: FleetState,
    member: Member,
    request: Request,
    nowMs: number,
    timeoutMs: number,
    done: () => void,
  ) {
    this.#fleet = fleet;
    this.#isStream = request.isStream === true;
    this.#dueAtMs = nowMs + timeoutMs;
    this.#done = done;
    this.#attempt = openLease(fleet, this, member, request, undefined, -1, nowMs);
    const { target } = member;
    this.#attempt.control = target.provider!.attempt(target, request, this.#attempt);
  }

  check(nowMs: number): void {
    if (nowMs >= this.#dueAtMs) this.#cut(timeout('a probe was not answered', true), nowMs);
  }

  abort(): void {
    const failure = { ...timeout('the pool closed', false), kind: 'aborted' } as const;
    this.#cut(failure, this.#fleet.clock.now());
  }

  onAttemptConnect(): void {}

  onAttemptContent(attempt: Attempt): void {
    const nowMs = this.#fleet.clock.now();
    const { slot, health } = attempt.member;
    attempt.firstContentAtMs = nowMs;
    attempt.isCommitted = true;
    markAnswered(this.#fleet, attempt);
    endTrial(this.#fleet, attempt, true, nowMs);
    attempt.healthToken = health.onContent(slot, attempt.healthToken, nowMs);
    if (this.#isStream) {
      this.#fleet.estimates.observeFirstContent(slot, nowMs - attempt.startedAtMs, nowMs);
    }
  }

  onAttemptChunk(): void {}

  onAttemptEnd(_attempt: Attempt, end: AttemptEnd): void {
    this.#close(undefined, end, this.#fleet.clock.now());
  }

  onAttemptFailure(attempt: Attempt, failure: Failure): void {
    const nowMs = this.#fleet.clock.now();
    this.#close(failure, undefined, nowMs);
    const { member } = attempt;
    if (isCooling(failure, member.target)) this.#fleet.cool(member, failure, nowMs);
  }

  #cut(failure: Failure, nowMs: number): void {
    if (!this.#attempt.isOpen) return;
    this.#attempt.control.abort();
    this.#close(failure, undefined, nowMs);
  }

  #close(failure: Failure | undefined, end: AttemptEnd | undefined, nowMs: number): void {
    closeLease(this.#fleet, this.#attempt, failure, end?.usage, this.#isStream, nowMs);
    this.#done();
  }
}
