import { describe, expect, it } from 'vitest';
import {
  afterContent,
  classifyAnswer,
  classifyThrown,
  connectionFailure,
} from '../src/openai-failure.ts';

/** 2026-01-01T00:00:00Z. */
const nowEpochMs = () => 1_767_225_600_000;
type Headers = Record<string, string>;

function classify(status: number | undefined, body: unknown, headers: Headers = {}) {
  return classifyAnswer(status, headers, body, nowEpochMs);
}

const openaiError = (code: string | null, type = 'invalid_request_error', message = 'said') => ({
  error: { message, type, param: null, code },
});

const health = { isHealthFailure: true };
const noHealth = { isHealthFailure: false };
const throttle = { kind: 'throttle', verdict: 'cooldown', scope: 'quota_group', ...noHealth };
const money = { kind: 'money', verdict: 'cooldown', scope: 'account', ...noHealth };
const daily = { kind: 'daily_quota', verdict: 'cooldown', scope: 'quota_group', ...noHealth };
const auth = { kind: 'auth', verdict: 'cooldown', scope: 'key', ...noHealth };
const modelAccess = { kind: 'model_access', verdict: 'failover', ...noHealth };
const badRequest = { kind: 'bad_request', verdict: 'fail', ...noHealth };
const tooLong = { kind: 'too_long', verdict: 'conditional', needs: 'larger_context', ...noHealth };
const policy = { kind: 'policy', verdict: 'fail', ...noHealth };
const server = { kind: 'server', verdict: 'failover', ...health };
const overload = { kind: 'overload', verdict: 'cooldown', scope: 'target', ...health };
const pinned = { kind: 'pinned_state', verdict: 'fail', ...noHealth };
const noPath = { kind: 'bad_request', verdict: 'failover', ...noHealth };
const notKept = (message: string): object => openaiError(null, 'invalid_request_error', message);

// The rows of the table in the specification that concern this dialect, by their numbers.
describe('classifyAnswer', () => {
  it.each<[row: string, status: number, body: unknown, headers: Headers, expected: object]>([
    ['1: client went away', 499, '', {}, { kind: 'aborted', verdict: 'abort', ...noHealth }],
    ['4: 408', 408, openaiError(null), {}, { kind: 'timeout', verdict: 'retry_same', ...health }],
    ['4: 425', 425, '', {}, { kind: 'timeout', verdict: 'failover', ...health }],
    ['5: 409', 409, openaiError(null), {}, { verdict: 'retry_same', ...noHealth }],
    [
      '6: OpenAI',
      429,
      openaiError(
        'rate_limit_exceeded',
        'tokens',
        'Rate limit reached for gpt-5 in organization org-x on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000. Please try again in 1.898s.',
      ),
      {
        'x-ratelimit-limit-tokens': '30000',
        'x-ratelimit-remaining-tokens': '1000',
        'x-ratelimit-reset-tokens': '58s',
        'x-ratelimit-remaining-requests': '499',
        'x-ratelimit-reset-requests': '120ms',
      },
      { ...throttle, code: 'rate_limit_exceeded', status: 429, retryAfterMs: 1898 },
    ],
    [
      '6: OpenAI, the dimension named by the type',
      429,
      openaiError('rate_limit_exceeded', 'tokens'),
      {
        'x-ratelimit-remaining-tokens': '1000',
        'x-ratelimit-reset-tokens': '58s',
        'x-ratelimit-remaining-requests': '499',
        'x-ratelimit-reset-requests': '120ms',
      },
      { ...throttle, retryAfterMs: 58_000 },
    ],
    [
      '6: Azure',
      429,
      { error: { code: '429', message: 'Requests have exceeded the call rate limit.' } },
      { 'retry-after-ms': '1250', 'retry-after': '2' },
      { ...throttle, code: '429', retryAfterMs: 1250 },
    ],
    [
      '6: Azure, in words',
      429,
      { error: { code: 'RateLimitReached', message: 'Please retry after 26 seconds.' } },
      {},
      { ...throttle, retryAfterMs: 26_000 },
    ],
    [
      '6: Groq',
      429,
      openaiError('rate_limit_exceeded', 'tokens', 'Please try again in 7m12s. Need more tokens?'),
      { 'retry-after': '433' },
      { ...throttle, retryAfterMs: 433_000 },
    ],
    [
      '6: Groq 498',
      498,
      openaiError('capacity_exceeded', 'internal_server_error'),
      {},
      { ...throttle, code: 'capacity_exceeded' },
    ],
    [
      '6: Mistral',
      429,
      {
        object: 'error',
        message: 'Requests rate limit exceeded',
        type: 'rate_limited',
        code: '1300',
      },
      {},
      { ...throttle, message: 'Requests rate limit exceeded' },
    ],
    [
      '6: Cerebras, the window in the name',
      429,
      { message: 'Tokens per minute limit exceeded', type: 'too_many_requests_error' },
      {
        'x-ratelimit-remaining-tokens-minute': '0',
        'x-ratelimit-reset-tokens-minute': '11.5',
        'x-ratelimit-remaining-requests-day': '1000',
        'x-ratelimit-reset-requests-day': '33011',
      },
      { ...throttle, retryAfterMs: 11_500 },
    ],
    [
      '6: Gemini, per minute',
      429,
      [
        {
          error: {
            code: 429,
            status: 'RESOURCE_EXHAUSTED',
            message: 'You exceeded your current quota. Please retry in 34.07s.',
            details: [
              { violations: [{ quotaId: 'GenerateRequestsPerMinutePerProjectPerModel' }] },
              { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.07s' },
            ],
          },
        },
      ],
      {},
      { ...throttle, retryAfterMs: 34_070 },
    ],
    ['6: without a body', 429, '', { 'retry-after': '1.5' }, { ...throttle, retryAfterMs: 1500 }],
    [
      '6: a request larger than the whole limit never fits',
      429,
      openaiError(
        'rate_limit_exceeded',
        'tokens',
        'Request too large for gpt-5 in organization org-x on tokens per min (TPM): Limit 30000, Requested 44242.',
      ),
      {},
      { kind: 'too_long', verdict: 'conditional', needs: 'other_provider', ...noHealth },
    ],
    [
      '7: 429',
      429,
      openaiError('slow_down', 'requests'),
      {},
      { kind: 'ramp', verdict: 'cooldown', ...noHealth },
    ],
    ['7: older 503', 503, openaiError('slow_down'), {}, { kind: 'ramp', verdict: 'cooldown' }],
    ['8: by type', 429, openaiError(null, 'insufficient_quota'), {}, money],
    ...[
      'insufficient_quota',
      'credit_balance_exhausted',
      'organization_spend_limit_exceeded',
      'project_spend_limit_exceeded',
      'organization_usage_limit_exceeded',
      'billing_not_active',
    ].map((code): [string, number, unknown, Headers, object] => [
      `8: ${code}`,
      429,
      openaiError(code, 'requests'),
      {},
      { ...money, code },
    ]),
    [
      '8: DeepSeek',
      402,
      openaiError('invalid_request_error', 'unknown_error', 'Insufficient Balance'),
      {},
      money,
    ],
    [
      '10: Gemini, per day',
      429,
      {
        error: {
          code: 429,
          status: 'RESOURCE_EXHAUSTED',
          message: 'Please retry in 10h17m5.7s.',
          details: [{ violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel' }] }],
        },
      },
      {},
      { ...daily, retryAfterMs: 37_025_700 },
    ],
    [
      '10: Gemini, a wait of more than five minutes',
      429,
      { error: { status: 'RESOURCE_EXHAUSTED', message: 'm', details: [{ retryDelay: '301s' }] } },
      {},
      { ...daily, retryAfterMs: 301_000 },
    ],
    ['10: quota_exceeded', 429, openaiError('quota_exceeded'), {}, daily],
    [
      '10: a quota of nothing is not waited for',
      429,
      {
        error: {
          status: 'RESOURCE_EXHAUSTED',
          message: 'Quota exceeded for metric: requests, limit: 0',
          details: [{ retryDelay: '20s' }],
        },
      },
      {},
      { ...daily, scope: 'target', retryAfterMs: undefined },
    ],
    [
      '11: OpenRouter, too much in flight',
      402,
      {
        error: {
          code: 402,
          message: 'm',
          metadata: { limit_source: 'openrouter_in_flight_budget' },
        },
      },
      { 'retry-after': '3' },
      { ...throttle, retryAfterMs: 3000 },
    ],
    [
      '11: OpenRouter, no credits',
      402,
      { error: { code: 402, message: 'm', metadata: { limit_source: 'openrouter_credits' } } },
      {},
      money,
    ],
    [
      '11: OpenRouter, a budget',
      403,
      {
        error: {
          code: 403,
          message: 'm',
          metadata: { limit_source: 'workspace_budget', resets_at: '2026-01-01T02:00:00Z' },
        },
      },
      {},
      { ...money, retryAfterMs: 7_200_000 },
    ],
    ['12: 401', 401, openaiError('invalid_api_key'), {}, auth],
    ['12: 401 without words', 401, '', {}, auth],
    [
      '12: 403',
      403,
      { error: { code: '403', message: 'Access denied: firewall rules.' } },
      {},
      auth,
    ],
    ['12: by type', 400, openaiError(null, 'authentication_error'), {}, auth],
    [
      '12: Gemini',
      400,
      [
        {
          error: {
            code: 400,
            message: 'API key not valid.',
            status: 'INVALID_ARGUMENT',
            details: [{ reason: 'API_KEY_INVALID', domain: 'googleapis.com' }],
          },
        },
      ],
      {},
      { ...auth, code: 'API_KEY_INVALID' },
    ],
    ['13: 403 for a model', 403, openaiError('model_not_found'), {}, modelAccess],
    ['13: permission', 403, openaiError(null, 'permission_error'), {}, modelAccess],
    ['13: 404', 404, openaiError('model_not_found'), {}, modelAccess],
    ['13: Azure', 404, { error: { code: 'DeploymentNotFound', message: 'm' } }, {}, modelAccess],
    [
      '13: vLLM',
      404,
      {
        object: 'error',
        message: 'The model `x` does not exist.',
        type: 'NotFoundError',
        code: 404,
      },
      {},
      modelAccess,
    ],
    [
      '13: region',
      403,
      openaiError('unsupported_country_region_territory', 'request_forbidden'),
      {},
      modelAccess,
    ],
    ['14: 400', 400, openaiError(null), {}, badRequest],
    ['14: unsupported parameter', 400, openaiError('unsupported_parameter'), {}, badRequest],
    ['14: image', 400, openaiError('image_parse_error'), {}, badRequest],
    ['14: prompt', 400, openaiError('invalid_prompt'), {}, badRequest],
    [
      '14: Mistral 422',
      422,
      { object: 'error', message: { detail: [{ type: 'extra_forbidden' }] }, code: null },
      {},
      { ...badRequest, message: '{"detail":[{"type":"extra_forbidden"}]}' },
    ],
    ['15: OpenAI', 400, openaiError('context_length_exceeded'), {}, tooLong],
    ['15: 413', 413, openaiError('request_too_large'), {}, tooLong],
    ['15: a proxy before the API', 413, '<html>', {}, tooLong],
    [
      '15: vLLM',
      400,
      {
        object: 'error',
        message: "This model's maximum context length is 8192 tokens.",
        code: 400,
      },
      {},
      tooLong,
    ],
    ['15: Cohere', 400, { message: 'too many tokens: total number of tokens' }, {}, tooLong],
    ...[
      'content_filter',
      'image_content_policy_violation',
      'bio_policy',
      'cyber_policy',
      'misalignment_policy_violation',
    ].map((code): [string, number, unknown, Headers, object] => [
      `16: ${code}`,
      400,
      openaiError(code),
      {},
      policy,
    ]),
    [
      '16: OpenRouter',
      403,
      { error: { code: 403, message: 'm', metadata: { reasons: ['violence'] } } },
      {},
      policy,
    ],
    ['17: 500', 500, openaiError(null, 'server_error'), {}, server],
    ['17: 502 of a proxy', 502, '<html>Bad gateway</html>', {}, server],
    ['17: 504', 504, '', {}, server],
    [
      '18: OpenAI',
      503,
      openaiError('server_is_overloaded', 'service_unavailable_error'),
      {},
      overload,
    ],
    [
      '18: with a wait',
      503,
      openaiError(null),
      { 'retry-after': '7' },
      { ...overload, retryAfterMs: 7000 },
    ],
    [
      '18: Azure',
      429,
      { error: { code: '429', message: 'System is experiencing high demand.' } },
      {},
      overload,
    ],
    ['18: OpenRouter', 529, { error: { code: 529, message: 'm' } }, {}, overload],
    ['18: flex', 429, openaiError('flex_unavailable'), {}, overload],
    ['20: thread', 404, openaiError('thread_not_found'), {}, pinned],
    ['20: response', 400, openaiError('previous_response_not_found'), {}, pinned],
    ['20: response gone', 404, notKept("Response with id 'resp_1' not found."), {}, pinned],
    ['20: conversation', 404, notKept("Conversation with id 'conv_1' not found."), {}, pinned],
    ['13: no such path, OpenAI', 404, notKept('Invalid URL (POST /v1/x)'), {}, noPath],
    ['13: no such path, Groq', 404, openaiError('unknown_url'), {}, noPath],
    ['13: no such path, vLLM', 404, { detail: 'Not Found' }, {}, noPath],
    ['13: no such path, Ollama', 404, '404 page not found', {}, noPath],
    ['14: image', 400, openaiError('image_too_large'), {}, badRequest],
    ['20: residency', 400, openaiError('data_residency_mismatch'), {}, pinned],
    ['21: unknown 4xx', 418, '', {}, { kind: 'unknown', verdict: 'fail', ...noHealth }],
    ['21: unknown 5xx', 520, '', {}, server],
    ['21: a redirect', 302, '', {}, server],
  ])('row %s', (_, status, body, headers, expected) => {
    expect(classify(status, body, headers)).toMatchObject(expected);
  });

  it.each<[name: string, error: unknown, expected: object]>([
    ['a code', openaiError('rate_limit_exceeded', 'requests'), throttle],
    ['a type', openaiError(null, 'overloaded_error'), overload],
    ['a family', openaiError(null, 'invalid_request_error'), badRequest],
    ['an image', openaiError('failed_to_download_image'), badRequest],
    ['a vector store', openaiError('vector_store_timeout'), server],
    ['a number', { error: { code: 429, message: 'm' } }, { ...throttle, status: 429 }],
    ['nothing', { error: {} }, { ...server, message: 'the API reported an error' }],
    ['words', { error: 'broken' }, { ...server, message: 'broken' }],
  ])('row 19: reads the inner code of an error without status: %s', (_, body, expected) => {
    expect(classify(undefined, body)).toMatchObject(expected);
  });

  it('row 19: lets no failure after content be tried elsewhere', () => {
    expect(afterContent(classify(undefined, openaiError('rate_limit_exceeded')))).toMatchObject({
      kind: 'stream',
      verdict: 'fail',
      isHealthFailure: true,
    });
  });

  it('row 19: takes an answer that was ended for what was asked for no fault of the target', () => {
    const ended = afterContent(classify(undefined, openaiError('content_filter')));
    expect(ended).toMatchObject({ kind: 'policy', verdict: 'fail', ...noHealth });
    const tooLongNow = afterContent(classify(undefined, openaiError('context_length_exceeded')));
    expect(tooLongNow).toMatchObject({ kind: 'too_long', verdict: 'fail', ...noHealth });
    expect(tooLongNow.needs).toBeUndefined();
  });

  it('says what the API said, or the status', () => {
    expect(classify(500, openaiError(null)).message).toBe('said');
    expect(classify(500, { detail: 'Not today' }).message).toBe('Not today');
    expect(classify(500, 'upstream connect error').message).toBe('upstream connect error');
    expect(classify(502, '<html>').message).toBe('the API answered 502');
    expect(classify(500, { error: { message: 'x'.repeat(5000) } }).message).toHaveLength(1000);
  });
});

describe('how long to wait', () => {
  const wait = (headers: Headers, body: unknown = '') => classify(429, body, headers).retryAfterMs;

  it.each<[form: string, headers: Headers, expected: number | undefined]>([
    ['seconds', { 'retry-after': '2' }, 2000],
    ['fractional seconds', { 'retry-after': '0.25' }, 250],
    ['nothing', {}, undefined],
    ['a negative number', { 'retry-after': '-1' }, undefined],
    ['no number', { 'retry-after': 'soon' }, undefined],
    ['a date by our clock', { 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' }, 30_000],
    [
      'a date by the clock of the server, which is an hour fast',
      { 'retry-after': 'Thu, 01 Jan 2026 01:00:05 GMT', date: 'Thu, 01 Jan 2026 01:00:00 GMT' },
      5000,
    ],
    ['a date that has passed', { 'retry-after': 'Wed, 31 Dec 2025 23:00:00 GMT' }, 0],
    ['milliseconds before seconds', { 'retry-after': '9', 'retry-after-ms': '12' }, 12],
    [
      'milliseconds by either name',
      { 'retry-after': '9', 'x-ms-retry-after-ms': '34', 'retry-after-ms': '12' },
      12,
    ],
    ["Azure's name before seconds", { 'retry-after': '9', 'x-ms-retry-after-ms': '34' }, 34],
  ])('%s', (_, headers, expected) => {
    expect(wait(headers)).toBe(expected);
  });

  it.each<[reset: string, expectedMs: number | undefined]>([
    ['12ms', 12],
    ['6s', 6000],
    ['1m30s', 90_000],
    ['6m0s', 360_000],
    ['59', 59_000],
    ['2026-01-01T00:00:10Z', 10_000],
    ['1767225620', 20_000],
    ['1767225620500', 20_500],
    ['-1', undefined],
    ['later', undefined],
  ])('the reset %s of a limit that is used up', (reset, expectedMs) => {
    expect(
      wait({ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': reset }),
    ).toBe(expectedMs);
  });

  it('takes the longest of two limits that are used up, and none of one that is not', () => {
    expect(
      wait({
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '2s',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '3s',
        'x-ratelimit-remaining-images': '1',
        'x-ratelimit-reset-images': '9s',
      }),
    ).toBe(3000);
  });

  it('does not take the reset of a limit for the wait of another failure', () => {
    const headers = { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '2s' };
    expect(classify(500, '', headers).retryAfterMs).toBeUndefined();
  });

  it('goes from headers to the body, its words, then the reset', () => {
    const headers = {
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '4s',
    };
    const words = { error: { message: 'Please try again in 3s.' } };
    const info = { error: { message: 'Please retry in 3s.', details: [{ retryDelay: '2s' }] } };
    expect(wait({ ...headers, 'retry-after': '1' }, info)).toBe(1000);
    expect(wait(headers, info)).toBe(2000);
    expect(wait(headers, words)).toBe(3000);
    expect(wait(headers)).toBe(4000);
  });

  it.each<[message: string, expectedMs: number | undefined]>([
    ['Please try again in 20s. Visit the page.', 20_000],
    ['Please try again in 6ms.', 6],
    ['Please retry after 1 second.', 1000],
    ['Please retry after 150 milliseconds', 150],
    ['Try again in 2 minutes', 120_000],
    ['Please retry in 20.2s', 20_200],
    ['Try again in a while', undefined],
    ['Try again in 5', undefined],
  ])('the words "%s"', (message, expectedMs) => {
    expect(wait({}, { error: { message } })).toBe(expectedMs);
  });
});

describe('connectionFailure', () => {
  it.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EPIPE',
    'UND_ERR_CONNECT_TIMEOUT',
    'UND_ERR_SOCKET',
    'UND_ERR_HEADERS_TIMEOUT',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'CERT_HAS_EXPIRED',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'HPE_INVALID_CONSTANT',
  ])('row 2: %s fails over and counts', (code) => {
    const error = Object.assign(new Error('it broke'), { code });
    expect(connectionFailure(error)).toEqual({
      kind: 'network',
      verdict: 'failover',
      message: 'it broke',
      code,
      isHealthFailure: true,
      cause: error,
    });
  });

  it('takes a header that cannot be sent for a fault of the caller', () => {
    const error = Object.assign(new Error('invalid header'), { code: 'UND_ERR_INVALID_ARG' });
    expect(connectionFailure(error)).toMatchObject(badRequest);
  });
});

describe('classifyThrown', () => {
  it.each<[what: string, thrown: unknown, expected: object]>([
    ['nothing', undefined, { kind: 'unknown', verdict: 'fail', ...noHealth }],
    ['a bug of the caller', new TypeError('x is not a function'), { kind: 'unknown' }],
    ['an abort', new DOMException('stop', 'AbortError'), { kind: 'aborted', verdict: 'abort' }],
    [
      'a timeout',
      new DOMException('late', 'TimeoutError'),
      { kind: 'timeout', verdict: 'failover', ...health },
    ],
    [
      'a failed fetch',
      new TypeError('fetch failed', {
        cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
      }),
      { kind: 'network', verdict: 'failover', code: 'ECONNREFUSED', ...health },
    ],
    ['a fetch cut short', new TypeError('terminated'), { kind: 'network', ...health }],
  ])('%s', (_, thrown, expected) => {
    expect(classifyThrown(thrown, nowEpochMs)).toMatchObject({ ...expected, cause: thrown });
  });
});
