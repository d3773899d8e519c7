import type { FailureFacts } from './failure-facts.ts';
import type { TargetState } from './fleet.ts';
import type { Headroom } from './quota/quota-book.ts';

/** A pool's numbers since its start. */
export interface Stats {
  readonly pool: string;
  readonly strategy: string;
  /** Requests started, ended well, ended badly, and ended by the caller. */
  readonly requests: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly aborted: number;
  /** Attempts made, first ones and retries. */
  readonly attempts: number;
  /** Requests that wait for quota or concurrency now. */
  readonly queued: number;
  /** How long the first of these has waited, in milliseconds; undefined while none waits. */
  readonly oldestWaitMs: number | undefined;
  /** The longest that a request may wait, in milliseconds. */
  readonly maxWaitMs: number;
  /** Retries that each request earns. */
  readonly retryRatio: number;
  readonly affinity: AffinityStats;
  readonly targets: readonly TargetStats[];
  /** One flat row per target, for `console.table`. */
  table(): readonly Record<string, string | number>[];
}

/**
 * How well requests of one key stayed together: first picks of those with a key, without pinned ones. All 0 where the
 * strategy does not go by keys.
 */
export interface AffinityStats {
  /** At the target that the key belongs to while every target may be used. */
  readonly home: number;
  /** At another one: the key's own was left out or had too much to do. */
  readonly overflow: number;
}

/** What one target did for this pool; `inFlight` and `state` are the target's own, whoever uses it. */
export interface TargetStats {
  readonly id: string;
  readonly state: TargetState;
  readonly weight: number;
  /** First picks: requests whose first attempt went here. */
  readonly picks: number;
  /** `picks` as a share of the pool's, 0 to 1. */
  readonly share: number;
  /** The share the strategy promises, averaged over the requests so far; undefined where it promises none. */
  readonly expectedShare: number | undefined;
  /** The sum behind it: first picks that should have come here. */
  readonly expectedPicks: number | undefined;
  /** The share that is promised to it now; undefined where none is. */
  readonly promisedShare: number | undefined;
  /** Requests answered. */
  readonly served: number;
  readonly attempts: number;
  /** Attempts that failed, for whatever reason but an abort. */
  readonly failures: number;
  /** Attempts given up: the caller went away, or another attempt was faster. */
  readonly aborted: number;
  /** `failures` as a share of `attempts`, 0 to 1. */
  readonly errorRatio: number;
  /** Mean milliseconds of answered attempts; undefined before the first. */
  readonly averageLatencyMs: number | undefined;
  /** Mean milliseconds to the first content; undefined before the first. */
  readonly averageFirstContentMs: number | undefined;
  readonly inFlight: number;
  /** How its rate limits stand: its own and its quota group's. */
  readonly quotas: readonly Headroom[];
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
  /** Milliseconds since the Unix epoch; undefined when never used. */
  readonly lastUsedEpochMs: number | undefined;
  /** When an active probe last asked it, since the Unix epoch; undefined without one. */
  readonly lastProbeEpochMs: number | undefined;
  /** Requests in flight that it may have at once; undefined where that is not limited. */
  readonly concurrencyLimit: number | undefined;
  /** When its cool-down ends, or its open breaker lets the next probe through; since the Unix epoch. */
  readonly returnEpochMs: number | undefined;
  /** What it cools down for; undefined when it does not, and where another process told of it. */
  readonly cooledBy: FailureFacts | undefined;
  /** Present while slow start thins its requests. */
  readonly slowStart: SlowStartStats | undefined;
  /** Present while its breaker is not closed: probes passed, of those it has to pass. */
  readonly probes: { readonly passed: number; readonly needed: number } | undefined;
}

/** How far a target is on its way back to its full share. */
export interface SlowStartStats {
  /** The part of its requests that it is offered now. */
  readonly ratio: number;
  readonly sinceEpochMs: number;
  readonly fullEpochMs: number;
}
