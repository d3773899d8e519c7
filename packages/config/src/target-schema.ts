import { z } from 'zod';

import {
  aboveZero,
  count,
  duration,
  durationOrZero,
  flag,
  index,
  integer,
  list,
  notNegative,
  object,
  ratio,
  text,
  timeZone,
} from './fields.ts';
import { durationMs } from './duration.ts';
import { presets } from './presets.ts';

const isRequests = 'a number of requests, >= 1';
const requests = z.number({ error: isRequests }).min(1, { error: isRequests });
const isTokens = 'a number of tokens, >= 1';
const tokens = z.number({ error: isTokens }).min(1, { error: isTokens });

const isJudging = 'a duration from 100ms to 30s';
const isGuard = 'a duration up to 60s, or 0';

const quota = {
  rps: requests.optional(),
  rpm: requests.optional(),
  rpd: requests.optional(),
  tps: tokens.optional(),
  tpm: tokens.optional(),
  tpd: tokens.optional(),
  itpm: tokens.optional(),
  itpd: tokens.optional(),
  otpm: tokens.optional(),
  otpd: tokens.optional(),
  accounting: z.enum(['actual', 'produced', 'reserved']).optional(),
  judging: within(duration, isJudging, 100, 30_000).optional(),
  guard: within(durationOrZero(isGuard), isGuard, 0, 60_000).optional(),
  burst: ratio.optional(),
  timeZone: timeZone.optional(),
};

/** Limits that the targets of a quota group share. */
export const groupLimits = object(quota).refine(hasRate, { path: ['judging'], error: needsRate() });

const targetLimits = object({ concurrency: count.optional(), ...quota }).refine(hasRate, {
  path: ['judging'],
  error: needsRate(),
});

const isSpending = 'a mapping with usdPerDay, usdPerMonth or both';
const isUsd = 'US dollars, > 0';
const usd = z.number({ error: isUsd }).positive({ error: isUsd });

/** What may be spent. */
export const spending = object({
  usdPerDay: usd.optional(),
  usdPerMonth: usd.optional(),
  timeZone: timeZone.optional(),
}).refine(({ usdPerDay, usdPerMonth }) => usdPerDay !== undefined || usdPerMonth !== undefined, {
  error: isSpending,
});

const isUrl = 'an address that begins with http:// or https://, such as http://127.0.0.1:9100/v1';

export const target = object({
  id: text("the target's name, unique in the file"),
  provider: z.enum(presets.map(({ name }) => name) as [string, ...string[]]),
  model: text(
    'the model\'s name as the provider knows it, or "*" to hand on the name the client used',
  ),
  apiKey: text('a key, usually a reference such as ${OPENAI_API_KEY}').optional(),
  baseUrl: z.url({ protocol: /^https?$/, error: isUrl }).optional(),
  weight: notNegative.optional(),
  region: text('the name of a region').optional(),
  tier: index.optional(),
  tags: list(text('a tag'), 'a list of tags').optional(),
  price: object({
    input: notNegative,
    output: notNegative,
    cachedInput: notNegative.optional(),
  }).optional(),
  limits: targetLimits.optional(),
  budget: spending.optional(),
  quotaGroup: text('the name of a quota group').optional(),
  cacheDomain: text('the name of a cache domain').optional(),
  capabilities: object({
    contextWindow: integer('a number of tokens, >= 1', { min: 1 }).optional(),
    tools: flag.optional(),
    images: flag.optional(),
  }).optional(),
  simulate: object({
    firstToken: duration.optional(),
    tokensPerSecond: aboveZero.optional(),
    jitterRatio: ratio.optional(),
    errorRatio: ratio.optional(),
    outputTokens: index.optional(),
    seed: index.optional(),
    limits: object({
      rpm: count.optional(),
      tpm: count.optional(),
      concurrency: count.optional(),
    }).optional(),
  }).optional(),
});

function within(value: typeof duration, accepted: string, minMs: number, maxMs: number) {
  return value.refine(
    (given) => {
      const ms = durationMs(given);
      return ms >= minMs && ms <= maxMs;
    },
    { error: accepted },
  );
}

function hasRate({ judging, rpm }: { judging?: unknown; rpm?: unknown }): boolean {
  return judging === undefined || rpm !== undefined;
}

function needsRate(): string {
  return 'stated only together with rpm';
}
