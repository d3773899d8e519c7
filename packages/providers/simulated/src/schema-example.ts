/** How deep a schema is followed: one that contains itself has no end. */
const MOST_LEVELS = 8;

interface Schema {
  readonly type?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly anyOf?: readonly unknown[];
  readonly minItems?: unknown;
  readonly items?: unknown;
  readonly minimum?: unknown;
}

/** A value that a JSON schema describes, for the usual parts of the language; `null` where it says too little. */
export function exampleOf(schema: unknown, level = 0): unknown {
  if (typeof schema !== 'object' || schema === null || level > MOST_LEVELS) return null;
  const { type, properties = {}, items, minItems, minimum, anyOf, ...rest } = schema as Schema;
  if (rest.const !== undefined) return rest.const;
  if (rest.enum !== undefined) return rest.enum[0] ?? null;
  if (anyOf !== undefined) return exampleOf(anyOf[0], level + 1);
  switch (Array.isArray(type) ? type[0] : type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(properties).map(([name, part]) => [name, exampleOf(part, level + 1)]),
      );
    case 'array': {
      const length = typeof minItems === 'number' ? Math.min(minItems, 16) : 1;
      return Array.from({ length }, () => exampleOf(items, level + 1));
    }
    case 'string':
      return 'simulated';
    case 'integer':
    case 'number':
      return typeof minimum === 'number' ? minimum : 1;
    case 'boolean':
      return true;
    default:
      return null;
  }
}
