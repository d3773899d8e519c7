import { z } from 'zod';

import { durationPattern } from './duration.ts';

// The message of every check is what is accepted, in words that follow "must be"; that of an object lists its keys.
// `complaints` turns both into sentences.

/** Mappings with more keys are not described by them. */
const FEW_KEYS = 6;

/** A mapping with these keys and no others. */
export function object<Shape extends z.ZodRawShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  const keys = Object.keys(shape);
  const accepted = keys.length > FEW_KEYS ? 'a mapping' : `a mapping with ${keys.join(', ')}`;
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? keys.join(' ') : accepted),
  });
}

/** What an editor shows of a key. */
export interface KeyNotes {
  readonly description: string;
  /** What holds where the key is absent. */
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
}

/** A key that may be absent, with what an editor shows of it: a description, a default, examples. */
export function optional<Value extends z.ZodType>(
  value: Value,
  description: string,
  more: Omit<KeyNotes, 'description'> = {},
): z.ZodOptional<Value> {
  return value.optional().meta({ description, ...more } as z.core.GlobalMeta);
}

/** A key that must be there, with what an editor shows of it. */
export function required<Value extends z.ZodType>(
  value: Value,
  description: string,
  more: Omit<KeyNotes, 'description'> = {},
): Value {
  return value.meta({ description, ...more } as z.core.GlobalMeta);
}

export function text(accepted: string): z.ZodString {
  return z.string({ error: accepted }).min(1, { error: accepted });
}

/** An http(s) address. */
export function httpAddress(accepted: string): z.ZodURL {
  // The pattern says the scheme again, for the JSON Schema.
  return z.url({ protocol: /^https?$/, error: accepted }).regex(/^https?:/i, { error: accepted });
}

export function integer(
  accepted: string,
  { min, max = Number.MAX_SAFE_INTEGER }: { min: number; max?: number },
): z.ZodNumber {
  return z
    .number({ error: accepted })
    .int({ error: accepted })
    .min(min, { error: accepted })
    .max(max, { error: accepted });
}

export function number(
  accepted: string,
  { min, max = Infinity }: { min: number; max?: number },
): z.ZodNumber {
  return z.number({ error: accepted }).min(min, { error: accepted }).max(max, { error: accepted });
}

export function list<Item extends z.ZodType>(item: Item, accepted: string): z.ZodArray<Item> {
  return z.array(item, { error: accepted }).min(1, { error: accepted });
}

/** One of several forms; a mapping that fits none is reported by what is wrong inside it. */
export function oneForm<Forms extends readonly [z.ZodType, ...z.ZodType[]]>(
  accepted: string,
  forms: Forms,
): z.ZodUnion<Forms> {
  return z.union(forms, { error: accepted });
}

const isDuration = 'a duration above 0, such as 500ms, 30s, 5m or 1h, or a number of milliseconds';
export const duration: z.ZodUnion<readonly [z.ZodNumber, z.ZodString]> = oneForm(isDuration, [
  z.number({ error: isDuration }).positive({ error: isDuration }),
  z.string({ error: isDuration }).regex(durationPattern, { error: isDuration }),
]).meta({ id: 'duration', examples: ['500ms', '30s', '5m', '1h'] });

/** A duration that may be 0. */
export function durationOrZero(accepted: string): z.ZodUnion<readonly [z.ZodNumber, z.ZodString]> {
  return oneForm(accepted, [
    number(accepted, { min: 0 }),
    z.string({ error: accepted }).regex(durationPattern, { error: accepted }),
  ]);
}

export const ratio: z.ZodNumber = number('a number from 0 to 1', { min: 0, max: 1 });

export const notNegative: z.ZodNumber = number('a number >= 0', { min: 0 });

const isAboveZero = 'a number > 0';
export const aboveZero: z.ZodNumber = z
  .number({ error: isAboveZero })
  .positive({ error: isAboveZero });

export const count: z.ZodNumber = integer('an integer >= 1', { min: 1 });
export const index: z.ZodNumber = integer('an integer >= 0', { min: 0 });

export const flag: z.ZodBoolean = z.boolean({ error: 'true or false' });

const isTimeZone = 'the name of a time zone, such as UTC or America/Los_Angeles';
export const timeZone: z.ZodString = text(isTimeZone).refine(isKnownTimeZone, {
  error: isTimeZone,
});

function isKnownTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
