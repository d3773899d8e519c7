import type { Failure } from '@plimsoll/core';

/** Whether the failure of `failure`'s kind may be tried on the same target again, when no other is left. */
export function mayTrySameTarget(failure: Failure): boolean {
  return failure.verdict === 'retry_same' || failure.kind === 'server';
}

/** Whether the target will take requests again after a time it has named: worth waiting for. */
export function namesItsTime(failure: Failure): boolean {
  const isThrottle = failure.kind === 'throttle' || failure.kind === 'ramp';
  return failure.verdict === 'cooldown' && isThrottle && failure.retryAfterMs !== undefined;
}

/** The failure of an attempt that a time limit ended. */
export function timeout(message: string, isHealthFailure: boolean): Failure {
  return { kind: 'timeout', verdict: 'failover', message, isHealthFailure };
}

/** What ended an attempt that the caller gave up. */
export const CALLER_LEFT: Failure = {
  kind: 'aborted',
  verdict: 'abort',
  message: 'the caller went away',
  isHealthFailure: false,
};

/** What ended an attempt when another one of the same request was faster. */
export const OTHER_WAS_FASTER: Failure = {
  kind: 'aborted',
  verdict: 'abort',
  message: 'another attempt was faster',
  isHealthFailure: false,
};

/** A target that `start` cannot use, since only its application knows how. */
export const NO_PROVIDER: Failure = {
  kind: 'bad_request',
  verdict: 'fail',
  message: 'the target has no provider; it can be used through run() only',
  isHealthFailure: false,
};
