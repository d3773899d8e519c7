import type { Failure, Target } from '@plimsoll/core';

import type { CallFailure, Result } from './sink.ts';

/** What a balancer tells. A listener that throws disturbs nothing; its error is given to `process.emitWarning`. */
export interface BalancerEvents {
  /** A request was served. */
  success: Result;
  /** A request was not served. */
  failure: CallFailure;
  /** An attempt failed, whether or not another target took over. */
  attemptFailed: AttemptFailed;
  /** A target joined, left, or changed its state. */
  target: TargetChanged;
}

export interface AttemptFailed {
  readonly callId: number;
  readonly pool: string;
  readonly target: Target;
  readonly failure: Failure;
  readonly attempt: number;
}

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
}
