import type { SourceFields } from '../source-fields.ts';

/** The spelling of `name` that the source uses: Portkey takes `api_key` and `apiKey`. */
export function spelled(source: SourceFields, name: string): string {
  const camel = name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return !source.has(name) && source.has(camel) ? camel : name;
}
