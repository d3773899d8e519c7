import type { z } from 'zod';

import { formatPath, type Path } from './problem.ts';
import { closeTo, oneOf, suggestion } from './suggest.ts';

/** What is wrong with one value, before its line is known. */
export interface Complaint {
  readonly path: Path;
  readonly message: string;
  /** Whether the key is wrong rather than the value under it. */
  readonly isKey?: boolean;
}

type Issue = z.core.$ZodIssue;

/**
 * The issues of a schema as sentences.
 *
 * @param data - the whole file, whatever part of it the schema is of.
 * @param written - what stood in the file where a variable was put in.
 * @param above - where the part stands.
 */
export function complaints(
  issues: readonly Issue[],
  data: unknown,
  written: ReadonlyMap<string, string>,
  above: Path = [],
): Complaint[] {
  const misspelled = new Set(issues.flatMap((issue) => meantKeys(issue).map(formatPath)));
  return issues
    .filter((issue) => !misspelled.has(formatPath(issue.path as Path)))
    .flatMap((issue) => complaint(issue, above, data, written));
}

/** The keys that unknown ones are misspellings of: that they are missing needs no further word. */
function meantKeys(issue: Issue): Path[] {
  if (issue.code !== 'unrecognized_keys') return [];
  const accepted = issue.message.split(' ');
  return issue.keys.flatMap((key) => {
    const meant = closeTo(key, accepted);
    return meant === undefined ? [] : [[...(issue.path as Path), meant]];
  });
}

function complaint(
  issue: Issue,
  above: Path,
  data: unknown,
  written: ReadonlyMap<string, string>,
): Complaint[] {
  const path = [...above, ...(issue.path as (string | number)[])];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey([...path, key], issue.message.split(' ')));
  }
  const value = valueAt(data, path);
  if (issue.code === 'invalid_union') {
    // Of the forms a value may take, the one it was meant to have is that which fits it at the outside.
    const meant = issue.errors.find((branch) =>
      branch.every((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys'),
    );
    if (meant !== undefined) return meant.flatMap((inner) => complaint(inner, path, data, written));
  }
  const accepted = issue.code === 'invalid_value' ? oneOf(issue.values.map(String)) : issue.message;
  if (value === undefined) return [{ path, message: `is missing; it must be ${accepted}` }];
  const hint =
    issue.code === 'invalid_value' && typeof value === 'string'
      ? suggestion(value, issue.values.map(String))
      : '';
  const got = shown(value, path, written);
  const quote =
    issue.code === 'invalid_type' &&
    issue.expected === 'string' &&
    isPlain(value) &&
    !isSecret(path)
      ? `; in quotes it is a text: '${value}'`
      : '';
  return [{ path, message: `must be ${accepted}, got ${got}${hint}${quote}` }];
}

function unknownKey(path: Path, accepted: readonly string[]): Complaint {
  const key = String(path.at(-1));
  const message = `is not a known key${suggestion(key, accepted)}; accepted are ${oneOf(accepted)}`;
  return { path, message, isKey: true };
}

function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const step of path) value = (value as Record<string, unknown> | null | undefined)?.[step];
  return value;
}

/** A value that YAML takes for no text because it stands there without quotes. */
function isPlain(value: unknown): value is number | boolean {
  return typeof value === 'number' || typeof value === 'boolean';
}

/** Keys whose values are, or may hold, a credential. */
const secret: ReadonlySet<unknown> = new Set(['apiKey', 'keySha256', 'redis', 'token']);

/** Whether it may be an address with a user and a password, or with a key in its query. */
function mayHoldUser(value: unknown): boolean {
  return typeof value === 'string' && /:\/\/.*[@?]/.test(value);
}

function isSecret(path: Path): boolean {
  return secret.has(path.at(-1)) || path.at(-2) === 'headers';
}

/** The value as it stood in the file, short, and never a credential. */
function shown(value: unknown, path: Path, written: ReadonlyMap<string, string>): string {
  const source = written.get(formatPath(path));
  if (source !== undefined) return source;
  if (isSecret(path) || mayHoldUser(value)) return 'a value that is not shown';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}
