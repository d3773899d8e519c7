import type { z } from 'zod';

import type { fileSchema } from './schema.ts';

/** A configuration as a file writes it. */
export type ConfigFile = z.input<typeof fileSchema>;

/** Returns `config` as it is, with its keys and values checked and completed by TypeScript: for `plimsoll.config.ts`. */
export function defineConfig(config: ConfigFile): ConfigFile {
  return config;
}
