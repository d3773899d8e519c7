import type { Candidate, Decision, Result } from '@plimsoll/balancer';

import { type CallEnd, CallRecord, type LeftOut } from './call-record.ts';
import { kindOf, reasonOf } from './decision-words.ts';
import type { DecisionRow } from './view.ts';

/** Calls that are kept although the balancer has forgotten them: those that were shown last. */
const KEPT_CALLS = 200;
/** Ends of calls without success that are kept. */
const KEPT_ENDS = 1000;
/** For how long it is no news that a target is left out for what it was left out for, in milliseconds: quota is paced. */
const NEWS_MS = 30_000;
/** The part of the rows that is for notable calls, where there are so many. */
const NOTABLE_RATIO = 0.5;

const LEFT_OUT_KINDS: Partial<Record<Candidate['reason'], LeftOut['kind']>> = {
  quota: 'quota',
  concurrency: 'quota',
  cooling: 'health',
  unhealthy: 'health',
};

/** What the log asks of the pool. */
export interface DecisionSource {
  readonly pool: string;
  decisions(): readonly Decision[];
  /** The part of its share that a target in slow start is offered now; undefined outside of it. */
  slowStartRatio(target: string): number | undefined;
}

/**
 * Recent calls, as rows. The balancer keeps so many decisions, which may be half a second's; the log keeps those it has
 * shown, and hears how they end. It looks through the balancer's when it is asked, and costs nothing before.
 */
export class DecisionLog {
  readonly #source: DecisionSource;
  /** Shown calls, the oldest first. */
  readonly #shown = new Map<number, CallRecord>();
  readonly #ends = new Map<number, CallEnd>();
  /** Why each target was left out of the last decision that was looked at. */
  readonly #reasons = new Map<string, Candidate['reason']>();
  /** When it was last told that a target was left out, by kind and target. */
  readonly #toldAtMs = new Map<string, number>();
  #lookedAt = -1;

  constructor(source: DecisionSource) {
    this.#source = source;
  }

  /** A call was served. Told of every one, so it must cost next to nothing for those that are not shown. */
  onServed(result: Result): void {
    if (this.#shown.size === 0) return;
    const record = this.#shown.get(result.id);
    if (record !== undefined) record.end = { outcome: 'success', result };
  }

  /** A call ended otherwise. */
  onEnd(callId: number, end: CallEnd): void {
    const record = this.#shown.get(callId);
    if (record !== undefined) record.end = end;
    this.#ends.set(callId, end);
    if (this.#ends.size > KEPT_ENDS) this.#ends.delete(this.#ends.keys().next().value!);
  }

  /** Rows of recent calls, newest first: `limit` of them, half for notable ones if there are as many. */
  rows(limit: number): DecisionRow[] {
    const calls = this.#collect();
    // One that waits for its first target has nothing to tell yet.
    const told = [...calls.values()].filter(
      (call) => call.attempts.length > 0 || call.end?.outcome === 'failed',
    );
    const newest = told.sort((a, b) => b.first.number - a.first.number);
    const kinds = new Map(newest.map((call) => [call, kindOf(call)]));
    const notable = newest.filter((call) => kinds.get(call) !== 'turn');
    const chosen = new Set(notable.slice(0, Math.ceil(limit * NOTABLE_RATIO)));
    for (const call of newest) {
      if (chosen.size >= limit) break;
      chosen.add(call);
    }
    const rows = newest.filter((call) => chosen.has(call));
    for (const call of rows.toReversed()) this.#keep(call);
    return rows.map((call) => rowOf(call, kinds.get(call)!, this.#source.pool));
  }

  /** The call with this id, if it is still known. */
  find(callId: number): CallRecord | undefined {
    return this.#collect().get(callId);
  }

  /** All calls that are known, by id. */
  #collect(): Map<number, CallRecord> {
    const calls = new Map(this.#shown);
    const decisions = this.#source.decisions().toReversed();
    for (const decision of decisions) {
      const { callId } = decision;
      let record = calls.get(callId);
      if (record === undefined) {
        record = new CallRecord(callId);
        record.end = this.#ends.get(callId);
        calls.set(callId, record);
      }
      record.take(decision);
      if (decision.number <= this.#lookedAt) continue;
      this.#lookedAt = decision.number;
      this.#note(record, decision);
    }
    return calls;
  }

  /** Looks at a decision for the first time. */
  #note(record: CallRecord, decision: Decision): void {
    if (decision.attempt !== 1 || decision.target === undefined) return;
    for (const { target, reason } of decision.candidates) {
      const before = this.#reasons.get(target);
      this.#reasons.set(target, reason);
      const kind = LEFT_OUT_KINDS[reason];
      if (kind === undefined || before === undefined || before === reason) continue;
      const key = `${kind} ${target}`;
      if (decision.epochMs - (this.#toldAtMs.get(key) ?? -Infinity) < NEWS_MS) continue;
      this.#toldAtMs.set(key, decision.epochMs);
      record.leftOut = { target, kind, reason: reason as LeftOut['reason'] };
    }
    record.slowStartRatio = this.#source.slowStartRatio(decision.target);
    // Its news is noted once, so it must not be forgotten before it is shown.
    if (record.leftOut !== undefined) this.#keep(record);
  }

  #keep(record: CallRecord): void {
    this.#shown.delete(record.callId);
    this.#shown.set(record.callId, record);
    if (this.#shown.size > KEPT_CALLS) this.#shown.delete(this.#shown.keys().next().value!);
  }
}

/** A call as a row. */
export function rowOf(call: CallRecord, kind: DecisionRow['kind'], pool: string): DecisionRow {
  return {
    callId: call.callId,
    epochMs: Math.round(call.first.epochMs - call.first.sinceStartMs),
    target: call.serving?.target ?? null,
    kind,
    reason: reasonOf(call, kind, pool),
    attempts: call.attempts.length,
    firstContentMs: call.firstContentMs,
    ...call.use,
    outcome: call.outcome,
  };
}
