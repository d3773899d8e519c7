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
  ratio,
  text,
} from './fields.ts';
import type { StrategyName } from './strategies.ts';

const isStrategy =
  "a strategy's name, a package's name, or a mapping with `use` and the strategy's options";
const name = text(isStrategy);

/** A strategy as it stands in the file; its options are checked by `strategyComplaints`, once its name is known. */
export const strategy = oneForm(isStrategy, [name, z.looseObject({ use: name })]);

export type FileStrategy = z.infer<typeof strategy>;

const use = name;
const choices = integer('an integer from 2 to 10', { min: 2, max: 10 }).optional();
const isBound = 'a number from 1 to 100, or false for none';
const isTier = 'a mapping from the number of a tier to its strategy';
const isRule = 'a list of rules';
const degrees = (most: number) =>
  number(`degrees from ${-most} to ${most}`, { min: -most, max: most });

/** The options each strategy takes, `use` included. */
export const strategyOptions = {
  'round-robin': object({ use }),
  'weighted-round-robin': object({ use }),
  random: object({ use, weighted: flag.optional() }),
  'least-busy': object({
    use,
    idle: z.enum(['share', 'capacity']).optional(),
    choices,
    exactUpTo: count.optional(),
  }),
  latency: object({
    use,
    mode: z.enum(['balanced', 'first-token', 'per-token', 'peak-ewma']).optional(),
    expectedOutputTokens: count.optional(),
    decay: duration.optional(),
  }),
  'consistent-hash': object({
    use,
    algorithm: z.enum(['auto', 'rendezvous', 'maglev', 'ring', 'jump']).optional(),
    bound: oneForm(isBound, [z.literal(false), number(isBound, { min: 1, max: 100 })]).optional(),
    minInFlight: count.optional(),
  }),
  'quota-headroom': object({
    use,
    within: strategy.optional(),
    tolerance: ratio.optional(),
    choices,
    exactUpTo: count.optional(),
  }),
  tiered: object({
    use,
    within: strategy.optional(),
    tiers: z
      .record(z.string().regex(/^\d+$/, { error: isTier }), strategy, { error: isTier })
      .optional(),
    overflow: z.enum(['strict', 'by-health']).optional(),
    panicRatio: ratio.optional(),
  }),
  cost: object({
    use,
    within: strategy.optional(),
    expectedInputTokens: notNegative.optional(),
    expectedOutputTokens: notNegative.optional(),
    maxFirstContent: duration.optional(),
  }),
  rules: object({
    use,
    rules: list(
      object({
        when: text('a condition, such as size.tokens > 20000 || request.images > 0'),
        use: strategy.optional(),
        targets: list(text('the id of a target'), 'a list of ids of targets').optional(),
        tags: list(text('a tag'), 'a list of tags').optional(),
        name: text("the rule's name").optional(),
      }),
      isRule,
    ),
    otherwise: strategy.optional(),
    fallThrough: flag.optional(),
  }),
  geo: object({
    use,
    within: strategy.optional(),
    nearest: z.enum(['distance', 'latency']).optional(),
    places: z
      .record(z.string(), object({ latitude: degrees(90), longitude: degrees(180) }), {
        error: 'a mapping from the name of a region to its latitude and longitude',
      })
      .optional(),
  }),
} satisfies Record<StrategyName, z.ZodType>;

export type FileRule = z.infer<typeof strategyOptions.rules>['rules'][number];
