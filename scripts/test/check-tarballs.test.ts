import { expect, test } from 'vitest';
import { checkTarballs } from '../check-tarballs.ts';
import type { Manifest } from '../packages.ts';
import { plant, type Files } from './plant.ts';

const published = { '.': { types: './dist/index.d.ts', default: './dist/index.js' } };

const manifest: Manifest = {
  name: '@plimsoll/core',
  version: '0.1.0',
  license: 'MIT',
  type: 'module',
  files: ['dist', 'README.md'],
  exports: { '.': { '@plimsoll/source': './src/index.ts', ...published['.'] } },
  publishConfig: { access: 'public', exports: published },
};

/** A built package in a workspace of its own. */
function built(change: Partial<Manifest> = {}, files: Files = {}): Files {
  return {
    'pnpm-workspace.yaml': 'packages: [packages/*]\n',
    'package.json': { name: 'planted', private: true },
    LICENSE: 'MIT License',
    'packages/core/package.json': { ...manifest, ...change },
    'packages/core/README.md': '# Core',
    'packages/core/src/index.ts': 'export const it: number = 1;',
    'packages/core/dist/index.js': 'export const it = 1;\n',
    'packages/core/dist/index.d.ts': 'export declare const it: number;\n',
    ...files,
  };
}

test('a sound tarball is accepted', async () => {
  expect(await checkTarballs(plant(built()))).toEqual([]);
});

test('a tarball that points at sources it lacks is refused', async () => {
  const complaints = await checkTarballs(plant(built({ publishConfig: { access: 'public' } })));

  expect(complaints).toEqual([
    'packages/core: the packed manifest points at sources, which are not in the tarball',
  ]);
});

test('a tarball with more than the build is refused', async () => {
  const complaints = await checkTarballs(plant(built({ files: ['dist', 'README.md', 'src'] })));

  expect(complaints).toEqual([
    'packages/core: the tarball has package/src/index.ts, which is no part of a build',
  ]);
});

test('a tarball without a README is refused', async () => {
  const { 'packages/core/README.md': _, ...files } = built();

  expect(await checkTarballs(plant(files))).toEqual(['packages/core: the tarball lacks README.md']);
});

test('publint is asked: a CommonJS file in an ES module package is refused', async () => {
  const files = { 'packages/core/dist/index.js': 'module.exports = { it: 1 };\n' };
  const complaints = await checkTarballs(plant(built({}, files)));

  expect(complaints.join()).toMatch(/publint run .* --strict[^]*is written in CJS/);
});

test('attw is asked: declarations that no importer can resolve are refused', async () => {
  const files = { 'packages/core/dist/index.d.ts': "export * from './it';\n" };
  const complaints = await checkTarballs(plant(built({}, files)));

  expect(complaints.join()).toMatch(/attw .* --profile esm-only[^]*Internal resolution error/i);
});
