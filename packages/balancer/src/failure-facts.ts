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

/**
 * A failure as others than its caller may be told of it, in logs, events, stores and the errors of other callers:
 * `throttle (429 rate_limit_exceeded)`. The provider's message stays with the call: it may quote its request.
 */
export function inWords({ kind, status, code }: Pick<Failure, 'kind' | 'status' | 'code'>): string {
  const details = [status, code].filter((detail) => detail !== undefined && detail !== kind);
  return details.length === 0 ? kind : `${kind} (${details.join(' ')})`;
}
