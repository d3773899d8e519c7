import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Builds the page where a gateway that runs from sources looks for it. */
export async function builtPage(): Promise<string> {
  // Files of an older build stay: another process may be about to serve them.
  await build({ root, logLevel: 'error', build: { emptyOutDir: false } });
  return `${root}/dist`;
}
