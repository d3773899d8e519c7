/** A JSON object that nobody has checked. */
export type Json = Readonly<Record<string, unknown>>;

/** The JSON object in `body`; undefined where it is none. */
export function parseObject(body: Buffer): Record<string, unknown> | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body.toString());
  } catch {
    return undefined;
  }
  return typeof json === 'object' && json !== null && !Array.isArray(json)
    ? (json as Record<string, unknown>)
    : undefined;
}

export function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Json)[name] : undefined;
}

/** A string that says something. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

export function length(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}
