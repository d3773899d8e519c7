import type { Notes } from './difference.ts';
import { literal } from './reference.ts';
import type { SourceFields } from './source-fields.ts';

/** A text that is sent in a header; one that cannot be is a difference. */
export function headerText(source: SourceFields, key: string, notes: Notes): string | undefined {
  const value = source.text(key);
  if (value === undefined) return undefined;
  if (/^[!-~]+$/.test(value)) return literal(value);
  notes.add(source.at(key), 'cannot be sent in a header, and is left out');
  return undefined;
}
