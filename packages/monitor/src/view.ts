/*
 * What is shown of a pool: by the dashboard, which gets it as JSON, and by a table in the terminal. Ratios are 0 to 1,
 * gaps are in percentage points, times are milliseconds; `null` is "unknown" and is shown as a dash, 0 is zero.
 */

/** All there is to show of one pool now, and in a line each of the others. */
export interface View {
  /** Milliseconds since the Unix epoch, by the gateway's clock: what `untilEpochMs` and the like are compared with. */
  readonly epochMs: number;
  readonly pools: readonly PoolSummary[];
  readonly pool: PoolView;
}

/** A pool in the list of pools. */
export interface PoolSummary {
  readonly id: string;
  readonly strategy: string;
  /** Targets that take requests now. */
  readonly usable: number;
  readonly total: number;
  readonly ratePerSecond: number;
  /** By target in the order of the configuration: actual share by share by weight. `null` before traffic. */
  readonly levels: readonly (number | null)[];
  /** By target: whether it wants attention. */
  readonly wantsAttention: readonly boolean[];
}

/** A pool, with all there is to show of it. */
export interface PoolView {
  readonly id: string;
  readonly strategy: string;
  /** What a client writes as `model`. */
  readonly accepts: readonly string[];
  readonly verdict: Verdict;
  /** Ordered: what matters most first. */
  readonly attention: readonly Attention[];
  readonly figures: Figures;
  /** In the order of the configuration. */
  readonly targets: readonly TargetView[];
}

/** Whether callers are served. */
export interface Verdict {
  /** `idle` before the first request, `all` and `some` by what callers saw in the last minute, `none` when no target is usable. */
  readonly served: 'idle' | 'all' | 'some' | 'none';
  readonly usable: number;
  readonly total: number;
  /**
   * Largest distance of a target's actual share from its expected one; `null` where the strategy promises no share, and
   * where fewer than 100 picks tell.
   */
  readonly maxGapPoints: number | null;
  /** Targets whose gap is past the bound, or past half of their expected share where that is less. */
  readonly offLine: readonly string[];
  readonly fairnessBoundPoints: number;
  /** How many times their weight the usable targets carry: 1 while all are usable. */
  readonly loadFactor: number;
  /** Requests that wait for quota or concurrency. */
  readonly waiting: number;
  readonly oldestWaitMs: number | null;
  readonly maxWaitMs: number;
  readonly refusedPerMinute: number;
  /** A cause that several targets' failures have in common, in words; `null` when none is seen. */
  readonly cause: string | null;
}

/** Why a target wants attention. */
/** What is the matter with a target. */
export type AttentionKind =
  | 'off_line'
  | 'open'
  | 'cooling'
  | 'recovering'
  | 'little_quota'
  | 'draining';

/** One target that wants attention, with the reason and the end of it. */
export interface Attention {
  readonly target: string;
  readonly kind: AttentionKind;
  /** What the provider said, then what it means. */
  readonly reason: string;
  readonly untilEpochMs: number | null;
  /** What comes then: `back in`, `next probe in`, `full weight in`, `resets in`. */
  readonly untilLabel: string | null;
}

/** The six figures, over the chosen window; each with 30 points of it, oldest first. */
export interface Figures {
  readonly requests: {
    readonly perSecond: number;
    readonly inWindow: number;
    readonly served: number;
    readonly points: readonly number[];
  };
  readonly errors: {
    /** Requests that ended in an error their caller saw, and that another request would not have had. */
    readonly callerRatio: number | null;
    /** Attempts that failed, whether or not another target took over. */
    readonly upstreamRatio: number | null;
    readonly points: readonly number[];
  };
  readonly firstContentMs: Quantiles & { readonly points: readonly number[] };
  readonly inFlight: { readonly now: number; readonly points: readonly number[] };
  readonly headroom: {
    /** How many times today's rate the limits allow; `null` without limits or without traffic. */
    readonly timesNow: number | null;
    /** Requests per second all limits allow together, by the mean size of a request; `null` where it is not known. */
    readonly capacityPerSecond: number | null;
    readonly tightest: { readonly target: string; readonly leftRatio: number } | null;
    readonly points: readonly number[];
  };
  readonly cost: {
    readonly usdPerHour: number | null;
    readonly usdPerThousand: number | null;
    readonly points: readonly number[];
  };
}

/** Milliseconds; `null` without observations. */
export interface Quantiles {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** As the engine has it, with what slow start adds. */
export type TargetViewState =
  | 'healthy'
  | 'recovering'
  | 'cooling'
  | 'open'
  | 'half_open'
  | 'draining';

/** A target, with all there is to show of it. */
export interface TargetView {
  readonly id: string;
  readonly provider: string;
  readonly model: string;
  readonly region: string | null;
  readonly tags: readonly string[];
  readonly tier: number | null;
  readonly weight: number;
  /** Share of the first picks in the last 30 s or 1,000 picks, whichever is longer; `null` before traffic. */
  readonly actualShare: number | null;
  /** What the strategy promises now; `null` where it promises none. */
  readonly expectedShare: number | null;
  readonly state: TargetViewState;
  /** Why it is in this state, in words; empty when healthy. */
  readonly reason: string;
  /** When the state ends by itself, or the next probe is due; `null` when it does not or that is not known. */
  readonly untilEpochMs: number | null;
  /** How long that takes in all, for a glyph that empties. */
  readonly untilTotalMs: number | null;
  /** Present while slow start thins its requests. */
  readonly slowStart: { readonly ratio: number; readonly fullAtEpochMs: number } | null;
  /** Present where there is a breaker that is not closed. */
  readonly breaker: { readonly probesOk: number; readonly probesNeeded: number } | null;
  readonly inFlight: number;
  readonly concurrencyLimit: number | null;
  readonly ratePerSecond: number;
  /** `null` when never used. */
  readonly lastUsedEpochMs: number | null;
  /** `null` without active probes. */
  readonly lastProbeEpochMs: number | null;
  /** Attempts that failed, in the window; `null` without attempts. */
  readonly errorRatio: number | null;
  /** The most frequent failure in the window, `3 × 429`; empty without one. */
  readonly errorNote: string;
  readonly firstContentMs: Quantiles;
  /** The tightest first, two at most. */
  readonly quotas: readonly QuotaView[];
  /** `null` without a price. */
  readonly usdPerHour: number | null;
}

/** How one limit stands. */
export interface QuotaView {
  /** `tokens/min`, `requests/day`, `input/min` and the like. */
  readonly dimension: string;
  readonly leftRatio: number;
  /** When all of it is free again if nothing more is used; `null` when all of it is. */
  readonly resetEpochMs: number | null;
  /** Whether it is shared with other targets. */
  readonly isShared: boolean;
  /** How many times its present use the limit allows; `null` while nothing is used. */
  readonly timesNow: number | null;
}

/** How wide the window is, and how the buckets of its 60 are. */
export const WINDOWS = {
  '5m': { bucketMs: 5_000 },
  '1h': { bucketMs: 60_000 },
  '24h': { bucketMs: 1_440_000 },
} as const;

/** How far back the past is shown. */
/** How a window is asked for. */
export type WindowName = keyof typeof WINDOWS;

/** How many buckets a window has. */
export const BUCKETS = 60;

/** The past of a pool, oldest bucket first. */
export interface History {
  readonly window: WindowName;
  readonly bucketMs: number;
  /** The targets that `requests` and `expected` are ordered by; one that left stays until its last bucket has gone. */
  readonly targets: readonly string[];
  readonly buckets: readonly Bucket[];
}

/** One bucket of the past. */
export interface Bucket {
  readonly startEpochMs: number;
  /** First picks, by target. */
  readonly requests: readonly number[];
  /** First picks that were promised, by target; `null` where the strategy promises none. */
  readonly expected: readonly number[] | null;
  readonly firstContentMs: Quantiles;
}

/** One call, for the list of decisions. */
export interface DecisionRow {
  readonly callId: number;
  readonly epochMs: number;
  /** `null` when no target was admissible. */
  readonly target: string | null;
  /** `turn` is a plain turn; all others are notable. */
  readonly kind:
    | 'turn'
    | 'failover'
    | 'hedge'
    | 'rescue'
    | 'pin'
    | 'residency'
    | 'quota'
    | 'health'
    | 'slow_start'
    | 'affinity'
    | 'refused'
    | 'failed';
  /** In a sentence, without its first word: the kind. */
  readonly reason: string;
  readonly attempts: number;
  readonly firstContentMs: number | null;
  readonly tokensIn: number | null;
  readonly tokensOut: number | null;
  readonly usd: number | null;
  /** `undefined` while it runs. */
  readonly outcome: 'success' | 'failed' | 'aborted' | null;
}

/** One call explained. */
export interface Explained extends DecisionRow {
  readonly sentence: string;
  readonly strategy: string;
  readonly path: readonly string[];
  readonly attemptsMade: readonly {
    readonly target: string;
    /** From the start of the call. */
    readonly startMs: number;
    readonly firstContentMs: number | null;
    readonly endMs: number | null;
    readonly failure: string | null;
  }[];
  readonly candidates: readonly {
    readonly target: string;
    readonly score: number | null;
    /** Why it was left out; `null` when it was admissible. */
    readonly leftOut: string | null;
    /** `picked, answered 429`, `picked next, served`, `would have been next`. */
    readonly outcome: string | null;
  }[];
  readonly estimateTokens: number | null;
  readonly deadlineMs: number | null;
  /** Retries of the last minute, as a part of those that its requests have earned; `null` without requests. */
  readonly retryBudgetUsedRatio: number | null;
  readonly overheadMs: number | null;
  readonly requestId: string | null;
}

/** Something that happened, for the flags of the charts and the list of events. */
export interface MonitorEvent {
  readonly id: number;
  readonly epochMs: number;
  /** `null` where it concerns the whole gateway. */
  readonly target: string | null;
  readonly kind:
    | 'added'
    | 'removed'
    | 'draining'
    | 'enabled'
    | 'weight'
    | 'cooling'
    | 'open'
    | 'half_open'
    | 'closed'
    | 'off_line'
    | 'on_line'
    | 'config';
  /** Plain words, without the target's name at the front. */
  readonly text: string;
}
