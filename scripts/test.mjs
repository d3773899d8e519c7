// npm test -- [arguments of vitest]: all packages from their sources, without a build.
import { join } from 'node:path';
import { install, node, root, run } from './workspace.mjs';

await install();
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
process.exitCode = await run(node, [vitest, 'run', ...process.argv.slice(2)]);
