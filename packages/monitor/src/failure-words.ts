import type { FailureFacts } from '@plimsoll/balancer';
import type { FailureKind, RateLimitDimension } from '@plimsoll/core';

type Facts = Pick<FailureFacts, 'kind' | 'status' | 'code' | 'exhausted'>;

const DIMENSIONS: Record<RateLimitDimension, string> = {
  requests: 'requests',
  tokens: 'tokens',
  input_tokens: 'input tokens',
  output_tokens: 'output tokens',
};

/** What a class of failure means, where the status alone does not say it. */
const MEANINGS: Record<FailureKind, string> = {
  aborted: 'given up',
  network: 'no connection',
  timeout: 'no answer in time',
  throttle: 'rate limit reached',
  ramp: 'traffic grew too fast',
  money: 'credit used up: top up the account',
  daily_quota: 'quota of the day used up',
  auth: 'key not accepted: check it',
  model_access: 'model not available: check its name',
  bad_request: 'request not accepted',
  too_long: 'request too long',
  policy: 'refused for its content',
  server: 'server error',
  overload: 'overloaded',
  stream: 'answer broke off',
  pinned_state: 'state kept elsewhere',
  unknown: 'unknown error',
};

/** A failure in a word or two, for counting: its status, or what it was. */
export function failureLabel({ kind, status, code }: Facts): string {
  if (code === 'ECONNREFUSED') return 'connection refused';
  return status === undefined || isUnanswered(kind) ? MEANINGS[kind].split(':')[0]! : `${status}`;
}

/**
 * A failure in words: what the provider said, then what it means. Its message is left out, since it may quote the
 * request.
 */
export function failureWords(facts: Facts): string {
  const { kind, status, exhausted, code } = facts;
  if (code === 'ECONNREFUSED') return 'connection refused';
  const meaning =
    kind === 'throttle' && exhausted !== undefined
      ? `${DIMENSIONS[exhausted]} per minute used up`
      : MEANINGS[kind];
  return status === undefined || isUnanswered(kind) ? meaning : `${status}, ${meaning}`;
}

/** How a limit is called: `input tokens per minute`. */
export function limitWords(dimension: RateLimitDimension, windowMs: number): string {
  return `${DIMENSIONS[dimension]} per ${windowName(windowMs)}`;
}

/** The same, short: `input/min`. */
export function limitLabel(dimension: RateLimitDimension, windowMs: number): string {
  const name = DIMENSIONS[dimension].replace(' tokens', '');
  return `${name}/${windowName(windowMs).replace(/^(sec|min).*/, '$1')}`;
}

function windowName(windowMs: number): string {
  if (windowMs === 1000) return 'second';
  if (windowMs === 60_000) return 'minute';
  return windowMs === 86_400_000 ? 'day' : `${windowMs / 1000} s`;
}

/** Whether it tells of a connection, not of an answer. */
function isUnanswered(kind: FailureKind): boolean {
  return kind === 'network' || kind === 'timeout' || kind === 'stream';
}
