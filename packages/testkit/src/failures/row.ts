import type { Failure, WireHead } from '@plimsoll/core';

/** An answer of an API that means a failure, and what it means. */
export interface FailureRow {
  /** The provider's word for it, and what tells it from others of the same name. */
  readonly name: string;
  readonly status: number;
  /** @defaultValue none */
  readonly headers?: WireHead['headers'];
  /** Sent as JSON. */
  readonly body: unknown;
  readonly expected: Pick<Failure, 'kind' | 'verdict' | 'isHealthFailure'> &
    Partial<Pick<Failure, 'scope' | 'needs' | 'retryAfterMs'>>;
}

/** What time it is in the rows: the start of 2026. Dates in answers count from it. */
export const FAILURE_ROWS_EPOCH_MS: number = Date.UTC(2026, 0, 1);

type Expected = FailureRow['expected'];

const noHealth = { isHealthFailure: false } as const;
const health = { isHealthFailure: true } as const;

export const THROTTLE: Expected = {
  kind: 'throttle',
  verdict: 'cooldown',
  scope: 'quota_group',
  ...noHealth,
};
export const RAMP: Expected = { kind: 'ramp', verdict: 'cooldown', scope: 'target', ...noHealth };
export const MONEY: Expected = {
  kind: 'money',
  verdict: 'cooldown',
  scope: 'account',
  ...noHealth,
};
export const DAILY: Expected = {
  kind: 'daily_quota',
  verdict: 'cooldown',
  scope: 'quota_group',
  ...noHealth,
};
export const AUTH: Expected = { kind: 'auth', verdict: 'cooldown', scope: 'key', ...noHealth };
export const MODEL_ACCESS: Expected = { kind: 'model_access', verdict: 'failover', ...noHealth };
export const BAD_REQUEST: Expected = { kind: 'bad_request', verdict: 'fail', ...noHealth };
export const TOO_LONG: Expected = {
  kind: 'too_long',
  verdict: 'conditional',
  needs: 'larger_context',
  ...noHealth,
};
export const PINNED: Expected = { kind: 'pinned_state', verdict: 'fail', ...noHealth };
export const SERVER: Expected = { kind: 'server', verdict: 'failover', ...health };
export const OVERLOAD: Expected = {
  kind: 'overload',
  verdict: 'cooldown',
  scope: 'target',
  ...health,
};
