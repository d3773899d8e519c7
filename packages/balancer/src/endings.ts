import type { Failure } from '@plimsoll/core';

/** The failure of an attempt that a time limit ended. */
export function timeout(message: string, isHealthFailure: boolean): Failure {
  return { kind: 'timeout', verdict: 'failover', message, isHealthFailure };
}

/** Whether it kept the rest of an answer from coming, and does not judge the request. */
export function breaksOff({ verdict, kind }: Failure): boolean {
  return verdict !== 'fail' || kind === 'stream';
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
