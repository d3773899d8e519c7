import type { Failure, FailureKind, Scope, Target } from '@plimsoll/core';

import type { CallFailure, Result } from './sink.ts';

/** What a balancer tells. A listener that throws disturbs nothing; its error is given to `process.emitWarning`. */
export interface BalancerEvents {
  /** A request was served. */
  success: Result;
  /** A request was not served. */
  failure: CallFailure;
  /** The caller went away before the end. */
  aborted: CallAborted;
  /** An attempt failed, whether or not another target took over. */
  attemptFailed: AttemptFailed;
  /** Another target took a request over from one that failed. */
  failover: Failover;
  /** A target joined, left, or changed its state. */
  target: TargetChanged;
}

/** An attempt that failed. */
export interface AttemptFailed {
  readonly callId: number;
  readonly pool: string;
  readonly target: Target;
  readonly failure: Failure;
  readonly attempt: number;
}

/** A request whose caller went away. */
export interface CallAborted {
  readonly callId: number;
  readonly pool: string;
  /** As the request's traits say it. */
  readonly operation: string | undefined;
}

/** A request that went on at another target. */
export interface Failover {
  readonly callId: number;
  readonly pool: string;
  readonly from: Target;
  readonly to: Target;
  /** Why the attempt on `from` failed. */
  readonly failure: Failure;
}

/** A change of a target, for whatever pool. */
export interface TargetChanged {
  readonly target: Target;
  readonly change:
    | 'added'
    | 'draining'
    | 'enabled'
    | 'removed'
    | 'weight'
    | 'cooling'
    | 'closed'
    | 'open'
    | 'half_open';
  readonly reason: string;
  /** Of a cool-down: what it covers. */
  readonly scope?: Scope;
  /** Of a cool-down: the failure it is for; undefined when another process told of it. */
  readonly kind?: FailureKind | undefined;
  /** Of a cool-down: that failure itself. */
  readonly failure?: Failure | undefined;
}
