import type { Decision, Result } from '@plimsoll/balancer';

import type { DecisionRow } from './view.ts';

/** How a call ended for its caller. */
export type CallEnd =
  | { readonly outcome: 'success'; readonly result: Result }
  | { readonly outcome: 'failed' | 'aborted' };

/** A target that was left out for the first time since it was not: news. */
export interface LeftOut {
  readonly target: string;
  readonly kind: 'quota' | 'health';
  readonly reason: 'quota' | 'concurrency' | 'cooling' | 'unhealthy';
}

/** One call: its decisions, and how it ended where that was heard. */
export class CallRecord {
  readonly callId: number;
  /** By number. */
  readonly #decisions = new Map<number, Decision>();
  end: CallEnd | undefined = undefined;
  leftOut: LeftOut | undefined = undefined;
  /** The part of its share that the chosen target was offered, while it was in slow start. */
  slowStartRatio: number | undefined = undefined;

  constructor(callId: number) {
    this.callId = callId;
  }

  take(decision: Decision): void {
    this.#decisions.set(decision.number, decision);
  }

  /** Those that chose a target, in their order. */
  get attempts(): readonly Decision[] {
    return this.all.filter(({ target }) => target !== undefined);
  }

  get all(): readonly Decision[] {
    return [...this.#decisions.values()].sort((a, b) => a.number - b.number);
  }

  get first(): Decision {
    return this.all[0]!;
  }

  /** How it ended; `null` while it runs. */
  get outcome(): DecisionRow['outcome'] {
    if (this.end !== undefined) return this.end.outcome;
    const { attempts } = this;
    if (attempts.some(({ outcome }) => outcome === 'success')) return 'success';
    if (attempts.some(({ outcome }) => outcome === undefined)) return null;
    return attempts.at(-1)?.outcome === 'aborted' ? 'aborted' : null;
  }

  /** The attempt whose answer the caller has or may get. */
  get serving(): Decision | undefined {
    const { attempts } = this;
    return (
      attempts.find(({ outcome }) => outcome === 'success') ??
      attempts.findLast(({ outcome }) => outcome === undefined) ??
      attempts.at(-1)
    );
  }

  /** Milliseconds from its start to the first content. */
  get firstContentMs(): number | null {
    if (this.end?.outcome === 'success') return Math.round(this.end.result.firstContentMs);
    const answered = this.attempts.find(({ firstContentMs }) => firstContentMs !== undefined);
    if (answered === undefined) return null;
    return Math.round(answered.sinceStartMs + answered.firstContentMs!);
  }

  /** What all its attempts used together; `null` where that is not known. */
  get use(): Pick<DecisionRow, 'tokensIn' | 'tokensOut' | 'usd'> {
    if (this.end?.outcome === 'success') {
      const { usage, costUsd } = this.end.result;
      return {
        tokensIn: usage?.inputTokens ?? null,
        tokensOut: usage?.outputTokens ?? null,
        usd: costUsd ?? null,
      };
    }
    const { attempts } = this;
    return {
      tokensIn: sum(attempts.map(({ inputTokens }) => inputTokens)),
      tokensOut: sum(attempts.map(({ outputTokens }) => outputTokens)),
      usd: sum(attempts.map(({ costUsd }) => costUsd)),
    };
  }
}

function sum(values: readonly (number | undefined)[]): number | null {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}
