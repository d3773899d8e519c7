import { z } from 'zod';

import {
  aboveZero,
  count,
  duration,
  durationOrZero,
  flag,
  index,
  list,
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
  breaker: object({
    failures: count.optional(),
    byKind: z
      .partialRecord(
        z.enum(['network', 'timeout', 'server', 'overload', 'stream', 'unknown']),
        count,
        {
          error: 'a mapping from network, timeout, server, overload, stream or unknown to a count',
        },
      )
      .optional(),
    reset: duration.optional(),
    maxReset: duration.optional(),
    probes: count.optional(),
    successes: count.optional(),
    rate: object({
      maxRatio: aboveRatio.optional(),
      window: duration.optional(),
      minAttempts: count.optional(),
    }).optional(),
    bayesian: object({
      maxProbability: probability.optional(),
      deviations: notNegative.optional(),
      halfLife: duration.optional(),
    }).optional(),
    outliers: object({
      deviations: aboveZero.optional(),
      interval: duration.optional(),
      minTargets: number('an integer >= 3', { min: 3 })
        .int({ error: 'an integer >= 3' })
        .optional(),
      minAttempts: count.optional(),
    }).optional(),
    maxEjectedRatio: ratio.optional(),
  }).optional(),
  probe: object({
    every: duration,
    timeout: duration.optional(),
    request: object({
      prompt: text('what the model is asked'),
      model: text('the name of a model').optional(),
      maxTokens: count.optional(),
    }).optional(),
  }).optional(),
  slowStart: oneForm(isSlowStart, [
    z.literal('never'),
    duration,
    object({
      window: duration.optional(),
      minRatio: aboveRatio.optional(),
      aggression: aboveZero.optional(),
    }),
  ]).optional(),
  panic: ratio.optional(),
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
  strategy: strategy.optional(),
  targets: list(
    oneForm('the id of a target, or a target', [text('the id of a target'), target]),
    'a list of at least one target',
  ),
  health: health.optional(),
  retry: object({
    deadline: duration.optional(),
    firstContent: duration.optional(),
    idle: duration.optional(),
    total: duration.optional(),
    connect: duration.optional(),
    budget: ratio.optional(),
    policyFailover: flag.optional(),
  }).optional(),
  hedge: oneForm(isHedge, [
    z.literal('never'),
    object({
      after: oneForm(isHedgeAfter, [
        z
          .string({ error: isHedgeAfter })
          .regex(/^p(?:[5-9]\d)(?:\.\d+)?$/, { error: isHedgeAfter }),
        duration,
      ]),
      budget: aboveRatio.optional(),
    }),
  ]).optional(),
  rescue: oneForm(isRescue, [
    z.enum(['never', 'continue']),
    object({ holdBack: index.optional(), acrossModels: flag.optional() }),
  ]).optional(),
  queue: object({
    maxWait: durationOrZero(isMaxWait).optional(),
    maxLength: index.optional(),
  }).optional(),
  hash: object({
    key: list(
      z.string({ error: isHashKey }).regex(hashKeyPattern, { error: isHashKey }),
      'a list of places where the key is looked for, the first of which that has one counts',
    ).optional(),
    bound: oneForm(isBound, [z.literal(false), number(isBound, { min: 1, max: 100 })]).optional(),
  }).optional(),
  residency: list(text('the name of a region'), 'a list of regions').optional(),
  budget: spending.optional(),
  fairness: object({ alertPast: aboveRatio.optional() }).optional(),
});
