import { execFile } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const execute = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
/** Inside `examples`, so that programs find every package as a user's would. */
const folder = join(root, 'examples/.readme-programs');

interface Program {
  readonly readme: string;
  readonly file: string;
  readonly source: string;
  /** A program that needs a server of its own, or is a test, is marked `typecheck-only` and not run. */
  readonly isRun: boolean;
}

/** The TypeScript programs in the README of every package and of the whole, and in the guides. */
const texts = ['README.md', '{packages,apps}/**/README.md', 'apps/docs/guides/*.md'];
const programs = globSync(texts, { cwd: root })
  .filter((readme) => !readme.includes('node_modules'))
  .flatMap((readme): Program[] => {
    const text = readFileSync(join(root, readme), 'utf8');
    return [...text.matchAll(/^```ts([^\n]*)\n(.*?)^```$/gms)].map(([, mark, source], index) => {
      const file = `${readme.replaceAll('/', '_').replace(/_?(README)?\.md$/, '')}_${index}.ts`;
      const isRun = !mark!.includes('typecheck-only');
      return { readme, file: join(folder, file), source: source!, isRun };
    });
  });

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const { file, source } of programs) writeFileSync(file, `${source}\nexport {};\n`);
  const settings = {
    extends: '../../tsconfig.base.json',
    compilerOptions: { declaration: false, isolatedDeclarations: false, noUnusedLocals: false },
    include: ['*.ts'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the programs in the READMEs and guides', () => {
  it('are there, one for each package', () => {
    expect(programs.length).toBeGreaterThan(20);
  });

  it('compile', { timeout: 120_000 }, async () => {
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout } = await execute(process.execPath, [compiler, '--project', folder]).catch(
      (error: { stdout: string }) => error,
    );
    expect(stdout).toBe('');
  });

  const run = programs.filter(({ isRun }) => isRun);
  it.each(run)('$readme runs', { timeout: 60_000 }, async ({ file }) => {
    await execute(process.execPath, ['--conditions=@plimsoll/source', file], {
      cwd: folder,
      env: { PATH: process.env['PATH'] },
    });
  });
});
