import type { RateLimitFact } from '@plimsoll/core';
import { openAIUpstream, upstreamErrors } from '@plimsoll/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openai, type PresetName } from '../src/index.ts';
import { classifyAnswer } from '../src/openai-failure.ts';
import { limitsIn } from '../src/openai-limits.ts';
import { presets } from '../src/presets.ts';
import { Collected, start } from './collect.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** 2026-01-01T00:00:00Z. */
const nowEpochMs = () => 1_767_225_600_000;

type Headers = Readonly<Record<string, string>>;

const factsOf = (preset: PresetName, headers: Headers, path = '/chat/completions') =>
  limitsIn(headers, presets[preset].limits, path, nowEpochMs);

const openaiHeaders = {
  'x-ratelimit-limit-requests': '500',
  'x-ratelimit-remaining-requests': '499',
  'x-ratelimit-reset-requests': '120ms',
  'x-ratelimit-limit-tokens': '30000',
  'x-ratelimit-remaining-tokens': '29250',
  'x-ratelimit-reset-tokens': '1m1.5s',
};
const openaiFacts: readonly RateLimitFact[] = [
  { dimension: 'requests', limit: 500, remaining: 499, resetAfterMs: 120 },
  { dimension: 'tokens', limit: 30_000, remaining: 29_250, resetAfterMs: 61_500 },
];

describe('limitsIn', () => {
  it.each<[what: string, PresetName, Headers, expected: readonly RateLimitFact[]]>([
    ['OpenAI', 'openai', openaiHeaders, openaiFacts],
    ['one’s own server that speaks as OpenAI does', 'vllm', openaiHeaders, openaiFacts],
    [
      'OpenAI with a limit of requests per day',
      'openai',
      {
        'x-ratelimit-limit-requests': '200',
        'x-ratelimit-remaining-requests': '198',
        'x-ratelimit-reset-requests': '14m24s',
      },
      [{ dimension: 'requests', limit: 200, remaining: 198, resetAfterMs: 864_000 }],
    ],
    [
      'Azure',
      'azure',
      {
        'x-ratelimit-limit-requests': '60',
        'x-ratelimit-remaining-requests': '59',
        'x-ratelimit-reset-requests': '10',
        'x-ratelimit-limit-tokens': '10000',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '37',
      },
      [
        {
          dimension: 'requests',
          windowMs: MINUTE_MS,
          limit: 60,
          remaining: 59,
          resetAfterMs: 10_000,
        },
        {
          dimension: 'tokens',
          windowMs: MINUTE_MS,
          limit: 10_000,
          remaining: 0,
          resetAfterMs: 37_000,
        },
      ],
    ],
    [
      'Azure that tells only what remains',
      'azure',
      { 'x-ratelimit-remaining-requests': '9', 'x-ratelimit-remaining-tokens': '9744' },
      [
        { dimension: 'requests', windowMs: MINUTE_MS, remaining: 9 },
        { dimension: 'tokens', windowMs: MINUTE_MS, remaining: 9744 },
      ],
    ],
    [
      'Groq, whose requests are a day’s',
      'groq',
      {
        'x-ratelimit-limit-requests': '14400',
        'x-ratelimit-remaining-requests': '14370',
        'x-ratelimit-reset-requests': '2m59.56s',
        'x-ratelimit-limit-tokens': '18000',
        'x-ratelimit-remaining-tokens': '17997',
        'x-ratelimit-reset-tokens': '7.66s',
      },
      [
        {
          dimension: 'requests',
          windowMs: DAY_MS,
          limit: 14_400,
          remaining: 14_370,
          resetAfterMs: 179_560,
        },
        {
          dimension: 'tokens',
          windowMs: MINUTE_MS,
          limit: 18_000,
          remaining: 17_997,
          resetAfterMs: 7660,
        },
      ],
    ],
    [
      'Mistral',
      'mistral',
      {
        'x-ratelimit-limit-req-minute': '60',
        'x-ratelimit-remaining-req-minute': '57',
        'x-ratelimit-limit-tokens-minute': '500000',
        'x-ratelimit-remaining-tokens-minute': '499900',
        'x-ratelimit-tokens-query-cost': '100',
      },
      [
        { dimension: 'requests', windowMs: MINUTE_MS, limit: 60, remaining: 57 },
        { dimension: 'tokens', windowMs: MINUTE_MS, limit: 500_000, remaining: 499_900 },
      ],
    ],
    [
      'Mistral by its other name',
      'mistral',
      { 'x-ratelimit-limit-requests-minute': '60', 'x-ratelimit-remaining-requests-minute': '0' },
      [{ dimension: 'requests', windowMs: MINUTE_MS, limit: 60, remaining: 0 }],
    ],
    [
      'Cerebras, with the window in the name',
      'cerebras',
      {
        'x-ratelimit-limit-requests-day': '14400',
        'x-ratelimit-remaining-requests-day': '14399',
        'x-ratelimit-reset-requests-day': '33011.25',
        'x-ratelimit-limit-tokens-minute': '60000',
        'x-ratelimit-remaining-tokens-minute': '59000',
        'x-ratelimit-reset-tokens-minute': '11.5',
      },
      [
        {
          dimension: 'requests',
          windowMs: DAY_MS,
          limit: 14_400,
          remaining: 14_399,
          resetAfterMs: 33_011_250,
        },
        {
          dimension: 'tokens',
          windowMs: MINUTE_MS,
          limit: 60_000,
          remaining: 59_000,
          resetAfterMs: 11_500,
        },
      ],
    ],
  ])('reads those of %s', (_what, preset, headers, expected) => {
    expect(factsOf(preset, headers)).toEqual(expected);
  });

  it.each([
    ['6m0s', 360_000],
    ['0s', 0],
    ['45', 45_000],
    ['1767225630', 30_000],
    ['1767225630000', 30_000],
    ['2026-01-01T00:00:30Z', 30_000],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
    ['-1', undefined],
    ['soon', undefined],
    ['5.s', undefined],
    ['3 s', undefined],
  ])('reads a reset that says %s', (reset, resetAfterMs) => {
    const headers = { 'x-ratelimit-remaining-tokens': '7', 'x-ratelimit-reset-tokens': reset };
    expect(factsOf('openai', headers)).toEqual([
      { dimension: 'tokens', remaining: 7, resetAfterMs },
    ]);
  });

  it('reads a date by the clock of the answer', () => {
    const headers = {
      'x-ratelimit-remaining-tokens': '7',
      'x-ratelimit-reset-tokens': '2025-06-01T12:00:05Z',
      date: 'Sun, 01 Jun 2025 12:00:00 GMT',
    };
    expect(factsOf('openai', headers)![0]!.resetAfterMs).toBe(5000);
  });

  it.each<[what: string, PresetName, Headers, path?: string]>([
    ['no such headers', 'openai', { 'content-type': 'application/json', 'retry-after': '3' }],
    ['a limit of -1', 'azure', { ...openaiHeaders, ...unlimited('-1', '-1') }],
    ['a limit of 0', 'openai', { ...unlimited('0', '0') }],
    ['what is no number', 'openai', { 'x-ratelimit-remaining-tokens': 'many' }],
    ['only a reset', 'openai', { 'x-ratelimit-reset-requests': '6s' }],
    ['less than nothing', 'azure', { 'x-ratelimit-remaining-tokens': '-1' }],
    [
      'the zeros of the Responses API of Azure',
      'azure',
      { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-remaining-tokens': '0' },
      '/responses',
    ],
    ['OpenRouter', 'openrouter', openaiHeaders],
  ])('reads nothing from %s', (_what, preset, headers, path) => {
    expect(factsOf(preset, headers, path)).toBeUndefined();
  });

  it('takes the limit from the Responses API of Azure, but not that nothing remains', () => {
    const headers = { 'x-ratelimit-limit-tokens': '1000', 'x-ratelimit-remaining-tokens': '0' };
    expect(factsOf('azure', headers, '/responses')).toEqual([
      { dimension: 'tokens', windowMs: MINUTE_MS, limit: 1000 },
    ]);
    expect(factsOf('openai', headers, '/responses')).toMatchObject([{ remaining: 0 }]);
  });
});

/** Headers that say `limit` and `remaining` of both dimensions. */
function unlimited(limit: string, remaining: string): Headers {
  return {
    'x-ratelimit-limit-requests': limit,
    'x-ratelimit-remaining-requests': remaining,
    'x-ratelimit-limit-tokens': limit,
    'x-ratelimit-remaining-tokens': remaining,
  };
}

describe('a throttle says which limit is used up', () => {
  const exhausted = (message: string, type: string | null = null, headers: Headers = {}) =>
    classifyAnswer(429, headers, { error: { message, type } }, nowEpochMs).exhausted;

  it.each([
    ['Rate limit reached for gpt-5 on tokens per min (TPM): Limit 30000, Used 29000.', 'tokens'],
    ['Rate limit reached for gpt-5 on requests per min (RPM): Limit 3, Used 3.', 'requests'],
    ['Rate limit reached for gpt-5 on requests per day (RPD): Limit 200, Used 200.', 'requests'],
    ['Rate limit reached for model `llama` on tokens per day (TPD): Limit 100000.', 'tokens'],
    [
      'Requests to the Completions Operation have exceeded token rate limit of your tier.',
      'tokens',
    ],
    [
      'Requests to the Completions Operation have exceeded call rate limit of your tier.',
      'requests',
    ],
    ['Requests rate limit exceeded', 'requests'],
    ['Tokens per minute limit exceeded - too many tokens processed.', 'tokens'],
    ['This would exceed your limit of 40,000 input tokens per minute.', 'input_tokens'],
    ['This would exceed your limit of 8,000 output tokens per minute.', 'output_tokens'],
    [
      'Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 10',
      'requests',
    ],
    [
      'Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_input_token_count, limit: 250000',
      'input_tokens',
    ],
    ['Rate limit reached. Too many requests.', undefined],
  ])('by the message: %s', (message, expected) => {
    expect(exhausted(message)).toBe(expected);
  });

  it('by the type of the error', () => {
    expect(exhausted('Rate limit reached.', 'tokens')).toBe('tokens');
  });

  it('by the only one of which nothing remains', () => {
    const headers = {
      'x-ratelimit-remaining-tokens-minute': '0',
      'x-ratelimit-remaining-requests-day': '200',
    };
    expect(exhausted('Slow down.', null, headers)).toBe('tokens');
    expect(exhausted('Slow down.', null, { 'x-ratelimit-remaining-req-minute': '0' })).toBe(
      'requests',
    );
    expect(exhausted('Slow down.', null, unlimited('5', '0'))).toBeUndefined();
  });

  it('and no other failure does', () => {
    const headers = { 'x-ratelimit-remaining-tokens': '0' };
    expect(classifyAnswer(500, headers, '', nowEpochMs).exhausted).toBeUndefined();
  });
});

describe('an attempt tells the limits', () => {
  const upstream = openAIUpstream();
  const provider = () => openai({ baseUrl: upstream.url, apiKey: 'sk-1' });
  const plain = { model: 'gpt-test', messages: [{ role: 'user', content: 'Hi' }] };

  beforeAll(async () => {
    await upstream.listen();
  });
  afterEach(() => upstream.clear());
  afterAll(() => upstream.close());

  it.each([false, true])('before the head of a good answer; stream: %s', async (stream) => {
    upstream.next({ headers: openaiHeaders });
    const { told, limits } = await start(provider(), { ...plain, stream }).over;
    expect(told).toEqual(['limits', 'head', 'end']);
    expect(limits).toEqual(openaiFacts);
  });

  it('before the error of a bad one', async () => {
    upstream.next({ ...upstreamErrors.rateLimited, headers: openaiHeaders });
    const { told, limits } = await start(provider(), plain).over;
    expect(told).toEqual(['limits', 'error']);
    expect(limits).toEqual(openaiFacts);
  });

  it('only where there are any', async () => {
    expect((await start(provider(), plain).over).told).toEqual(['head', 'end']);
  });

  it('and says no more to a sink that gives up at that', async () => {
    upstream.next({ headers: openaiHeaders });
    const collected = new Collected();
    const isGivenUp = new Promise<void>((resolve) => {
      collected.onLimits = () => {
        collected.control!.abort();
        resolve();
      };
    });
    start(provider(), plain, { collected });
    await isGivenUp;
    await upstream.until(() => upstream.activeRequests === 0);
    expect(collected.told).toEqual([]);
  });
});
