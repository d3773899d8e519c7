import type { Failure, Outcome, RequestTraits, Trace } from '@plimsoll/core';

import {
  ATTEMPT_CAUSES,
  type AttemptCause,
  type Candidate,
  type DecidedRequest,
  type Decision,
  type Reason,
  REASONS,
} from './decision.ts';
import { type FailureFacts, factsOf } from './failure-facts.ts';
import type { Roster } from './roster.ts';

/** Pools up to this size have the reason of every target recorded with each decision: one byte each. */
const ALWAYS_RECORDED_TARGETS = 16;
/** Pools up to this size have them recorded with decisions that are traced. */
const RECORDED_TARGETS = 64;

const OUTCOMES = [undefined, 'success', 'failed', 'aborted'] as const;
export type OutcomeCode = 0 | 1 | 2 | 3;
export const SUCCESS = 1;
export const FAILED = 2;
export const ABORTED = 3;

/** The notes of one traced pick. */
export class Notes implements Trace {
  readonly scores: Map<number, number> = new Map();
  readonly path: string[] = [];

  score(slot: number, score: number): void {
    this.scores.set(slot, score);
  }

  step(name: string): void {
    this.path.push(name);
  }
}

/** The call that a decision is made for. */
export interface DecidedCall {
  readonly id: number;
  /** Made so far. */
  readonly attempts: number;
  readonly cause: AttemptCause;
  readonly startedAtMs: number;
  readonly deadlineMs: number;
  readonly request: RequestTraits;
}

/** The view that a decision was made through. */
interface DecidedView {
  readonly isAtHome: boolean | undefined;
  reason(slot: number): Reason;
}

/** How a failed attempt is remembered. */
interface RecordedFailure {
  readonly message: string;
  readonly facts: FailureFacts;
}

/** What a request demands that few do. */
type Demands = Pick<DecidedRequest, 'pin' | 'residency'>;

/** Places of a decision's numbers in its row; what is not known, or not yet, is NaN. */
const CALL_ID = 0;
const AT_MS = 1;
const CALL_STARTED_MS = 2;
const DEADLINE_MS = 3;
const ESTIMATE = 4;
const FIRST_CONTENT_MS = 5;
const DURATION_MS = 6;
const INPUT_TOKENS = 7;
const OUTPUT_TOKENS = 8;
const COST_USD = 9;
const ROW = 10;

/** Bits of `#flags`: the cause, and where the request's key has its home. */
const CAUSE_BITS = 3;
const AT_HOME = 4;
const AWAY = 8;

/** The last decisions of a pool, in arrays of fixed size: recording one allocates nothing, but where a request demands much. */
export class DecisionRing {
  readonly #capacity: number;
  /** A row of numbers for each decision. */
  readonly #numbers: Float64Array;
  readonly #attempts: Uint16Array;
  readonly #slots: Int32Array;
  readonly #flags: Uint8Array;
  readonly #outcomes: Uint8Array;
  readonly #reasons: Uint8Array;
  readonly #isRecorded: Uint8Array;
  readonly #rosters: (Roster | undefined)[];
  readonly #notes: (Notes | undefined)[];
  readonly #failures: (RecordedFailure | undefined)[];
  readonly #demands: (Demands | undefined)[];
  #recorded = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#numbers = new Float64Array(capacity * ROW);
    this.#attempts = new Uint16Array(capacity);
    this.#slots = new Int32Array(capacity);
    this.#flags = new Uint8Array(capacity);
    this.#outcomes = new Uint8Array(capacity);
    this.#reasons = new Uint8Array(capacity * RECORDED_TARGETS);
    this.#isRecorded = new Uint8Array(capacity);
    this.#rosters = Array.from({ length: capacity });
    this.#notes = Array.from({ length: capacity });
    this.#failures = Array.from({ length: capacity });
    this.#demands = Array.from({ length: capacity });
  }

  /** @returns the decision's number, for `settle`. */
  record(
    call: DecidedCall,
    slot: number,
    roster: Roster,
    view: DecidedView,
    notes: Notes | undefined,
    nowMs: number,
  ): number {
    if (this.#capacity === 0) return -1;
    const number = this.#recorded++;
    const at = number % this.#capacity;
    const { request } = call;
    const numbers = this.#numbers;
    const row = at * ROW;
    numbers[row + CALL_ID] = call.id;
    numbers[row + AT_MS] = nowMs;
    numbers[row + CALL_STARTED_MS] = call.startedAtMs;
    numbers[row + DEADLINE_MS] = call.deadlineMs;
    numbers[row + ESTIMATE] = request.inputTokens ?? Number.NaN;
    numbers[row + FIRST_CONTENT_MS] = Number.NaN;
    numbers[row + DURATION_MS] = Number.NaN;
    this.#attempts[at] = call.attempts + 1;
    this.#slots[at] = slot;
    this.#flags[at] = CAUSE_CODES[call.cause] | homeFlag(view.isAtHome);
    this.#outcomes[at] = slot === -1 ? FAILED : 0;
    this.#rosters[at] = roster;
    this.#notes[at] = notes;
    this.#failures[at] = undefined;
    this.#demands[at] = demandsOf(request);
    const { members } = roster;
    const isRecorded =
      members.length <= (notes === undefined ? ALWAYS_RECORDED_TARGETS : RECORDED_TARGETS);
    this.#isRecorded[at] = isRecorded ? 1 : 0;
    if (isRecorded) {
      const base = at * RECORDED_TARGETS;
      for (let index = 0; index < members.length; index++) {
        this.#reasons[base + index] = CODES[view.reason(members[index]!.slot)];
      }
    }
    return number;
  }

  /** The attempt of decision `number` has content, so long after its start. */
  answer(number: number, firstContentMs: number): void {
    if (!this.#has(number)) return;
    this.#numbers[(number % this.#capacity) * ROW + FIRST_CONTENT_MS] = firstContentMs;
  }

  /** The attempt of decision `number` ended. */
  settle(number: number, code: OutcomeCode, outcome: Outcome): void {
    if (!this.#has(number)) return;
    const at = number % this.#capacity;
    const row = at * ROW;
    const { failure, usage } = outcome;
    this.#outcomes[at] = code;
    if (failure !== undefined) this.#failures[at] = recorded(failure);
    this.#numbers[row + DURATION_MS] = outcome.durationMs;
    this.#numbers[row + INPUT_TOKENS] = usage?.inputTokens ?? Number.NaN;
    this.#numbers[row + OUTPUT_TOKENS] = usage?.outputTokens ?? Number.NaN;
    this.#numbers[row + COST_USD] = outcome.costUsd ?? Number.NaN;
  }

  /** The last `limit` decisions, newest first. */
  recent(limit: number, pool: string, strategy: string, epochOffsetMs: number): Decision[] {
    const found: Decision[] = [];
    const oldest = Math.max(0, this.#recorded - this.#capacity);
    for (let number = this.#recorded - 1; number >= oldest && found.length < limit; number--) {
      found.push(this.#decision(number, pool, strategy, epochOffsetMs));
    }
    return found;
  }

  #decision(number: number, pool: string, strategy: string, epochOffsetMs: number): Decision {
    const at = number % this.#capacity;
    const roster = this.#rosters[at]!;
    const slot = this.#slots[at]!;
    const failure = this.#failures[at];
    const flags = this.#flags[at]!;
    const numberOf = (place: number): number => this.#numbers[at * ROW + place]!;
    const isEnded = !Number.isNaN(numberOf(DURATION_MS));
    const ended = (place: number): number | undefined =>
      isEnded ? known(numberOf(place)) : undefined;
    const isKept = (flags & (AT_HOME | AWAY)) !== 0;
    return {
      number,
      callId: numberOf(CALL_ID),
      pool,
      strategy,
      attempt: this.#attempts[at]!,
      cause: ATTEMPT_CAUSES[flags & CAUSE_BITS]!,
      epochMs: epochOffsetMs + numberOf(AT_MS),
      sinceStartMs: numberOf(AT_MS) - numberOf(CALL_STARTED_MS),
      request: {
        inputTokens: known(numberOf(ESTIMATE)),
        pin: this.#demands[at]?.pin,
        residency: this.#demands[at]?.residency,
        isAtHome: isKept ? (flags & AT_HOME) !== 0 : undefined,
        deadlineMs: numberOf(DEADLINE_MS),
      },
      target: roster.members.find((member) => member.slot === slot)?.target.id,
      candidates: this.#candidates(at, roster),
      path: this.#notes[at]?.path ?? [],
      outcome: OUTCOMES[this.#outcomes[at]!],
      failure: failure?.message,
      failureFacts: failure?.facts,
      firstContentMs: known(numberOf(FIRST_CONTENT_MS)),
      durationMs: ended(DURATION_MS),
      inputTokens: ended(INPUT_TOKENS),
      outputTokens: ended(OUTPUT_TOKENS),
      costUsd: ended(COST_USD),
    };
  }

  /** Whether decision `number` was recorded and is not overwritten since. */
  #has(number: number): boolean {
    return number >= 0 && number >= this.#recorded - this.#capacity;
  }

  #candidates(at: number, roster: Roster): Candidate[] {
    if (this.#isRecorded[at] === 0) return [];
    const notes = this.#notes[at];
    return roster.members.map(({ slot, target }, index) => ({
      target: target.id,
      reason: REASONS[this.#reasons[at * RECORDED_TARGETS + index]!]!,
      score: notes?.scores.get(slot),
    }));
  }
}

const CODES = Object.fromEntries(REASONS.map((reason, code) => [reason, code])) as Record<
  Reason,
  number
>;

const CAUSE_CODES: Record<AttemptCause, number> = { first: 0, retry: 1, hedge: 2, rescue: 3 };

function homeFlag(isAtHome: boolean | undefined): number {
  if (isAtHome === undefined) return 0;
  return isAtHome ? AT_HOME : AWAY;
}

function demandsOf({ pin, residency }: RequestTraits): Demands | undefined {
  return pin === undefined && residency === undefined ? undefined : { pin, residency };
}

function recorded(failure: Failure): RecordedFailure {
  return { message: failure.message, facts: factsOf(failure) };
}

function known(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}
