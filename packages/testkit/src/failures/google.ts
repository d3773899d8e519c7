import {
  AUTH,
  BAD_REQUEST,
  DAILY,
  type FailureRow,
  MODEL_ACCESS,
  MONEY,
  OVERLOAD,
  SERVER,
  THROTTLE,
  TOO_LONG,
} from './row.ts';

function error(code: number, status: string, message: string, ...details: object[]): object {
  return { error: { code, status, message, details } };
}

const quota = (quotaId: string): object => ({
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations: [{ quotaId, quotaMetric: 'generativelanguage.googleapis.com/requests' }],
});
const retryIn = (retryDelay: string): object => ({
  '@type': 'type.googleapis.com/google.rpc.RetryInfo',
  retryDelay,
});
const reason = (word: string): object => ({
  '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
  reason: word,
  domain: 'googleapis.com',
});

const PER_MINUTE = quota('GenerateRequestsPerMinutePerProjectPerModel');
const PER_DAY = quota('GenerateRequestsPerDayPerProjectPerModel-FreeTier');

/** Failures as the Gemini API words them; the wait stands in the body. */
export const googleFailures: readonly FailureRow[] = [
  {
    name: 'a limit per minute',
    status: 429,
    body: error(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded.', PER_MINUTE, retryIn('34.07s')),
    expected: { ...THROTTLE, retryAfterMs: 34_070 },
  },
  {
    name: 'a limit without a name, and a short wait in milliseconds',
    status: 429,
    body: error(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded.', retryIn('900ms')),
    expected: { ...THROTTLE, retryAfterMs: 900 },
  },
  {
    name: 'a wait in words',
    status: 429,
    body: error(429, 'RESOURCE_EXHAUSTED', 'Please retry in 20.2s.', PER_MINUTE),
    expected: { ...THROTTLE, retryAfterMs: 20_200 },
  },
  {
    name: 'rate_limit_exceeded of the Interactions API',
    status: 429,
    body: { error: { code: 'rate_limit_exceeded', message: 'Too fast.' } },
    expected: THROTTLE,
  },
  {
    name: 'too_many_requests of the Interactions API',
    status: 429,
    body: { error: { code: 'too_many_requests', message: 'Too fast.' } },
    expected: THROTTLE,
  },
  {
    name: 'a limit per day',
    status: 429,
    body: error(429, 'RESOURCE_EXHAUSTED', 'Please retry in 10h17m5.7s.', PER_DAY),
    expected: { ...DAILY, retryAfterMs: 37_025_700 },
  },
  {
    name: 'a wait of more than five minutes',
    status: 429,
    body: error(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded.', retryIn('301s')),
    expected: { ...DAILY, retryAfterMs: 301_000 },
  },
  {
    name: 'quota_exceeded of the Interactions API',
    status: 429,
    body: { error: { code: 'quota_exceeded', message: 'Quota exceeded.' } },
    expected: DAILY,
  },
  {
    name: 'a quota of nothing',
    status: 429,
    body: error(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded, limit: 0', PER_DAY, retryIn('20s')),
    expected: { ...DAILY, scope: 'target' },
  },
  {
    name: 'payment required',
    status: 402,
    body: error(402, 'FAILED_PRECONDITION', 'Billing is not enabled.'),
    expected: MONEY,
  },
  {
    name: 'API_KEY_INVALID',
    status: 400,
    body: error(400, 'INVALID_ARGUMENT', 'API key not valid.', reason('API_KEY_INVALID')),
    expected: AUTH,
  },
  {
    name: 'UNAUTHENTICATED',
    status: 401,
    body: error(401, 'UNAUTHENTICATED', 'Request had invalid credentials.'),
    expected: AUTH,
  },
  {
    name: 'PERMISSION_DENIED',
    status: 403,
    body: error(403, 'PERMISSION_DENIED', 'Your API key was reported as leaked.'),
    expected: AUTH,
  },
  {
    name: 'NOT_FOUND',
    status: 404,
    body: error(404, 'NOT_FOUND', 'models/x is not found for API version v1beta.'),
    expected: MODEL_ACCESS,
  },
  {
    name: 'INVALID_ARGUMENT',
    status: 400,
    body: error(400, 'INVALID_ARGUMENT', 'Invalid value at temperature.'),
    expected: BAD_REQUEST,
  },
  {
    name: 'too many tokens',
    status: 400,
    body: error(
      400,
      'INVALID_ARGUMENT',
      'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
    ),
    expected: TOO_LONG,
  },
  {
    name: 'INTERNAL',
    status: 500,
    body: error(500, 'INTERNAL', 'An internal error has occurred.'),
    expected: SERVER,
  },
  {
    name: 'DEADLINE_EXCEEDED',
    status: 504,
    body: error(504, 'DEADLINE_EXCEEDED', 'Deadline expired.'),
    expected: SERVER,
  },
  {
    name: 'UNAVAILABLE',
    status: 503,
    body: error(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'),
    expected: OVERLOAD,
  },
];
