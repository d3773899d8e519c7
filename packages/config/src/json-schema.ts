import { z } from 'zod';

import { fileSchema } from './schema.ts';
import { namesOf, packageName, strategyNames } from './strategies.ts';
import { strategyOptions } from './strategy-schema.ts';

/** A JSON Schema, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The JSON Schema (draft 7) of the configuration, for editors. It holds what a single value can show; how values depend on
 * each other is for `loadConfig` to say. Wherever a number, a flag or a word is accepted, so is a text with a reference to
 * the environment.
 */
export function configJsonSchema(): JsonSchema {
  const { $schema, definitions, ...file } = converted(fileSchema);
  return {
    $schema,
    title: 'The configuration of Plimsoll',
    ...file,
    definitions: { ...(definitions as JsonSchema), strategy: strategyForms(), reference },
  };
}

const reference = {
  description: 'A reference to an environment variable, as ${NAME} or ${NAME:-default}',
  type: 'string',
  pattern: String.raw`\$\{[A-Za-z_]\w*(:-[^}]*)?\}`,
};

/** Where `reference` stands in the whole. */
const toReference = { $ref: '#/definitions/reference' };

/** A strategy: its name, or a mapping whose other keys follow from `use`. */
function strategyForms(): JsonSchema {
  const known = strategyNames.flatMap(namesOf);
  const ofPackage = { type: 'string', pattern: packageName.source };
  const plain = known.filter((name) => !namesOf('rules').includes(name));
  return {
    anyOf: [
      { enum: plain },
      ofPackage,
      toReference,
      {
        type: 'object',
        required: ['use'],
        properties: { use: { anyOf: [{ enum: known }, ofPackage, toReference] } },
      },
    ],
    allOf: strategyNames.map((name) => {
      const {
        $schema: _$schema,
        definitions: _definitions,
        ...then
      } = converted(strategyOptions[name]);
      const use = { enum: namesOf(name) };
      // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
      return { if: { type: 'object', required: ['use'], properties: { use } }, then };
    }),
  };
}

function converted(schema: z.ZodType): JsonSchema {
  return referable(z.toJSONSchema(schema, { target: 'draft-7', io: 'input' })) as JsonSchema;
}

/** The schema with references to the environment accepted in place of every value that is no text of any kind. */
function referable(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(referable);
  if (typeof json !== 'object' || json === null) return json;
  const { description, default: value, examples, ...own } = json as Record<string, unknown>;
  const notes = defined({ description, default: value, examples });
  // Of numbers without a bound of their own zod states that of safe integers, or an infinite one, which JSON cannot hold.
  if (own['maximum'] === Number.MAX_SAFE_INTEGER || own['maximum'] === null) delete own['maximum'];
  if (isSingleValue(own)) return { ...notes, anyOf: [own, toReference] };
  for (const key of ['anyOf', 'allOf', 'items', 'additionalProperties']) {
    if (own[key] !== undefined) own[key] = referable(own[key]);
  }
  for (const key of ['properties', 'definitions']) {
    if (own[key] !== undefined) {
      own[key] = Object.fromEntries(
        Object.entries(own[key] as object).map(([name, inner]) => [name, referable(inner)]),
      );
    }
  }
  if (Array.isArray(own['anyOf'])) own['anyOf'] = flat(own['anyOf']);
  return { ...notes, ...own };
}

function isSingleValue({ type, pattern, format, enum: words, const: word }: JsonSchema): boolean {
  const isForm = type === 'string' && (pattern ?? format ?? words ?? word) !== undefined;
  return isForm || ['number', 'integer', 'boolean'].includes(type as string);
}

/** The forms of a value, each once, with a reference last. */
function flat(forms: readonly unknown[]): unknown[] {
  const all = forms.flatMap((form) => {
    const { anyOf, ...rest } = form as JsonSchema;
    return Array.isArray(anyOf) && Object.keys(rest).length === 0 ? (anyOf as unknown[]) : [form];
  });
  const own = all.filter((form) => form !== toReference);
  return own.length === all.length ? all : [...own, toReference];
}

function defined(notes: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(notes).filter(([, value]) => value !== undefined));
}
