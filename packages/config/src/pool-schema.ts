import { z } from 'zod';

import {
  aboveZero,
  count,
  duration,
  durationOrZero,
  flag,
  index,
  list,
  optional,
  required,
  notNegative,
  number,
  object,
  oneForm,
  ratio,
  text,
} from './fields.ts';
import { hashKeyPattern } from './hash-key.ts';
import { strategy } from './strategy-schema.ts';
import { spending, target } from './target-schema.ts';

const isAboveRatio = 'a number above 0, at most 1';
const aboveRatio = z
  .number({ error: isAboveRatio })
  .positive({ error: isAboveRatio })
  .max(1, { error: isAboveRatio });

const isProbability = 'a number above 0 and below 1';
const probability = z
  .number({ error: isProbability })
  .positive({ error: isProbability })
  .lt(1, { error: isProbability });

const isSlowStart = 'never, a duration, or a mapping with window, minRatio and aggression';

const health = object({
  breaker: optional(
    object({
      failures: optional(count, 'Failures in a row that open the breaker.', { default: 5 }),
      byKind: optional(
        z.partialRecord(
          z.enum(['network', 'timeout', 'server', 'overload', 'stream', 'unknown']),
          count,
          {
            error:
              'a mapping from network, timeout, server, overload, stream or unknown to a count',
          },
        ),
        'Thresholds of their own, by kind of failure.',
      ),
      reset: optional(
        duration,
        'How long it stays open the first time; doubled each time up to `maxReset`.',
        { default: '60s' },
      ),
      maxReset: optional(duration, 'How long it stays open at most.', { default: '5m' }),
      probes: optional(count, 'Requests at once that try an opened target out.', { default: 1 }),
      successes: optional(count, 'Requests that must succeed to close it.', { default: 1 }),
      rate: optional(
        object({
          maxRatio: optional(aboveRatio, 'The share.', { default: 0.5 }),
          window: optional(duration, 'Over which time.', { default: '30s' }),
          minAttempts: optional(count, 'Fewer attempts are not judged.', { default: 10 }),
        }),
        'Opens at a share of failures.',
      ),
      bayesian: optional(
        object({
          maxProbability: optional(probability, 'The share.', { default: 0.3 }),
          deviations: optional(notNegative, 'How sure it must be, in standard deviations.', {
            default: 1.64,
          }),
          halfLife: optional(duration, 'When an attempt counts half.', { default: '30s' }),
        }),
        'Opens at a share of failures, with regard to chance: for pools with little traffic.',
      ),
      outliers: optional(
        object({
          deviations: optional(aboveZero, 'How much worse, in standard deviations.', {
            default: 1.9,
          }),
          interval: optional(duration, 'How often they are compared.', { default: '10s' }),
          minTargets: optional(
            number('an integer >= 3', { min: 3 }).int({ error: 'an integer >= 3' }),
            'Fewer targets are not compared.',
            { default: 5 },
          ),
          minAttempts: optional(count, 'Targets with fewer attempts are not compared.', {
            default: 100,
          }),
        }),
        'Opens for targets that are worse than the others: for large pools.',
      ),
      maxEjectedRatio: optional(ratio, 'Share of the targets that statistics may open.', {
        default: 0.5,
      }),
    }),
    'When a target that fails is left out, and for how long.',
  ),
  probe: optional(
    object({
      every: required(duration, 'How often.', { examples: ['30s'] }),
      timeout: optional(duration, 'When an answer is too late.', { default: '5s' }),
      request: optional(
        object({
          prompt: required(text('what the model is asked'), 'What the model is asked.', {
            examples: ['Say hi.'],
          }),
          model: optional(
            text('the name of a model'),
            'Which model, where the target hands on the name the client used.',
          ),
          maxTokens: optional(count, 'Tokens of the answer.'),
        }),
        'Asks for a completion instead, which costs tokens.',
      ),
    }),
    'Asks on an interval whether the API can be reached.',
  ),
  slowStart: optional(
    oneForm(isSlowStart, [
      z.literal('never'),
      duration,
      object({
        window: optional(duration, 'Over which time.', { default: '30s' }),
        minRatio: optional(aboveRatio, 'The share it begins with.'),
        aggression: optional(aboveZero, '1 is a straight line; more begins faster.'),
      }),
    ]),
    'How a target that returns gets its share: over a time, or at once with `never`.',
    { default: '30s' },
  ),
  panic: optional(
    ratio,
    'Below this healthy share, targets that statistics ejected are used all the same.',
    { default: 0 },
  ),
});

const isHedge = 'never, or a mapping with after and budget';
const isHedgeAfter = 'a duration such as 500ms, or a quantile from p50 to p99.9 such as p95';
const isRescue = 'never, continue, or a mapping with holdBack and acrossModels';
const isMaxWait = 'a duration, or 0 to refuse at once';
const isBound = 'a number from 1 to 100, or false for none';
const isHashKey =
  'header:NAME, metadata:NAME, prompt_cache_key, safety_identifier, user, conversation, or ' +
  'prompt-prefix:N for the first N characters of the prompt';

export const pool = object({
  strategy: optional(
    strategy,
    'How a target is chosen: a name, or a mapping with `use` and options.',
    {
      default: 'round-robin',
      examples: ['weighted-round-robin', { use: 'tiered', within: 'least-busy' }],
    },
  ),
  targets: required(
    list(
      oneForm('the id of a target, or a target', [text('the id of a target'), target]),
      'a list of at least one target',
    ),
    'Ids of targets, or targets.',
    { examples: [['openai-1', 'local']] },
  ),
  health: optional(health, 'How targets are judged, and how they come back.'),
  retry: optional(
    object({
      deadline: optional(duration, 'Streams: over all attempts, to the first content.', {
        default: '60s',
      }),
      firstContent: optional(duration, 'Streams: of one attempt, to the first content.', {
        default: '30s',
      }),
      idle: optional(duration, 'Between two chunks.', { default: '60s' }),
      total: optional(duration, 'Of a whole request.', { default: '10m' }),
      connect: optional(duration, 'Of a connection.', { default: '5s' }),
      budget: optional(ratio, 'Retries that each request earns.', { default: 0.2 }),
      policyFailover: optional(flag, "What one provider's policy refuses is tried at another.", {
        default: false,
      }),
    }),
    'Time limits, and how much is tried again.',
  ),
  hedge: optional(
    oneForm(isHedge, [
      z.literal('never'),
      object({
        after: required(
          oneForm(isHedgeAfter, [
            z
              .string({ error: isHedgeAfter })
              .regex(/^p(?:[5-9]\d)(?:\.\d+)?$/, { error: isHedgeAfter }),
            duration,
          ]),
          'When: after a time, or when slower than that share of requests.',
        ),
        budget: optional(aboveRatio, 'Share of requests that may have one.', { default: 0.05 }),
      }),
    ]),
    'A second attempt where the first is slow.',
    { default: 'never', examples: [{ after: 'p95', budget: 0.05 }] },
  ),
  rescue: optional(
    oneForm(isRescue, [
      z.enum(['never', 'continue']),
      object({
        holdBack: optional(
          index,
          'Characters that are held back, so that a stream that breaks off before them is begun anew unseen.',
        ),
        acrossModels: optional(flag, 'Whether another model may go on.', { default: false }),
      }),
    ]),
    'Whether a stream that broke off after content is gone on with at another target.',
    { default: 'never' },
  ),
  queue: optional(
    object({
      maxWait: optional(durationOrZero(isMaxWait), 'How long.', { default: '10s' }),
      maxLength: optional(index, 'How many requests.', { default: 1000 }),
    }),
    'Waiting for quota and concurrency that come back in time.',
  ),
  hash: optional(
    object({
      key: optional(
        list(
          z.string({ error: isHashKey }).regex(hashKeyPattern, { error: isHashKey }),
          'a list of places where the key is looked for, the first of which that has one counts',
        ),
        'Where the key of a request is looked for; the first that has one counts.',
        {
          default: [
            'header:x-plimsoll-key',
            'prompt_cache_key',
            'safety_identifier',
            'user',
            'conversation',
          ],
        },
      ),
      bound: optional(
        oneForm(isBound, [z.literal(false), number(isBound, { min: 1, max: 100 })]),
        'Most load of a target, in fair shares.',
        { default: 1.25 },
      ),
    }),
    'For `consistent-hash`.',
  ),
  residency: optional(
    list(text('the name of a region'), 'a list of regions'),
    'Regions that requests never leave; `eu` covers `eu-west-1`.',
    { examples: [['eu']] },
  ),
  budget: optional(spending, 'What the pool may spend.'),
  fairness: optional(
    object({
      alertPast: optional(
        aboveRatio,
        'How far the share of a target may be from the expected one before that is told.',
        { default: 0.1 },
      ),
    }),
    'What counts as unfair.',
  ),
}).meta({ id: 'pool' });
