import {
  AUTH,
  BAD_REQUEST,
  type FailureRow,
  MODEL_ACCESS,
  MONEY,
  OVERLOAD,
  PINNED,
  RAMP,
  SERVER,
  THROTTLE,
  TOO_LONG,
} from './row.ts';

function error(type: string, message: string, code?: string): object {
  const details = code === undefined ? {} : { details: { error_code: code } };
  return { type: 'error', error: { type, message, ...details }, request_id: 'req_1' };
}

/** A spend limit says no time: it holds until the first of the next month. */
const MONTH = { ...MONEY, retryAfterMs: 31 * 24 * 3_600_000 };

/** Failures as the Messages API words them. */
export const anthropicFailures: readonly FailureRow[] = [
  {
    name: 'rate_limit_error with retry-after',
    status: 429,
    headers: { 'retry-after': '12' },
    body: error('rate_limit_error', 'This request would exceed your rate limit.'),
    expected: { ...THROTTLE, retryAfterMs: 12_000 },
  },
  {
    name: 'rate_limit_error, the reset of the limit that is used up',
    status: 429,
    headers: {
      date: 'Thu, 01 Jan 2026 00:00:10 GMT',
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': '2026-01-01T00:00:15Z',
      'anthropic-ratelimit-input-tokens-remaining': '50000',
      'anthropic-ratelimit-input-tokens-reset': '2026-01-01T00:00:40Z',
    },
    body: error('rate_limit_error', 'This request would exceed your rate limit.'),
    expected: { ...THROTTLE, retryAfterMs: 5000 },
  },
  {
    name: 'ramp_limit_exceeded',
    status: 429,
    body: error('rate_limit_error', 'Usage grew too fast.', 'ramp_limit_exceeded'),
    expected: RAMP,
  },
  {
    name: 'enforced_spend_limit_reached',
    status: 429,
    body: error('rate_limit_error', 'Spend limit.', 'enforced_spend_limit_reached'),
    expected: MONTH,
  },
  {
    name: 'contract_spend_limit_reached',
    status: 429,
    body: error('rate_limit_error', 'Spend limit.', 'contract_spend_limit_reached'),
    expected: MONTH,
  },
  {
    name: 'billing_error',
    status: 402,
    body: error('billing_error', 'There is an issue with your billing.'),
    expected: MONEY,
  },
  {
    name: 'linked_organization_*',
    status: 402,
    body: error('billing_error', 'Linked organization.', 'linked_organization_inactive'),
    expected: MONEY,
  },
  ...[
    'You have reached your specified API usage limits. You will regain access on 2026-02-01.',
    'You have reached your specified workspace API usage limits.',
    'Your credit balance is too low to access the Anthropic API.',
  ].map((message) => ({
    name: `by its words: ${message}`,
    status: 400,
    body: error('invalid_request_error', message),
    expected: MONEY,
  })),
  {
    name: 'authentication_error',
    status: 401,
    body: error('authentication_error', 'invalid x-api-key'),
    expected: AUTH,
  },
  {
    name: 'permission_error',
    status: 403,
    body: error('permission_error', 'Your API key does not have permission to use the model.'),
    expected: MODEL_ACCESS,
  },
  {
    name: 'not_found_error of a model',
    status: 404,
    body: error('not_found_error', 'model: claude-x'),
    expected: MODEL_ACCESS,
  },
  {
    name: 'thread_not_found',
    status: 404,
    body: error('not_found_error', 'No such thread.', 'thread_not_found'),
    expected: PINNED,
  },
  {
    name: 'invalid_request_error',
    status: 400,
    body: error('invalid_request_error', 'max_tokens: Field required'),
    expected: BAD_REQUEST,
  },
  {
    name: 'prompt is too long',
    status: 400,
    body: error('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'),
    expected: TOO_LONG,
  },
  {
    name: 'request_too_large',
    status: 413,
    body: error('request_too_large', 'Request exceeds the maximum allowed number of bytes.'),
    expected: TOO_LONG,
  },
  {
    name: 'conflict',
    status: 409,
    body: error('invalid_request_error', 'Conflict.'),
    expected: { kind: 'unknown', verdict: 'retry_same', isHealthFailure: false },
  },
  {
    name: 'api_error',
    status: 500,
    body: error('api_error', 'Internal server error'),
    expected: SERVER,
  },
  {
    name: 'timeout_error',
    status: 504,
    body: error('timeout_error', 'Request timed out.'),
    expected: SERVER,
  },
  {
    name: 'overloaded_error',
    status: 529,
    body: error('overloaded_error', 'Overloaded'),
    expected: OVERLOAD,
  },
  {
    name: 'cmek_*',
    status: 503,
    body: error('api_error', 'The key is not reachable.', 'cmek_unavailable'),
    expected: OVERLOAD,
  },
];
