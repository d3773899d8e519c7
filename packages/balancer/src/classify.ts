import type { Failure } from '@plimsoll/core';

/**
 * What an error thrown by an unknown client library means: the judgement for targets without a provider adapter, which
 * knows better. Nearly every HTTP client puts the status into `status`, so that is read; anything else counts against
 * the target.
 */
export function classifyUnknown(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  const status = statusOf(error);
  if (error instanceof Error && error.name === 'AbortError') {
    return { kind: 'aborted', verdict: 'abort', message, isHealthFailure: false, cause: error };
  }
  if (status === undefined || status >= 500) {
    const kind = status === undefined ? 'unknown' : 'server';
    return { kind, verdict: 'failover', message, status, isHealthFailure: true, cause: error };
  }
  if (status === 401 || status === 403) {
    return {
      kind: 'auth',
      verdict: 'failover',
      message,
      status,
      isHealthFailure: false,
      cause: error,
    };
  }
  if (status === 429) {
    const scope = 'quota_group';
    const isHealthFailure = false;
    return {
      kind: 'throttle',
      verdict: 'cooldown',
      scope,
      message,
      status,
      isHealthFailure,
      cause: error,
    };
  }
  if (status === 408 || status === 409 || status === 425) {
    const kind = status === 408 ? 'timeout' : 'unknown';
    return { kind, verdict: 'retry_same', message, status, isHealthFailure: false, cause: error };
  }
  return {
    kind: 'bad_request',
    verdict: 'fail',
    message,
    status,
    isHealthFailure: false,
    cause: error,
  };
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined;
  return typeof error.status === 'number' ? error.status : undefined;
}
