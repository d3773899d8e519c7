import { z } from 'zod';

import { durationPattern } from './duration.ts';
import { presets } from './presets.ts';

// The message of every check is what is accepted, in words that follow "must be"; that of an object lists its keys.
// `complaints` turns both into sentences.

function object<Shape extends z.ZodRawShape>(shape: Shape) {
  const keys = Object.keys(shape).join(' ');
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? keys : 'a mapping'),
  });
}

function text(accepted: string) {
  return z.string({ error: accepted }).min(1, { error: accepted });
}

function integer(accepted: string, { min, max }: { min: number; max: number }) {
  return z
    .number({ error: accepted })
    .int({ error: accepted })
    .min(min, { error: accepted })
    .max(max, { error: accepted });
}

function list<Item extends z.ZodType>(item: Item, accepted: string) {
  return z.array(item, { error: accepted }).min(1, { error: accepted });
}

const largest = Number.MAX_SAFE_INTEGER;

const isDuration = 'a duration above 0, such as 500ms, 30s, 5m or 1h, or a number of milliseconds';
const duration = z.union(
  [
    z.number({ error: isDuration }).positive({ error: isDuration }),
    z.string({ error: isDuration }).regex(durationPattern, { error: isDuration }),
  ],
  { error: isDuration },
);

const isRatio = 'a number from 0 to 1';
const ratio = z.number({ error: isRatio }).min(0, { error: isRatio }).max(1, { error: isRatio });

const isNotNegative = 'a number >= 0';
const notNegative = z.number({ error: isNotNegative }).min(0, { error: isNotNegative });

const isAboveZero = 'a number > 0';
const aboveZero = z.number({ error: isAboveZero }).positive({ error: isAboveZero });

const isFlag = 'true or false';
const flag = z.boolean({ error: isFlag });

const isUrl = 'an address that begins with http:// or https://, such as http://127.0.0.1:9100/v1';

const target = object({
  id: text("the target's name, unique in the file"),
  provider: z.enum(presets.map(({ name }) => name) as [string, ...string[]]),
  model: text(
    'the model\'s name as the provider knows it, or "*" to hand on the name the client used',
  ),
  apiKey: text('a key, usually a reference such as ${OPENAI_API_KEY}').optional(),
  baseUrl: z.url({ protocol: /^https?$/, error: isUrl }).optional(),
  weight: notNegative.optional(),
  region: text('the name of a region').optional(),
  tier: integer('an integer >= 0', { min: 0, max: largest }).optional(),
  tags: list(text('a tag'), 'a list of tags').optional(),
  price: object({
    input: notNegative,
    output: notNegative,
    cachedInput: notNegative.optional(),
  }).optional(),
  limits: object({
    concurrency: integer('an integer >= 1', { min: 1, max: largest }).optional(),
  }).optional(),
  quotaGroup: text('the name of a quota group').optional(),
  cacheDomain: text('the name of a cache domain').optional(),
  capabilities: object({
    contextWindow: integer('a number of tokens, >= 1', { min: 1, max: largest }).optional(),
    tools: flag.optional(),
    images: flag.optional(),
  }).optional(),
  simulate: object({
    firstToken: duration.optional(),
    tokensPerSecond: aboveZero.optional(),
    jitterRatio: ratio.optional(),
    errorRatio: ratio.optional(),
    outputTokens: integer('an integer >= 0', { min: 0, max: largest }).optional(),
    seed: integer('an integer >= 0', { min: 0, max: largest }).optional(),
  }).optional(),
});

const isStrategy =
  "a strategy's name, a package's name, or a mapping with `use` and the strategy's options";
const strategyName = text(isStrategy);

const pool = object({
  strategy: z
    .union([strategyName, z.looseObject({ use: strategyName })], { error: isStrategy })
    .optional(),
  targets: list(
    z.union([text('the id of a target'), target], { error: 'the id of a target, or a target' }),
    'a list of at least one target',
  ),
  health: object({
    breaker: object({
      failures: integer('an integer >= 1', { min: 1, max: largest }).optional(),
      reset: duration.optional(),
    }).optional(),
  }).optional(),
  retry: object({
    deadline: duration.optional(),
    firstContent: duration.optional(),
    idle: duration.optional(),
    total: duration.optional(),
    connect: duration.optional(),
    budget: ratio.optional(),
  }).optional(),
});

const isPools = 'a mapping of at least one pool, by name';

/** The configuration as it stands in the file. */
export const fileSchema = object({
  targets: list(target, 'a list of targets').optional(),
  pools: z
    .record(z.string(), pool, { error: isPools })
    .refine((pools) => Object.keys(pools).length > 0, { error: isPools }),
  server: object({
    host: text('a host name or an address').optional(),
    port: integer('a port, 0 to 65535', { min: 0, max: 65_535 }).optional(),
    maxBodyBytes: integer('a number of bytes, >= 1', { min: 1, max: largest }).optional(),
  }).optional(),
  log: object({
    level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).optional(),
  }).optional(),
});

export type FileConfig = z.infer<typeof fileSchema>;
export type FilePool = z.infer<typeof pool>;
export type FileTarget = z.infer<typeof target>;
