import type { TargetStats } from '@plimsoll/balancer';
import type { Failure, Target } from '@plimsoll/core';

import { failureLabel } from './failure-words.ts';
import { Latencies } from './latencies.ts';
import { Series } from './series.ts';
import type { Timeline } from './timeline.ts';

/** Of each target's times to the first content one slice in this many buckets is kept: twelve in a window. */
const BUCKETS_PER_SLICE = 5;

/** Failures remembered one by one: more than any breaker needs in a row. */
const REMEMBERED_FAILURES = 32;

/** Kinds of failure counted apart for one target; what comes beyond is counted under the others' name. */
const COUNTED_LABELS = 8;
const OTHERS = 'others';

/** A failure of the last minutes. */
export interface RecentFailure {
  readonly atMs: number;
  readonly label: string;
  readonly isConnection: boolean;
}

/** Why a target is left alone. */
export interface Trouble {
  readonly sinceMs: number;
  /** What the provider said, then what it means; undefined where the failures before it tell. */
  readonly words: string | undefined;
}

type Counted = Pick<
  TargetStats,
  'picks' | 'attempts' | 'failures' | 'costUsd' | 'inputTokens' | 'outputTokens'
> & { readonly expectedPicks: number };

const NOTHING: Counted = {
  picks: 0,
  attempts: 0,
  failures: 0,
  costUsd: 0,
  inputTokens: 0,
  outputTokens: 0,
  expectedPicks: 0,
};

/** What is kept of one target: its past in the windows, and how it stands. */
export class TargetWatch {
  target: Target;
  stats: TargetStats;
  /** First picks, those that were promised, attempts and those that failed, US dollars and tokens. */
  readonly requests: Series;
  readonly expected: Series;
  readonly attempts: Series;
  readonly failures: Series;
  readonly usd: Series;
  readonly inputTokens: Series;
  readonly outputTokens: Series;
  readonly firstContent: Latencies;
  /** Failures by what they were. */
  readonly notes: Map<string, Series> = new Map();
  readonly recent: RecentFailure[] = [];
  trouble: Trouble | undefined = undefined;
  /** When its breaker opened that is not closed since. */
  lostAtMs: number | undefined = undefined;
  /** When it left the pool. */
  leftAtMs: number | undefined = undefined;
  isOffLine = false;
  /** For how many ticks in a row it has been where it is not taken to be. */
  ticksPast = 0;
  readonly #timeline: Timeline;
  #counted: Counted;

  /** What was counted before, `stats`, is not part of the past that is kept. */
  constructor(target: Target, stats: TargetStats, timeline: Timeline, isNew: boolean) {
    this.target = target;
    this.stats = stats;
    this.#timeline = timeline;
    this.#counted = isNew ? NOTHING : counted(stats);
    this.requests = new Series(timeline);
    this.expected = new Series(timeline);
    this.attempts = new Series(timeline);
    this.failures = new Series(timeline);
    this.usd = new Series(timeline);
    this.inputTokens = new Series(timeline);
    this.outputTokens = new Series(timeline);
    this.firstContent = new Latencies(timeline, BUCKETS_PER_SLICE);
  }

  /** Takes up the numbers as they stand now. @returns first picks since the last time. */
  take(target: Target, stats: TargetStats): number {
    // Another one of the same id has joined in its place, and its numbers begin anew.
    const isAnother = target !== this.target || stats.attempts < this.#counted.attempts;
    const before = isAnother ? NOTHING : this.#counted;
    const now = counted(stats);
    this.target = target;
    this.stats = stats;
    this.leftAtMs = undefined;
    this.#counted = now;
    this.requests.add(now.picks - before.picks);
    this.expected.add(now.expectedPicks - before.expectedPicks);
    this.attempts.add(now.attempts - before.attempts);
    this.failures.add(now.failures - before.failures);
    this.usd.add(now.costUsd - before.costUsd);
    this.inputTokens.add(now.inputTokens - before.inputTokens);
    this.outputTokens.add(now.outputTokens - before.outputTokens);
    return now.picks - before.picks;
  }

  onFailure(failure: Failure, nowMs: number): void {
    const label = failureLabel(failure);
    const isKnown = this.notes.has(label) || this.notes.size < COUNTED_LABELS;
    const name = isKnown ? label : OTHERS;
    const series = this.notes.get(name) ?? new Series(this.#timeline);
    this.notes.set(name, series);
    series.add(1);
    this.recent.push({ atMs: nowMs, label, isConnection: failure.kind === 'network' });
    if (this.recent.length > REMEMBERED_FAILURES) this.recent.shift();
  }
}

function counted({ expectedPicks = 0, ...stats }: TargetStats): Counted {
  const { picks, attempts, failures, costUsd, inputTokens, outputTokens } = stats;
  return { picks, attempts, failures, costUsd, inputTokens, outputTokens, expectedPicks };
}
