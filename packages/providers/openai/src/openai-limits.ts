import type { RateLimitDimension, RateLimitFact, WireHead } from '@plimsoll/core';
import { parseCount, parseMoment } from './retry-after.ts';

type Headers = WireHead['headers'];

/** The headers that tell of one limit. */
export interface LimitHeaders {
  readonly dimension: RateLimitDimension;
  /** Milliseconds; absent where the API does not say, and limits of minutes and days come under the same name. */
  readonly windowMs?: number;
  readonly limit: string;
  readonly remaining: string;
  readonly reset: string;
  /** The path whose answers may say that nothing remains though much does. */
  readonly zeroIsUnknownAt?: string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

function named(
  name: string,
  dimension: RateLimitDimension,
  more: Pick<LimitHeaders, 'windowMs' | 'zeroIsUnknownAt'> = {},
): LimitHeaders {
  return {
    dimension,
    limit: `x-ratelimit-limit-${name}`,
    remaining: `${REMAINING}${name}`,
    reset: `x-ratelimit-reset-${name}`,
    ...more,
  };
}

const REMAINING = 'x-ratelimit-remaining-';

/** Requests of a minute or a day, by account; the reset tells which. */
export const openaiLimits: readonly LimitHeaders[] = [
  named('requests', 'requests'),
  named('tokens', 'tokens'),
];

/** The Responses API answers -1 or 0 where it does not count. */
export const azureLimits: readonly LimitHeaders[] = [
  named('requests', 'requests', { windowMs: MINUTE_MS, zeroIsUnknownAt: '/responses' }),
  named('tokens', 'tokens', { windowMs: MINUTE_MS, zeroIsUnknownAt: '/responses' }),
];

/** The names are those of OpenAI, but the requests are a day's. */
export const groqLimits: readonly LimitHeaders[] = [
  named('requests', 'requests', { windowMs: DAY_MS }),
  named('tokens', 'tokens', { windowMs: MINUTE_MS }),
];

/** Requests come under either of two names. */
export const mistralLimits: readonly LimitHeaders[] = [
  named('req-minute', 'requests', { windowMs: MINUTE_MS }),
  named('requests-minute', 'requests', { windowMs: MINUTE_MS }),
  named('tokens-minute', 'tokens', { windowMs: MINUTE_MS }),
];

export const cerebrasLimits: readonly LimitHeaders[] = (['requests', 'tokens'] as const).flatMap(
  (dimension) => [
    named(`${dimension}-minute`, dimension, { windowMs: MINUTE_MS }),
    named(`${dimension}-hour`, dimension, { windowMs: HOUR_MS }),
    named(`${dimension}-day`, dimension, { windowMs: DAY_MS }),
  ],
);

/**
 * What the headers of an answer, good or bad, say of rate limits; `undefined` where they say nothing. This is read for
 * every answer: where there are no such headers it costs two reads for each of `limits`.
 *
 * @param path - what was asked for.
 */
export function limitsIn(
  headers: Headers,
  limits: readonly LimitHeaders[],
  path: string,
  nowEpochMs: () => number,
): readonly RateLimitFact[] | undefined {
  let facts: RateLimitFact[] | undefined;
  for (let index = 0; index < limits.length; index++) {
    const names = limits[index]!;
    const statedLimit = headers[names.limit];
    const statedRemaining = headers[names.remaining];
    if (statedLimit === undefined && statedRemaining === undefined) continue;
    const limit = parseCount(statedLimit);
    // -1 and 0 stand for a limit that is not known: what remains of it says nothing then.
    if (statedLimit !== undefined && !(limit! >= 1)) continue;
    let remaining = parseCount(statedRemaining);
    if (remaining === 0 && path === names.zeroIsUnknownAt) remaining = undefined;
    if (limit === undefined && remaining === undefined) continue;
    const { dimension, windowMs } = names;
    const resetAfterMs = parseMoment(headers[names.reset], headers, nowEpochMs);
    const fact: RateLimitFact = { dimension, windowMs, limit, remaining, resetAfterMs };
    if (facts === undefined) facts = [fact];
    else facts.push(fact);
  }
  return facts;
}

/** As messages name the limit; the more special first. */
const spoken: readonly (readonly [RegExp, RateLimitDimension])[] = [
  [/\binput[ _]tokens? per\b|input_token_count/i, 'input_tokens'],
  [/\boutput[ _]tokens? per\b|output_token_count/i, 'output_tokens'],
  [/\btokens? (?:per|rate)\b|\bTP[SMHD]\b/i, 'tokens'],
  [/\b(?:requests?|calls?) (?:per|rate)\b|\bgenerate\w*_requests|\bRP[SMHD]\b/i, 'requests'],
];

/**
 * Which limit a refusal was about: by its message, by the error's type, as OpenAI names it there, or as it is the only
 * one of which nothing remains.
 */
export function exhaustedIn(
  type: unknown,
  message: string,
  headers: Headers,
): RateLimitDimension | undefined {
  for (const [words, dimension] of spoken) if (words.test(message)) return dimension;
  if (type === 'tokens' || type === 'requests') return type;
  let exhausted: RateLimitDimension | undefined;
  for (const name in headers) {
    if (!name.startsWith(REMAINING) || parseCount(headers[name]) !== 0) continue;
    const dimension = name.startsWith('tokens', REMAINING.length) ? 'tokens' : 'requests';
    if (exhausted !== undefined && exhausted !== dimension) return undefined;
    exhausted = dimension;
  }
  return exhausted;
}
