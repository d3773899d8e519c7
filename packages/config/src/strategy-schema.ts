import { z } from 'zod';

import {
  count,
  duration,
  flag,
  integer,
  list,
  notNegative,
  number,
  object,
  oneForm,
  optional,
  ratio,
  required,
  text,
} from './fields.ts';
import type { StrategyName } from './strategies.ts';

const isStrategy =
  "a strategy's name, a package's name, or a mapping with `use` and the strategy's options";
const name = text("a strategy's name, or a package's");

/** A strategy as it stands in the file; its options are checked by `strategyComplaints`, once its name is known. */
export const strategy = oneForm(isStrategy, [text(isStrategy), z.looseObject({ use: name })]).meta({
  id: 'strategy',
});

export type FileStrategy = z.infer<typeof strategy>;

const use = name;
const choices = optional(
  integer('an integer from 2 to 10', { min: 2, max: 10 }),
  'Targets compared per pick in a pool of more than `exactUpTo`.',
  { default: 2 },
);
const isBound = 'a number from 1 to 100, or false for none';
const isTier = 'a mapping from the number of a tier to its strategy';
const isRule = 'a list of rules';
const degrees = (most: number) =>
  number(`degrees from ${-most} to ${most}`, { min: -most, max: most });

/** The options each strategy takes, `use` included. */
export const strategyOptions = {
  'round-robin': object({ use }),
  'weighted-round-robin': object({ use }),
  random: object({ use, weighted: optional(flag, 'Whether weights count.', { default: true }) }),
  'least-busy': object({
    use,
    idle: optional(
      z.enum(['share', 'capacity']),
      'Whether an idle pool is used by weight, or its heaviest target.',
      { default: 'share' },
    ),
    choices,
    exactUpTo: optional(count, 'Largest pool in which all targets are compared.', { default: 64 }),
  }),
  latency: object({
    use,
    mode: optional(
      z.enum(['balanced', 'first-token', 'per-token', 'peak-ewma']),
      'What speed is measured by.',
      { default: 'balanced' },
    ),
    expectedOutputTokens: optional(count, 'Tokens of a usual answer.', { default: 256 }),
    decay: optional(duration, '`peak-ewma` only: a measured time falls to 1 / e in it.', {
      default: '10s',
    }),
  }),
  'consistent-hash': object({
    use,
    algorithm: optional(
      z.enum(['auto', 'rendezvous', 'maglev', 'ring', 'jump']),
      'How keys are mapped to targets.',
      { default: 'auto' },
    ),
    bound: optional(
      oneForm(isBound, [z.literal(false), number(isBound, { min: 1, max: 100 })]),
      'Most load of a target, in fair shares; `hash.bound` of the pool where absent.',
    ),
    minInFlight: optional(
      count,
      'What a target may have in flight in any case; one with a concurrency limit has that instead.',
      { default: 8 },
    ),
  }),
  'quota-headroom': object({
    use,
    within: optional(strategy, 'What chooses among the targets that have nearly as much left.'),
    tolerance: optional(ratio, 'With `within`: how much less is nearly as much.', {
      default: 0.05,
    }),
    choices,
    exactUpTo: optional(count, 'Largest pool in which all targets are compared.', { default: 64 }),
  }),
  tiered: object({
    use,
    within: optional(strategy, 'What chooses inside a tier.', { default: 'round-robin' }),
    tiers: optional(
      z.record(z.string().regex(/^\d+$/, { error: isTier }), strategy, { error: isTier }),
      'What chooses inside these tiers, by number.',
      { examples: [{ 2: { use: 'latency', mode: 'first-token' } }] },
    ),
    overflow: optional(
      z.enum(['strict', 'by-health']),
      'When the next tier is used: when no target of this one can be, or as soon as too few are healthy.',
      { default: 'strict' },
    ),
    panicRatio: optional(
      ratio,
      'With `by-health`: while less than this is healthy in every tier, load goes by the size of the tiers.',
      { default: 0 },
    ),
  }),
  cost: object({
    use,
    within: optional(strategy, 'What chooses among targets of equal price.', {
      default: 'round-robin',
    }),
    expectedInputTokens: optional(
      notNegative,
      'Size of the prompt where the request does not say.',
      { default: 700 },
    ),
    expectedOutputTokens: optional(notNegative, 'Size of the answer.', { default: 300 }),
    maxFirstContent: optional(
      duration,
      'Targets with a longer estimated time to first content are used only when no other can be.',
    ),
  }),
  rules: object({
    use,
    rules: required(
      list(
        object({
          when: required(
            text('a condition, such as size.tokens > 20000 || request.images > 0'),
            'The condition, in CEL.',
            { examples: ['size.tokens > 20000 || request.images > 0'] },
          ),
          use: optional(strategy, 'What chooses among its targets.', { default: 'round-robin' }),
          targets: optional(
            list(text('the id of a target'), 'a list of ids of targets'),
            'Only these targets.',
          ),
          tags: optional(
            list(text('a tag'), 'a list of tags'),
            'Only targets with all of these tags.',
          ),
          name: optional(text("the rule's name"), 'The name that decisions and logs show.'),
        }),
        isRule,
      ),
      'The first rule whose condition holds decides.',
    ),
    otherwise: optional(strategy, 'What chooses among all targets where no condition holds.', {
      default: 'round-robin',
    }),
    fallThrough: optional(
      flag,
      'Whether a rule none of whose targets can be used gives way to the next.',
      { default: true },
    ),
  }),
  geo: object({
    use,
    within: optional(strategy, 'What chooses among the targets of one place.', {
      default: 'round-robin',
    }),
    nearest: optional(z.enum(['distance', 'latency']), 'What near means.', { default: 'distance' }),
    places: optional(
      z.record(z.string(), object({ latitude: degrees(90), longitude: degrees(180) }), {
        error: 'a mapping from the name of a region to its latitude and longitude',
      }),
      'Regions that the table of places lacks, or has elsewhere.',
      { examples: [{ attic: { latitude: 52.5, longitude: 13.4 } }] },
    ),
  }),
} satisfies Record<StrategyName, z.ZodType>;

export type FileRule = z.infer<typeof strategyOptions.rules>['rules'][number];
