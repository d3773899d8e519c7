import type { CallFailure } from '@plimsoll/balancer';
import type { Problem } from '@plimsoll/config';

/** An answer that says what went wrong, in the form OpenAI's clients know. */
export interface ApiError {
  readonly status: number;
  readonly message: string;
  readonly type: string;
  readonly code: string;
  /** The field of the request that is at fault. */
  readonly param?: string | undefined;
  /** Headers beside those every answer has: a flat list of names and values. */
  readonly headers?: readonly string[] | undefined;
  /** What is wrong with a configuration, where one was refused. */
  readonly problems?: readonly Problem[] | undefined;
}

/** The body of an error. */
export function errorBody({ message, type, param, code, problems }: ApiError): string {
  return JSON.stringify({ error: { message, type, param: param ?? null, code, problems } });
}

/** A request that cannot be served however often it is sent. */
export function badRequest(
  status: number,
  code: string,
  message: string,
  extra?: Pick<ApiError, 'param' | 'headers' | 'problems'>,
): ApiError {
  return { status, message, type: 'invalid_request_error', code, ...extra };
}

/** Past this many milliseconds a client had better give up than wait. */
const LONGEST_WAIT_MS = 60_000;

/**
 * What the caller is told of a request that was not served.
 *
 * @param hasOthers - whether the pool has more than one target, so that a failure means that all of them failed.
 */
export function failureError(failure: CallFailure, hasOthers: boolean): ApiError {
  const { status, type, code } = classify(failure, hasOthers);
  return { status, type, code, message: failure.message, headers: retryHeaders(failure, status) };
}

interface Class {
  readonly status: number;
  readonly type: string;
  readonly code: string;
}

function classify({ code, failure }: CallFailure, hasOthers: boolean): Class {
  switch (code) {
    case 'ERR_PLIMSOLL_NO_TARGET':
      return { status: 400, type: 'invalid_request_error', code: 'no_target' };
    case 'ERR_PLIMSOLL_CAPACITY':
      return { status: 429, type: 'rate_limit_error', code: 'rate_limit_exceeded' };
    case 'ERR_PLIMSOLL_DEADLINE':
      return { status: 504, type: 'server_error', code: 'deadline_exceeded' };
    case 'ERR_PLIMSOLL_CLOSED':
      return { status: 503, type: 'server_error', code: 'shutting_down' };
    case 'ERR_PLIMSOLL_FAILED':
    case 'ERR_PLIMSOLL_STREAM':
      break;
    default:
      // Targets that are all left alone for one reason: that is what the caller wants to know.
      if (failure !== undefined) break;
      return { status: 503, type: 'server_error', code: 'upstream_unavailable' };
  }
  switch (failure?.kind) {
    // A 401 would blame the caller, whose credential was not the one that was refused.
    case 'auth':
      return { status: 502, type: 'server_error', code: 'upstream_auth_failed' };
    case 'throttle':
    case 'ramp':
    case 'daily_quota':
      return { status: 429, type: 'rate_limit_error', code: 'rate_limit_exceeded' };
    case 'money':
      return { status: 429, type: 'insufficient_quota', code: 'insufficient_quota' };
    case 'model_access':
      return { status: 404, type: 'invalid_request_error', code: 'model_not_found' };
    case 'bad_request':
    case 'too_long':
    case 'policy':
    case 'pinned_state':
      return { status: 400, type: 'invalid_request_error', code: failure.code ?? failure.kind };
    case 'timeout':
      return { status: 504, type: 'server_error', code: 'upstream_timeout' };
    case 'overload':
      return { status: 503, type: 'server_error', code: 'upstream_overloaded' };
    default:
      return { status: hasOthers ? 503 : 502, type: 'server_error', code: 'upstream_failed' };
  }
}

/**
 * When to come back, and whether. Once attempts were made the pool has tried what could be tried: a client that repeats
 * the request by itself would only multiply them.
 */
function retryHeaders(failure: CallFailure, status: number): string[] {
  const { attempts, retryAfterMs } = failure;
  const headers: string[] = [];
  if (retryAfterMs !== undefined && retryAfterMs > 0) {
    headers.push(...retryAfter(retryAfterMs));
  }
  if (attempts > 0 || (retryAfterMs ?? 0) > LONGEST_WAIT_MS)
    headers.push('x-should-retry', 'false');
  else if (status === 429) headers.push('x-should-retry', 'true');
  return headers;
}

/** The headers that say when to come back. */
export function retryAfter(waitMs: number): string[] {
  const ms = Math.ceil(waitMs);
  return ['retry-after', String(Math.ceil(ms / 1000)), 'retry-after-ms', String(ms)];
}
