import type { Trace } from '@plimsoll/core';

import { type Candidate, type Decision, type Reason, REASONS } from './decision.ts';
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

/** The last decisions of a pool, in arrays of fixed size: recording one allocates nothing. */
export class DecisionRing {
  readonly #capacity: number;
  readonly #callIds: Float64Array;
  readonly #attempts: Uint16Array;
  readonly #slots: Int32Array;
  readonly #atMs: Float64Array;
  readonly #outcomes: Uint8Array;
  readonly #reasons: Uint8Array;
  readonly #isRecorded: Uint8Array;
  readonly #rosters: (Roster | undefined)[];
  readonly #notes: (Notes | undefined)[];
  readonly #failures: (string | undefined)[];
  #recorded = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#callIds = new Float64Array(capacity);
    this.#attempts = new Uint16Array(capacity);
    this.#slots = new Int32Array(capacity);
    this.#atMs = new Float64Array(capacity);
    this.#outcomes = new Uint8Array(capacity);
    this.#reasons = new Uint8Array(capacity * RECORDED_TARGETS);
    this.#isRecorded = new Uint8Array(capacity);
    this.#rosters = Array.from({ length: capacity });
    this.#notes = Array.from({ length: capacity });
    this.#failures = Array.from({ length: capacity });
  }

  /** @returns the decision's number, for `settle`. */
  record(
    callId: number,
    attempt: number,
    slot: number,
    roster: Roster,
    view: { reason(slot: number): Reason },
    notes: Notes | undefined,
    nowMs: number,
  ): number {
    if (this.#capacity === 0) return -1;
    const number = this.#recorded++;
    const at = number % this.#capacity;
    this.#callIds[at] = callId;
    this.#attempts[at] = attempt;
    this.#slots[at] = slot;
    this.#atMs[at] = nowMs;
    this.#outcomes[at] = slot === -1 ? FAILED : 0;
    this.#rosters[at] = roster;
    this.#notes[at] = notes;
    this.#failures[at] = undefined;
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

  /** The attempt of decision `number` ended. */
  settle(number: number, outcome: OutcomeCode, failure: string | undefined): void {
    if (number < this.#recorded - this.#capacity || number < 0) return;
    const at = number % this.#capacity;
    this.#outcomes[at] = outcome;
    this.#failures[at] = failure;
  }

  /** The last `limit` decisions, newest first. */
  recent(limit: number, pool: string, strategy: string, epochOffsetMs: number): Decision[] {
    const found: Decision[] = [];
    const oldest = Math.max(0, this.#recorded - this.#capacity);
    for (let number = this.#recorded - 1; number >= oldest && found.length < limit; number--) {
      const at = number % this.#capacity;
      const roster = this.#rosters[at]!;
      const slot = this.#slots[at]!;
      found.push({
        callId: this.#callIds[at]!,
        pool,
        strategy,
        attempt: this.#attempts[at]!,
        epochMs: epochOffsetMs + this.#atMs[at]!,
        target: roster.members.find((member) => member.slot === slot)?.target.id,
        candidates: this.#candidates(at, roster),
        path: this.#notes[at]?.path ?? [],
        outcome: OUTCOMES[this.#outcomes[at]!],
        failure: this.#failures[at],
      });
    }
    return found;
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
