import type { Failure } from './failure.ts';
import type { Usage } from './outcome.ts';
import type { RateLimitDimension } from './rate-limit.ts';
import type { Target } from './target.ts';

/**
 * What an exporter of metrics may read of a balancer: the part of what those of `@plimsoll/balancer` show that stays as it
 * is.
 */
export interface Observed {
  readonly name: string;
  /** Calls `listener` on each event; returns the way to stop that. */
  on<Name extends keyof ObservedEvents>(
    name: Name,
    listener: (event: ObservedEvents[Name]) => void,
  ): () => void;
  /** The numbers as they stand. */
  stats(): ObservedStats;
}

/** What a balancer itself does not know. */
export interface ObservedPool {
  /**
   * The largest difference of a target's share from the expected one, each 0 to 1, that is no cause for an alert.
   * @defaultValue not told
   */
  readonly fairnessBound?: number | undefined;
}

/** The events that are told, by name. */
export interface ObservedEvents {
  success: {
    readonly operation: string | undefined;
    readonly isStream: boolean;
    readonly target: Target;
    readonly latencyMs: number;
    readonly firstContentMs: number;
    readonly usage: Usage | undefined;
    readonly model: string | undefined;
  };
  failure: {
    readonly operation: string | undefined;
    readonly code: string;
    readonly failure: Failure | undefined;
    readonly target: Target | undefined;
    readonly latencyMs: number;
  };
  aborted: { readonly operation: string | undefined };
  attemptFailed: { readonly target: Target; readonly failure: Failure };
  failover: { readonly from: Target; readonly to: Target; readonly failure: Failure };
  target: {
    readonly target: Target;
    readonly change: string;
    readonly scope?: string | undefined;
    readonly kind?: string | undefined;
  };
}

/** The numbers of a pool. */
export interface ObservedStats {
  readonly queued: number;
  /** Requests with a key, by whether they went to the target that the key belongs to. */
  readonly affinity: { readonly home: number; readonly overflow: number };
  readonly targets: readonly ObservedTarget[];
}

/** The numbers of a target. */
export interface ObservedTarget {
  readonly id: string;
  readonly state: string;
  /** 0 to 1. */
  readonly share: number;
  /** 0 to 1; undefined where the strategy promises none. */
  readonly expectedShare: number | undefined;
  readonly served: number;
  readonly aborted: number;
  readonly inFlight: number;
  readonly quotas: readonly ObservedLimit[];
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
}

/** How one limit stands. */
export interface ObservedLimit {
  /** Whose limit it is: `target` or `group`. */
  readonly scope: string;
  readonly dimension: RateLimitDimension;
  readonly windowMs: number;
  readonly limit: number;
  /** May be more than the limit. */
  readonly used: number;
}
