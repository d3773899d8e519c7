import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What a module's default export is, or why there is none, in words. */
export type ImportedConfig = { readonly value: unknown } | { readonly failure: string };

const require = createRequire(import.meta.url);
let reads = 0;

/** Runs the module `file` anew and takes its default export. TypeScript is stripped of its types by Node itself. */
export async function importConfig(file: string): Promise<ImportedConfig> {
  reads++;
  // A module is kept by its address, so another query makes it run again; one of CommonJS is kept by its path.
  delete require.cache[realpathSync(file)];
  const url = `${pathToFileURL(resolve(file)).href}?read=${reads}`;
  let module: Readonly<Record<string, unknown>>;
  try {
    module = (await import(url)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    return { failure: `cannot be run: ${error instanceof Error ? error.message : String(error)}` };
  }
  const { default: value } = module;
  if (typeof value === 'object' && value !== null) return { value };
  const got = value === undefined ? 'there is none' : `it is a ${typeof value}`;
  return { failure: `must have the configuration as its default export, but ${got}` };
}
