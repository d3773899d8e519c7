import { isUtf8 } from 'node:buffer';

/** A JSON object that nobody has checked. */
export type Json = Readonly<Record<string, unknown>>;

/** The text that `body` is; undefined where it is not in UTF-8: then others may read it otherwise. */
export function textOf(body: Buffer): string | undefined {
  return isUtf8(body) ? body.toString() : undefined;
}

/** The JSON object in `text`; undefined where it is none. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
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

/** A number of things. JSON has negative and, as 1e999, infinite ones: sums over many requests would not survive them. */
export function count(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value < Infinity ? value : undefined;
}

export function length(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}
