import { describe, expect, it } from 'vitest';
import { classifyAnswer } from '../src/openai-failure.ts';
import { presets, type PresetName } from '../src/presets.ts';

/** 2026-01-01T00:00:00Z. */
const nowEpochMs = () => 1_767_225_600_000;

/** What an API answers, and what that means: kind, verdict and, for a cool-down, its scope. */
type Row = readonly [
  row: number,
  status: number,
  body: unknown,
  meaning: string,
  retryAfterMs?: number,
  headers?: Readonly<Record<string, string>>,
];

const THROTTLE = 'throttle cooldown quota_group';
const MONEY = 'money cooldown account';
const DAILY = 'daily_quota cooldown quota_group';
const AUTH = 'auth cooldown key';
const MODEL_ACCESS = 'model_access failover';
const BAD_REQUEST = 'bad_request fail';
const TOO_LONG = 'too_long conditional larger_context';
const POLICY = 'policy fail';
const SERVER = 'server failover health';
const OVERLOAD = 'overload cooldown target health';

const openai = (message: string, type: string | null, code: string | null) => ({
  error: { message, type, param: null, code },
});
const invalid = (message: string, code: string | null = null) =>
  openai(message, 'invalid_request_error', code);

/** The answers of each API to what goes wrong most, in its own words. */
const answers: Readonly<Record<PresetName, readonly Row[]>> = {
  openai: [
    [12, 401, invalid('Incorrect API key provided: sk-***.', 'invalid_api_key'), AUTH],
    [13, 404, invalid('The model `x` does not exist.', 'model_not_found'), MODEL_ACCESS],
    [
      6,
      429,
      openai('Please try again in 20s.', 'requests', 'rate_limit_exceeded'),
      THROTTLE,
      20_000,
    ],
    [8, 429, openai('You exceeded your quota.', 'insufficient_quota', 'insufficient_quota'), MONEY],
    [14, 400, invalid("Unsupported value: 'temperature'.", 'unsupported_value'), BAD_REQUEST],
    [15, 400, invalid('Too long.', 'context_length_exceeded'), TOO_LONG],
    [16, 400, invalid('Invalid prompt: policy.', 'cyber_policy'), POLICY],
    [17, 500, openai('The server had an error.', 'server_error', null), SERVER],
    [18, 503, openai('Overloaded.', 'service_unavailable_error', 'server_is_overloaded'), OVERLOAD],
  ],
  azure: [
    [
      12,
      401,
      { error: { code: '401', message: 'Access denied: invalid subscription key.' } },
      AUTH,
    ],
    [12, 403, { error: { code: '403', message: 'Access denied: Virtual Network rules.' } }, AUTH],
    [12, 403, { error: { code: '403', message: 'The resource is temporarily blocked.' } }, AUTH],
    [13, 404, { error: { code: 'DeploymentNotFound', message: 'No deployment.' } }, MODEL_ACCESS],
    [
      6,
      429,
      { error: { code: '429', message: 'Requests have exceeded the token rate limit.' } },
      THROTTLE,
      1250,
      { 'retry-after-ms': '1250', 'retry-after': '2' },
    ],
    [
      6,
      429,
      { error: { code: '429', message: 'm' } },
      THROTTLE,
      70,
      { 'x-ms-retry-after-ms': '70' },
    ],
    [
      16,
      400,
      { error: { code: 'content_filter', param: 'prompt', status: 400, innererror: {} } },
      POLICY,
    ],
    [18, 429, { error: { code: '429', message: 'System is experiencing high demand.' } }, OVERLOAD],
    [17, 500, { error: { code: 'InternalServerError', message: 'm' } }, SERVER],
  ],
  groq: [
    [12, 401, invalid('Invalid API Key', 'invalid_api_key'), AUTH],
    [13, 404, invalid('The model `x` does not exist.', 'model_not_found'), MODEL_ACCESS],
    [
      13,
      400,
      invalid('The model `x` has been decommissioned.', 'model_decommissioned'),
      MODEL_ACCESS,
    ],
    [
      13,
      403,
      openai('The model is blocked.', 'permissions_error', 'model_permission_blocked_org'),
      MODEL_ACCESS,
    ],
    [
      6,
      429,
      openai('Please try again in 7m12s.', 'tokens', 'rate_limit_exceeded'),
      THROTTLE,
      432_000,
    ],
    [6, 498, openai('Flex capacity exceeded.', 'capacity_exceeded', null), THROTTLE],
    [
      6,
      413,
      openai(
        'Request too large for model `x` on tokens per minute',
        'tokens',
        'rate_limit_exceeded',
      ),
      'too_long conditional other_provider',
    ],
    [14, 400, invalid('Failed to call a function.', 'tool_use_failed'), BAD_REQUEST],
    [17, 500, openai('Internal Server Error', 'internal_server_error', null), SERVER],
    [18, 503, openai('Service Unavailable', 'internal_server_error', null), OVERLOAD],
  ],
  mistral: [
    [12, 401, { message: 'Unauthorized', request_id: '1' }, AUTH],
    [
      13,
      400,
      { object: 'error', message: 'Invalid model: x', type: 'invalid_model', code: '1500' },
      MODEL_ACCESS,
    ],
    [
      6,
      429,
      { object: 'error', message: 'Rate limit exceeded', type: 'rate_limited', code: '1300' },
      THROTTLE,
    ],
    [
      6,
      429,
      {
        object: 'error',
        message: 'Service tier capacity exceeded.',
        type: 'invalid_request_error',
      },
      THROTTLE,
    ],
    [14, 422, { object: 'error', message: { detail: [{ type: 'extra_forbidden' }] } }, BAD_REQUEST],
    [
      15,
      400,
      { object: 'error', message: 'Prompt too large for model with 32768 maximum context length' },
      TOO_LONG,
    ],
    [17, 500, { object: 'error', message: 'Internal server error' }, SERVER],
    [18, 503, { object: 'error', message: 'Overflow' }, OVERLOAD],
  ],
  deepseek: [
    [
      12,
      401,
      openai('Authentication Fails', 'authentication_error', 'invalid_request_error'),
      AUTH,
    ],
    [8, 402, openai('Insufficient Balance', 'unknown_error', 'invalid_request_error'), MONEY],
    [13, 400, invalid('Model Not Exist', 'invalid_request_error'), MODEL_ACCESS],
    [14, 422, invalid('Invalid parameters', 'invalid_request_error'), BAD_REQUEST],
    [
      15,
      400,
      invalid("This model's maximum context length is 65536 tokens.", 'invalid_request_error'),
      TOO_LONG,
    ],
    [6, 429, openai('Rate limit reached', 'rate_limit_error', 'rate_limit'), THROTTLE],
    [17, 500, '', SERVER],
    [18, 503, openai('Service is too busy.', 'service_unavailable_error', null), OVERLOAD],
  ],
  openrouter: [
    [12, 401, { error: { code: 401, message: 'No auth credentials found' } }, AUTH],
    [13, 404, { error: { code: 404, message: 'No endpoints found for x.' } }, MODEL_ACCESS],
    [13, 400, { error: { code: 400, message: 'x is not a valid model ID' } }, MODEL_ACCESS],
    [
      6,
      429,
      { error: { code: 429, message: 'm', metadata: { provider_name: 'x', raw: 'busy' } } },
      THROTTLE,
      3000,
      { 'retry-after': '3' },
    ],
    [
      10,
      429,
      {
        error: {
          code: 429,
          message: 'Rate limit exceeded: free-models-per-day.',
          metadata: {
            limit_source: 'openrouter_free_tier_daily',
            headers: { 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': '1767229200000' },
          },
        },
      },
      DAILY,
      3_600_000,
    ],
    [
      11,
      402,
      { error: { code: 402, metadata: { limit_source: 'openrouter_in_flight_budget' } } },
      THROTTLE,
      2000,
      { 'retry-after': '2' },
    ],
    [11, 402, { error: { code: 402, metadata: { limit_source: 'openrouter_credits' } } }, MONEY],
    [11, 402, { error: { code: 402, metadata: { limit_source: 'openrouter_key_limit' } } }, MONEY],
    [
      11,
      403,
      {
        error: {
          code: 403,
          metadata: { limit_source: 'key_budget', resets_at: '2026-01-01T00:01:00Z' },
        },
      },
      MONEY,
      60_000,
    ],
    [16, 403, { error: { code: 403, metadata: { reasons: ['violence'] } } }, POLICY],
    [
      15,
      400,
      { error: { code: 400, message: "This endpoint's maximum context length is 8192 tokens." } },
      TOO_LONG,
    ],
    [4, 408, { error: { code: 408, message: 'Timed out' } }, 'timeout retry_same health'],
    [17, 502, { error: { code: 502, message: 'Provider returned error' } }, SERVER],
    [
      18,
      503,
      { error: { code: 503, message: 'No provider' } },
      OVERLOAD,
      5000,
      { 'retry-after': '5' },
    ],
    [18, 529, { error: { code: 529, message: 'Overloaded' } }, OVERLOAD],
  ],
  together: [
    [12, 401, invalid('Invalid API key provided.', 'invalid_api_key'), AUTH],
    [8, 402, openai('Credit limit exceeded.', 'credit_limit', null), MONEY],
    [13, 404, invalid('Unable to access model x.', 'model_not_available'), MODEL_ACCESS],
    [
      15,
      422,
      invalid('Input validation error: `inputs` tokens + `max_new_tokens` must be <= 65537.'),
      TOO_LONG,
    ],
    [6, 429, openai('You have been rate limited.', 'credit_limit', 'rate_limit'), THROTTLE],
    [18, 503, openai('Engine overloaded.', 'service_unavailable', null), OVERLOAD],
    [17, 524, '<html>A timeout occurred</html>', SERVER],
  ],
  cerebras: [
    [
      12,
      401,
      { message: 'Wrong API Key', type: 'invalid_request_error', code: 'wrong_api_key' },
      AUTH,
    ],
    [
      13,
      404,
      { message: 'Model x does not exist', type: 'not_found_error', code: 'model_not_found' },
      MODEL_ACCESS,
    ],
    [
      6,
      429,
      {
        message: 'Requests per minute limit exceeded - too many requests sent.',
        type: 'too_many_requests_error',
        param: 'quota',
        code: 'request_quota_exceeded',
      },
      THROTTLE,
      11_500,
      {
        'x-ratelimit-remaining-requests-minute': '0',
        'x-ratelimit-reset-requests-minute': '11.5',
        'x-ratelimit-remaining-tokens-minute': '400',
        'x-ratelimit-reset-tokens-minute': '11.5',
      },
    ],
    [17, 500, { message: 'Internal', type: 'server_error', code: null }, SERVER],
  ],
  vllm: [
    [12, 401, { error: 'Unauthorized' }, AUTH],
    [
      13,
      404,
      { error: { message: 'The model `x` does not exist.', type: 'NotFoundError', code: 404 } },
      MODEL_ACCESS,
    ],
    [
      15,
      400,
      {
        error: {
          message: "This model's maximum context length is 8192 tokens.",
          type: 'BadRequestError',
          code: 400,
        },
      },
      TOO_LONG,
    ],
    [14, 400, { object: 'error', message: 'm', type: 'BadRequestError', code: 400 }, BAD_REQUEST],
    [17, 500, { object: 'error', message: 'm', type: 'InternalServerError', code: 500 }, SERVER],
  ],
  ollama: [
    [
      13,
      404,
      { error: { message: 'model "x" not found', type: 'not_found_error', code: null } },
      MODEL_ACCESS,
    ],
    [14, 400, openai('invalid options', 'invalid_request_error', null), BAD_REQUEST],
    [
      18,
      503,
      { error: 'server busy, please try again. maximum pending requests exceeded' },
      OVERLOAD,
    ],
    [17, 500, openai('model runner has unexpectedly stopped', 'api_error', null), SERVER],
  ],
};

const rows = Object.entries(answers).flatMap(([preset, list]) =>
  list.map(
    ([row, status, body, meaning, retryAfterMs, headers = {}]) =>
      ({ preset, row, status, body, meaning, retryAfterMs, headers }) as const,
  ),
);

describe('what the answers of each API mean', () => {
  it('is known of every preset', () => {
    expect(Object.keys(answers).sort()).toEqual(Object.keys(presets).sort());
  });

  it.each(rows)('$preset, row $row: $status $meaning', (row) => {
    const { status, headers, body, meaning, retryAfterMs } = row;
    const failure = classifyAnswer(status, headers, body, nowEpochMs);
    const { kind, verdict, scope, needs, isHealthFailure } = failure;
    const words = [kind, verdict, scope ?? needs, isHealthFailure ? 'health' : undefined];
    expect(words.filter((word) => word !== undefined).join(' ')).toBe(meaning);
    expect(failure.retryAfterMs).toBe(retryAfterMs);
    expect(failure.status).toBe(status);
  });
});
