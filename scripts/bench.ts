// npm run bench -- [PART OF A PATH]: every *.bench.ts, or those whose path contains the argument, each in a process of
// its own, so that none is measured on a heap or with a compiler state that another left behind.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';

const [part = '', ...args] = process.argv.slice(2);
const files = globSync('{packages,apps}/**/bench/*.bench.ts', {
  exclude: (name) => name === 'node_modules' || name === 'dist',
}).filter((file) => file.includes(part));

for (const file of files.sort()) {
  console.log(`\n${file}`);
  const flags = ['--conditions=@plimsoll/source', '--expose-gc'];
  const { status } = spawnSync(process.execPath, [...flags, file, ...args], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
if (files.length === 0) {
  console.error(`no *.bench.ts has "${part}" in its path`);
  process.exitCode = 1;
}
