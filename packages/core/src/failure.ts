import type { RateLimitDimension } from './rate-limit.ts';
import type { WireHead } from './wire.ts';

/**
 * What is to be done about a failed attempt.
 *
 * - `retry_same`: the same target may do better in a moment; taken only when no untried target is left.
 * - `failover`: another target now.
 * - `cooldown`: nothing more to `scope` until `retryAfterMs` has passed, and another target now.
 * - `fail`: the request itself is at fault; the caller gets the answer as it is.
 * - `conditional`: only a target that differs in `needs` can help; without one as `fail`.
 * - `abort`: the caller went away.
 */
export type Verdict = 'retry_same' | 'failover' | 'cooldown' | 'fail' | 'conditional' | 'abort';

/** What a cool-down covers: this target, all targets of its key, account, quota group, model or region. */
export type Scope = 'target' | 'key' | 'account' | 'quota_group' | 'model' | 'region';

/** The class of a failure: what breakers count, metrics label and people read. */
export type FailureKind =
  | 'aborted'
  | 'network'
  | 'timeout'
  | 'throttle'
  | 'ramp'
  | 'money'
  | 'daily_quota'
  | 'auth'
  | 'model_access'
  | 'bad_request'
  | 'too_long'
  | 'policy'
  | 'server'
  | 'overload'
  | 'stream'
  | 'pinned_state'
  | 'unknown';

/** A failed attempt, classified by the provider adapter that made it. */
export interface Failure {
  readonly kind: FailureKind;
  readonly verdict: Verdict;
  /** Plain words, without a secret: what the provider said. */
  readonly message: string;
  /** HTTP status, where there was one. */
  readonly status?: number | undefined;
  /** The provider's own code: `rate_limit_exceeded`, `ECONNRESET`. */
  readonly code?: string | undefined;
  /** Milliseconds to wait before the same place may be tried again, as the provider stated it. */
  readonly retryAfterMs?: number | undefined;
  /** Which limit a `throttle` was about, where the provider says so. */
  readonly exhausted?: RateLimitDimension | undefined;
  /** What a `cooldown` covers; `target` when absent. */
  readonly scope?: Scope | undefined;
  /** What another target must differ in for a `conditional` verdict. */
  readonly needs?: 'larger_context' | 'other_provider' | undefined;
  /** Whether this says something bad of the target: breakers count it. */
  readonly isHealthFailure: boolean;
  /** The provider's own answer, for a caller of the same dialect. */
  readonly answer?: { readonly head: WireHead; readonly body: Uint8Array } | undefined;
  readonly cause?: unknown;
}
