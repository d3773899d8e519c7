// Runs on the machine's own Node (20 or later) before anything is installed, so plain JavaScript without dependencies.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'node_modules', '.bin');

/** The Node that comes as a package: the version the workspace is developed and tested on. */
export const node = join(
  root,
  'node_modules/node/bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);

const environment = {
  ...process.env,
  PATH: bin + delimiter + process.env.PATH,
  TURBO_TELEMETRY_DISABLED: '1',
};

/** Runs a program in the root, hands on signals, and resolves to its exit code. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    const handOn = (signal) => child.kill(signal);
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, handOn);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      for (const name of signals) process.off(name, handOn);
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}

/** Installs what the lock file states, unless that was done already. */
export async function install() {
  const inputs = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'];
  await unlessDone('installed', inputs, node, () => {
    console.error('Installing the packages of pnpm-lock.yaml ...');
    // --loglevel=error: on an older Node every package that wants a newer one warns. CI=true: pnpm asks no question
    // where it has to replace a folder.
    const args = ['install', '--frozen-lockfile', '--prod=false', '--loglevel=error'];
    return step('npx', ['-y', 'pnpm@12', ...args], { CI: 'true' });
  });
}

/** Builds the gateway and the packages it uses, unless their sources are those of the last build. */
export async function buildGateway(cli) {
  const shared = ['pnpm-lock.yaml', 'tsconfig.base.json', 'tsup.base.ts'];
  await unlessDone('built', [...shared, ...sources('packages'), ...sources('apps')], cli, () => {
    console.error('Building the gateway ...');
    const args = ['run', 'build', '--filter=@plimsoll/gateway', '--output-logs=errors-only'];
    return step(join(bin, 'turbo'), args);
  });
}

async function step(command, args, extra = {}) {
  const shell = process.platform === 'win32';
  // What a step prints goes to stderr: stdout belongs to the program that is started.
  const stdio = ['ignore', 2, 2];
  const code = await run(command, args, { stdio, shell, env: { ...environment, ...extra } });
  if (code !== 0) {
    console.error(`\`${command} ${args.join(' ')}\` ended with ${code}`);
    process.exit(code);
  }
}

/** Runs `action` if `result` is missing or a file of `inputs` differs from when `action` last succeeded. */
async function unlessDone(name, inputs, result, action) {
  const stamp = join(root, 'node_modules', `.plimsoll-${name}`);
  const hash = createHash('sha256');
  for (const file of inputs)
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  const wanted = hash.digest('hex');
  if (existsSync(result) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  await action();
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(stamp, wanted);
}

const notSources = new Set(['node_modules', 'dist', 'test', 'bench', 'dev', '.turbo', 'README.md']);

/** Every file below `folder` that a build reads, in a stable order. */
function sources(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !notSources.has(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? sources(path) : [path];
    });
}
