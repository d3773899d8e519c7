import type { CallFailure } from '@plimsoll/balancer';
import type { FailureKind } from '@plimsoll/core';
import { describe, expect, it } from 'vitest';

import { errorBody, failureError } from '../src/openai-error.ts';

function callFailure(more: Partial<CallFailure>): CallFailure {
  return {
    id: 1,
    pool: 'chat',
    operation: 'chat',
    code: 'ERR_PLIMSOLL_FAILED',
    message: 'it failed',
    failure: undefined,
    target: undefined,
    attempts: 1,
    latencyMs: 5,
    retryAfterMs: undefined,
    isCommitted: false,
    ...more,
  };
}

function failed(kind: FailureKind): CallFailure {
  return callFailure({
    failure: { kind, verdict: 'failover', message: 'm', isHealthFailure: true },
  });
}

describe('the status', () => {
  it.each([
    ['ERR_PLIMSOLL_NO_TARGET', 400, 'no_target'],
    ['ERR_PLIMSOLL_CAPACITY', 429, 'rate_limit_exceeded'],
    ['ERR_PLIMSOLL_UNAVAILABLE', 503, 'upstream_unavailable'],
    ['ERR_PLIMSOLL_DEADLINE', 504, 'deadline_exceeded'],
    ['ERR_PLIMSOLL_CLOSED', 503, 'shutting_down'],
  ] as const)('of %s is %d %s', (code, status, apiCode) => {
    expect(failureError(callFailure({ code, attempts: 0 }), true)).toMatchObject({
      status,
      code: apiCode,
    });
  });

  it.each([
    ['auth', 502, 'upstream_auth_failed'],
    ['throttle', 429, 'rate_limit_exceeded'],
    ['ramp', 429, 'rate_limit_exceeded'],
    ['daily_quota', 429, 'rate_limit_exceeded'],
    ['money', 429, 'insufficient_quota'],
    ['model_access', 404, 'model_not_found'],
    ['too_long', 400, 'too_long'],
    ['timeout', 504, 'upstream_timeout'],
    ['overload', 503, 'upstream_overloaded'],
    ['network', 503, 'upstream_failed'],
    ['server', 503, 'upstream_failed'],
  ] as const)('of a failure by %s is %d %s', (kind, status, code) => {
    expect(failureError(failed(kind), true)).toMatchObject({ status, code });
  });

  it('of a failure of the only target blames the gateway’s upstream, 502', () => {
    expect(failureError(failed('network'), false).status).toBe(502);
  });
});

describe('x-should-retry', () => {
  const headers = (more: Partial<CallFailure>): readonly string[] =>
    failureError(callFailure(more), true).headers!;

  it('is false once an attempt was made', () => {
    expect(headers({ attempts: 1 })).toEqual(['x-should-retry', 'false']);
  });

  it('is true on a 429 without an attempt, with the time to wait', () => {
    expect(headers({ code: 'ERR_PLIMSOLL_CAPACITY', attempts: 0, retryAfterMs: 1500.2 })).toEqual([
      'retry-after',
      '2',
      'retry-after-ms',
      '1501',
      'x-should-retry',
      'true',
    ]);
  });

  it('is false when the wait is over a minute', () => {
    expect(headers({ code: 'ERR_PLIMSOLL_CAPACITY', attempts: 0, retryAfterMs: 60_001 })).toContain(
      'false',
    );
  });

  it('is left to the client when all are down and none was tried', () => {
    expect(headers({ code: 'ERR_PLIMSOLL_UNAVAILABLE', attempts: 0, retryAfterMs: 900 })).toEqual([
      'retry-after',
      '1',
      'retry-after-ms',
      '900',
    ]);
  });
});

it('the body is OpenAI’s', () => {
  expect(errorBody({ status: 400, message: 'm', type: 't', code: 'c' })).toBe(
    '{"error":{"message":"m","type":"t","param":null,"code":"c"}}',
  );
});
