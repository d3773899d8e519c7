import { z } from 'zod';

import {
  aboveZero,
  count,
  duration,
  durationOrZero,
  flag,
  httpAddress,
  index,
  integer,
  list,
  optional,
  required,
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
  rps: optional(requests, 'Requests in any second.'),
  rpm: optional(requests, 'Requests in any minute.', { examples: [500] }),
  rpd: optional(requests, 'Requests in a calendar day of `timeZone`.', { examples: [10000] }),
  tps: optional(tokens, 'Tokens of prompts and answers in any second.'),
  tpm: optional(tokens, 'Tokens of prompts and answers in any minute.', { examples: [200000] }),
  tpd: optional(tokens, 'Tokens of prompts and answers in a calendar day.'),
  itpm: optional(tokens, 'Tokens of prompts in any minute.'),
  itpd: optional(tokens, 'Tokens of prompts in a calendar day.'),
  otpm: optional(tokens, 'Tokens of answers in any minute.'),
  otpd: optional(tokens, 'Tokens of answers in a calendar day.'),
  accounting: optional(
    z.enum(['actual', 'produced', 'reserved']),
    'What the provider counts of an answer: what it used, that without cached prompts, or the most it might use. The default of Azure is `reserved`.',
    { default: 'actual' },
  ),
  judging: optional(
    within(duration, isJudging, 100, 30_000),
    'The part of a minute over which `rpm` is judged; the whole minute where absent, for Azure 1s.',
    { examples: ['1s', '10s'] },
  ),
  guard: optional(
    within(durationOrZero(isGuard), isGuard, 0, 60_000),
    'How much longer than stated windows are taken to be; by default 1.5 % of the window, up to 300ms.',
    { examples: ['300ms'] },
  ),
  burst: optional(ratio, 'The part of a limit that may be used at once.', { default: 0.01 }),
  timeZone: optional(timeZone, 'Where days begin.', {
    default: 'UTC',
    examples: ['America/Los_Angeles'],
  }),
};

/** Limits that the targets of a quota group share. */
export const groupLimits = object(quota).refine(hasRate, { path: ['judging'], error: needsRate() });

const targetLimits = object({
  concurrency: optional(count, 'Requests under way at once.', { examples: [50] }),
  ...quota,
}).refine(hasRate, {
  path: ['judging'],
  error: needsRate(),
});

const isSpending = 'a mapping with usdPerDay, usdPerMonth or both';
const isUsd = 'US dollars, > 0';
const usd = z.number({ error: isUsd }).positive({ error: isUsd });

/** What may be spent. */
export const spending = object({
  usdPerDay: optional(usd, 'US dollars in a calendar day.', { examples: [50] }),
  usdPerMonth: optional(usd, 'US dollars in a calendar month.', { examples: [2000] }),
  timeZone: optional(timeZone, 'Where days and months begin.', { default: 'UTC' }),
}).refine(({ usdPerDay, usdPerMonth }) => usdPerDay !== undefined || usdPerMonth !== undefined, {
  error: isSpending,
});

const isVersion = 'a version of the API, such as 2024-10-21';
const header = (accepted: string) =>
  z.string({ error: accepted }).regex(/^[!-~]+$/, { error: accepted });
const isUrl = 'an address that begins with http:// or https://, such as http://127.0.0.1:9100/v1';

export const target = object({
  id: required(
    text("the target's name, unique in the file"),
    'The name of the target, unique in the file.',
    { examples: ['openai-1'] },
  ),
  provider: required(
    z.enum(presets.map(({ name }) => name) as [string, ...string[]]),
    'The API that is spoken: a provider by its name, or one that is compatible with `baseUrl`.',
    { examples: ['openai'] },
  ),
  model: required(
    text('the model\'s name as the provider knows it, or "*" to hand on the name the client used'),
    'The model\'s name as the provider knows it, or "*" to hand on the name the client used.',
    { examples: ['gpt-5-mini', '*'] },
  ),
  apiKey: optional(
    text('a key, usually a reference such as ${OPENAI_API_KEY}'),
    'The credential; hosted providers need one.',
    { examples: ['${OPENAI_API_KEY}'] },
  ),
  baseUrl: optional(
    httpAddress(isUrl),
    "The address of the API, where it is not the provider's own.",
    { examples: ['http://127.0.0.1:9100/v1'] },
  ),
  apiVersion: optional(
    z.string({ error: isVersion }).regex(/^[\w-]+$/, { error: isVersion }),
    'Of Azure only: the dated API, with the model as deployment; the undated one where absent.',
    { examples: ['2024-10-21'] },
  ),
  organization: optional(header('the id of an organization'), 'Sent as `openai-organization`.'),
  project: optional(header('the id of a project'), 'Sent as `openai-project`.'),
  weight: optional(
    notNegative,
    'Its share among the targets of a pool; 0 is standby. All targets of a pool state it or none does.',
    { default: 1 },
  ),
  region: optional(
    text('the name of a region'),
    'Where it is: for `residency`, `geo` and requests that ask for a region.',
    { examples: ['us-east', 'eu-west-1'] },
  ),
  tier: optional(index, 'Order of preference under the strategy `tiered`; lower is earlier.', {
    default: 0,
  }),
  tags: optional(list(text('a tag'), 'a list of tags'), 'What requests and rules may ask for.', {
    examples: [['self-hosted']],
  }),
  price: optional(
    object({
      input: required(notNegative, 'Per million tokens of prompts.'),
      output: required(notNegative, 'Per million tokens of answers.'),
      cachedInput: optional(
        notNegative,
        'Per million tokens of prompts that the provider had in its cache.',
      ),
    }),
    'US dollars per million tokens.',
    { examples: [{ input: 0.25, output: 2 }] },
  ),
  limits: optional(targetLimits, 'What the provider allows this target.', {
    examples: [{ rpm: 500, tpm: 200000, concurrency: 50 }],
  }),
  budget: optional(spending, 'What may be spent on this target.'),
  quotaGroup: optional(
    text('the name of a quota group'),
    'Whose limits it shares, of those under `quotaGroups`; by default all targets with one key are one group.',
  ),
  cacheDomain: optional(text('the name of a cache domain'), 'Whose prompt cache it shares.'),
  capabilities: optional(
    object({
      contextWindow: optional(
        integer('a number of tokens, >= 1', { min: 1 }),
        'Tokens of prompt and answer together.',
        { examples: [400000] },
      ),
      tools: optional(flag, 'Whether it can call tools.', { default: true }),
      images: optional(flag, 'Whether it can read images.', { default: true }),
    }),
    'What the model can do, so that requests that need more go elsewhere.',
  ),
  simulate: optional(
    object({
      firstToken: optional(duration, 'Time to the first token.'),
      tokensPerSecond: optional(aboveZero, 'Speed of the answer.'),
      jitterRatio: optional(ratio, 'How far both vary from request to request, each way.'),
      errorRatio: optional(ratio, 'Share of requests that fail.'),
      outputTokens: optional(index, 'Tokens of an answer.'),
      seed: optional(index, 'Equal seeds behave alike.'),
      limits: optional(
        object({
          rpm: optional(count, 'Requests in a minute.'),
          tpm: optional(count, 'Tokens in a minute.'),
          concurrency: optional(count, 'Requests under way at once.'),
        }),
        'Limits it enforces itself, with 429.',
      ),
    }),
    'How a target of the provider `simulated` behaves.',
  ),
}).meta({ id: 'target' });

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
