import type { Failure } from '@plimsoll/core';

/** What a failure was, without the provider's own words: those may quote the request. */
export type FailureFacts = Pick<
  Failure,
  'kind' | 'status' | 'code' | 'exhausted' | 'scope' | 'retryAfterMs'
>;

export function factsOf(failure: Failure): FailureFacts {
  const { kind, status, code, exhausted, scope, retryAfterMs } = failure;
  return { kind, status, code, exhausted, scope, retryAfterMs };
}
