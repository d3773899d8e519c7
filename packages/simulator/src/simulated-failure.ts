import type { Failure } from '@plimsoll/core';

/** No connection, or it broke off. */
export const REFUSED: Failure = {
  kind: 'network',
  verdict: 'failover',
  message: 'connection refused',
  code: 'ECONNREFUSED',
  isHealthFailure: true,
};

export function serverError(status: number): Failure {
  return {
    kind: 'server',
    verdict: 'failover',
    message: `status ${status}`,
    status,
    isHealthFailure: true,
  };
}

/** Too much for the quota group now. `Retry-After` is in whole seconds, at least one, as providers send it. */
export function throttled(waitMs: number): Failure {
  return {
    kind: 'throttle',
    verdict: 'cooldown',
    scope: 'quota_group',
    message: 'status 429: rate limit reached',
    status: 429,
    retryAfterMs: Math.max(1, Math.ceil(waitMs / 1000)) * 1000,
    isHealthFailure: false,
  };
}

/** More tokens than the quota group may send in a minute: waiting does not help. */
export function tooLarge(): Failure {
  return {
    kind: 'throttle',
    verdict: 'failover',
    message: 'status 429: the request is larger than the limit',
    status: 429,
    isHealthFailure: false,
  };
}
