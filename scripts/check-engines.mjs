// npx -y node@22.19.0 scripts/check-engines.mjs: every built package loads on the oldest Node that its manifest promises.
import { existsSync, globSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

console.log(`Node ${process.versions.node}`);
for (const manifest of globSync('packages/{*,*/*}/package.json')) {
  const entry = resolve(dirname(manifest), 'dist/index.js');
  if (!existsSync(entry)) throw new Error(`${entry} is not built`);
  await import(pathToFileURL(entry));
}
