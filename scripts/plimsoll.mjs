// npm run plimsoll -- COMMAND [arguments]; npm start is its `serve`.
import { join } from 'node:path';
import { buildGateway, install, node, root, run } from './workspace.mjs';

const cli = join(root, 'apps/gateway/dist/cli.js');

await install();
await buildGateway(cli);
// The folder it was called from, so that a relative --config means what it says there.
const cwd = process.env.INIT_CWD ?? process.cwd();
process.exitCode = await run(node, [cli, ...process.argv.slice(2)], { cwd });
