import type { UpstreamAnswer } from '../openai-upstream/answer.ts';
import type { FaultOptions, FaultSetup, FaultTarget } from './subject.ts';

/** What an upstream does, and what must come of it: with another target beside it, and alone. */
export interface FaultRow {
  /** What the upstream does. */
  readonly name: string;
  readonly fault: Fault;
  /** How the other targets answer. @defaultValue well */
  readonly others?: UpstreamAnswer;
  /** How many others there are. @defaultValue 1 */
  readonly otherCount?: number;
  /** Where the faulty target, and the others, differ from `openai` without a context window. */
  readonly faultyTarget?: Partial<FaultTarget>;
  readonly otherTargets?: Partial<FaultTarget>;
  readonly strategy?: FaultSetup['strategy'];
  readonly options?: FaultOptions;
  /** @defaultValue true */
  readonly isStream?: boolean;
  /** @defaultValue 40 requests, 20 at once */
  readonly traffic?: FaultTraffic;
  /** Callers go away so long after they asked. @defaultValue they stay */
  readonly leaveAfterMs?: number;
  /** Absent where the row says nothing of it. */
  readonly withAnother?: FaultExpectation;
  readonly alone?: FaultExpectation;
}

/** How the faulty upstream goes wrong. */
export interface Fault {
  /** The first answers, one each. */
  readonly next?: readonly UpstreamAnswer[];
  /** All others. @defaultValue good ones */
  readonly always?: UpstreamAnswer;
  /** It listens no more, or speaks no TLS though its address asks for that. */
  readonly place?: 'refused' | 'no_tls';
  /** When that begins and ends, from the start of the traffic. @defaultValue from the start, for ever */
  readonly fromMs?: number;
  readonly untilMs?: number;
  /** The waiting time that `next` and `always` state, and how. */
  readonly wait?: { readonly ms: number; readonly form: 'seconds' | 'milliseconds' | 'date' };
}

/** So many requests, so many at once; or so many in a second, for a time. */
export type FaultTraffic =
  | { readonly requests: number; readonly atOnce: number }
  | { readonly perSecond: number; readonly forMs: number };

/** What must come out; what is left out is not looked at. Times are milliseconds as rows state them. */
export interface FaultExpectation {
  /**
   * - `ok`: every caller gets one whole answer.
   * - `error`: none does, and nothing was sent before the error.
   * - `broken`: answers break off with an error; those of healthy targets are whole.
   * - `left`: callers went away, and upstreams saw that within 50 ms.
   */
  readonly outcome: 'ok' | 'error' | 'broken' | 'left';
  /** Where the subject tells it: one of these HTTP statuses, and these words of the error. */
  readonly status?: readonly number[];
  readonly code?: string;
  readonly kind?: string;
  /** Words of one error at least, and words of none. */
  readonly says?: string;
  readonly neverSays?: string;
  /** The waiting time that the error names lies between these. */
  readonly retryAfterMs?: readonly [least: number, most: number];
  /** How long the slowest caller waits. */
  readonly atLeastMs?: number;
  readonly withinMs?: number;
  /** Most attempts for one request, where the subject tells it. */
  readonly attemptsEach?: number;
  /** Most attempts on the faulty target. */
  readonly faultyAttempts?: number;
  /** Least and most failures counted against the faulty target. */
  readonly failures?: readonly [least: number, most: number];
  /** No attempt on the faulty target for so long after its first answer, then one. */
  readonly quietMs?: number;
  /** Something that is told of the faulty target. */
  readonly change?: string;
  /** Share of first attempts on the faulty target, of the requests that came in a time. */
  readonly shares?: readonly {
    readonly fromMs: number;
    readonly toMs: number;
    readonly least?: number;
    readonly most?: number;
  }[];
}
