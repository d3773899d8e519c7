// node scripts/check-tarballs.ts [ROOT]: packs every published package, as `pnpm publish` would, and examines what users
// would get. Needs a build.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { findPackages, type Manifest, type Package } from './packages.ts';

const bin = resolve(import.meta.dirname, '../node_modules/.bin');

async function run(command: string, args: string[], cwd: string): Promise<string> {
  const env = { ...process.env, NO_COLOR: '1' };
  return (await promisify(execFile)(command, args, { cwd, env })).stdout;
}

/** One line for each fault of a tarball, of the packages below `root`; empty if there is none. */
export async function checkTarballs(root: string): Promise<string[]> {
  const waiting = findPackages(root).filter(({ manifest }) => manifest.private !== true);
  const scratch = mkdtempSync(join(tmpdir(), 'plimsoll-tarballs-'));
  const complaints: string[] = [];
  const worker = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      complaints.push(...(await checkTarball(root, one, scratch)));
    }
  };
  try {
    await Promise.all(Array.from({ length: availableParallelism() }, worker));
  } finally {
    rmSync(scratch, { recursive: true });
  }
  return complaints.sort();
}

async function checkTarball(root: string, { folder }: Package, scratch: string): Promise<string[]> {
  const cwd = join(root, folder);
  const tarball = join(scratch, `${folder.replaceAll('/', '-')}.tgz`);
  await run(join(bin, 'pnpm'), ['pack', '--out', tarball], cwd);
  const files = (await run('tar', ['tzf', tarball], cwd)).trim().split('\n');
  const text = await run('tar', ['xzOf', tarball, 'package/package.json'], cwd);
  const manifest = JSON.parse(text) as Manifest;
  const tools = [
    attempt(join(bin, 'publint'), ['run', tarball, '--strict'], cwd),
    ...(manifest.exports === undefined
      ? []
      : [attempt(join(bin, 'attw'), [tarball, '--profile', 'esm-only', '--no-emoji'], cwd)]),
  ];
  return [
    ...checkContents(files),
    ...(JSON.stringify(manifest.exports ?? {}).includes('@plimsoll/source')
      ? ['the packed manifest points at sources, which are not in the tarball']
      : []),
    ...(await Promise.all(tools)).flat(),
  ].map((complaint) => `${folder}: ${complaint}`);
}

function checkContents(files: string[]): string[] {
  const wanted = ['LICENSE', 'README.md', 'package.json'];
  return [
    ...wanted
      .filter((file) => !files.includes(`package/${file}`))
      .map((file) => `the tarball lacks ${file}`),
    ...files
      .filter((file) => !/^package\/(dist\/.+|[^/]+)$/.test(file))
      .map((file) => `the tarball has ${file}, which is no part of a build`),
  ];
}

async function attempt(command: string, args: string[], cwd: string): Promise<string[]> {
  try {
    await run(command, args, cwd);
    return [];
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return [`${command} ${args.join(' ')}\n${stdout}${stderr}`];
  }
}

if (import.meta.main) {
  const complaints = await checkTarballs(process.argv[2] ?? '.');
  for (const complaint of complaints) console.error(complaint);
  process.exitCode = complaints.length > 0 ? 1 : 0;
}
