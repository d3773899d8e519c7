import { expect, test } from 'vitest';
import { checkPackages } from '../check-packages.ts';
import type { Manifest } from '../packages.ts';
import { plant, type Files } from './plant.ts';

const manifest: Manifest = {
  name: '@plimsoll/strategy-one',
  version: '0.1.0',
  description: 'One.',
  license: 'MIT',
  type: 'module',
  sideEffects: false,
  engines: { node: '>=22.19' },
  files: ['dist', 'README.md'],
  exports: {
    '.': {
      '@plimsoll/source': './src/index.ts',
      types: './dist/index.d.ts',
      default: './dist/index.js',
    },
  },
  publishConfig: {
    access: 'public',
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
  },
  peerDependencies: { '@plimsoll/core': 'workspace:^' },
  devDependencies: { '@plimsoll/core': 'workspace:*' },
};

function strategy(change: Partial<Manifest> = {}): Files {
  return inFolder('packages/strategies/one', { ...manifest, ...change });
}

function core(change: Partial<Manifest> = {}): Files {
  return inFolder('packages/core', {
    ...manifest,
    name: '@plimsoll/core',
    peerDependencies: {},
    devDependencies: {},
    ...change,
  });
}

function inFolder(folder: string, content: Manifest): Files {
  return {
    [`${folder}/package.json`]: content,
    [`${folder}/README.md`]: '# One',
    [`${folder}/tsconfig.json`]: {},
    [`${folder}/tsup.config.ts`]: '',
    [`${folder}/typedoc.json`]: {},
    [`${folder}/src/index.ts`]: '',
    [`${folder}/test/one.test.ts`]: '',
  };
}

test('sound packages break no rule', () => {
  expect(checkPackages(plant({ ...core(), ...strategy() }))).toEqual([]);
});

test.each<[Partial<Manifest>, string]>([
  [{ name: '@plimsoll/one' }, 'name is @plimsoll/one, its folder asks for @plimsoll/strategy-one'],
  [{ license: 'ISC' }, 'license must be "MIT"'],
  [{ type: 'commonjs' }, 'type must be "module"'],
  [{ engines: { node: '>=20' } }, 'engines must be {"node":">=22.19"}'],
  [{ sideEffects: true }, 'sideEffects must be false'],
  [{ files: ['dist'] }, 'files must include README.md'],
  [{ description: '' }, 'description is missing'],
  [{ exports: {}, publishConfig: { access: 'public' } }, 'exports is missing'],
  [
    {
      exports: {
        '.': {
          '@plimsoll/source': './src/index.ts',
          default: './dist/index.js',
          types: './dist/index.d.ts',
        },
      },
    },
    'exports["."] must be @plimsoll/source, types and default, in this order',
  ],
  [
    { publishConfig: { access: 'public', exports: manifest.exports ?? {} } },
    'publishConfig.exports must be exports without @plimsoll/source',
  ],
  [
    { publishConfig: { ...manifest.publishConfig, access: 'restricted' } },
    'publishConfig.access must be "public"',
  ],
  [
    { peerDependencies: { '@plimsoll/core': 'workspace:*' } },
    '@plimsoll/core is workspace:*, which pins a version; use workspace:^',
  ],
  [{ peerDependencies: {} }, 'a plugin has @plimsoll/core as peer dependency'],
  [{ devDependencies: {} }, 'a plugin has @plimsoll/core as dev dependency too, for its tests'],
  [
    { dependencies: { '@plimsoll/balancer': 'workspace:^' } },
    '@plimsoll/balancer must be a peer dependency, so that an application has one of it',
  ],
])('a strategy with %j is refused', (change, complaint) => {
  expect(checkPackages(plant(strategy(change)))).toEqual([`packages/strategies/one: ${complaint}`]);
});

test('core with a dependency is refused', () => {
  expect(checkPackages(plant(core({ dependencies: { zod: '^4.0.0' } })))).toEqual([
    'packages/core: core has no dependency',
  ]);
});

test.each([
  ['README.md', 'README.md is missing'],
  ['typedoc.json', 'typedoc.json is missing'],
  ['test/one.test.ts', 'test/ has no *.test.ts'],
])('a strategy without %s is refused', (file, complaint) => {
  const { [`packages/strategies/one/${file}`]: _, ...files } = strategy();

  expect(checkPackages(plant(files))).toEqual([`packages/strategies/one: ${complaint}`]);
});

test('a private package needs its name only', () => {
  const files = { 'examples/package.json': { name: 'examples', private: true } };

  expect(checkPackages(plant(files))).toEqual([]);
});

test.each([
  [
    '1.2.3',
    'major',
    ['a major of core breaks its plugins, so @plimsoll/strategy-one needs one too'],
  ],
  ['1.2.3', 'minor', []],
  [
    '0.1.0',
    'minor',
    ['a minor of core breaks its plugins, so @plimsoll/strategy-one needs one too'],
  ],
  ['0.1.0', 'patch', []],
])('core %s with a %s of core alone: %j', (version, bump, complaints) => {
  const files = { ...core({ version }), ...strategy(), ...changeset({ '@plimsoll/core': bump }) };

  expect(checkPackages(plant(files))).toEqual(complaints.map((text) => `.changeset: ${text}`));
});

test('a major of core together with one of every plugin is accepted', () => {
  const both = changeset({ '@plimsoll/core': 'major', '@plimsoll/strategy-one': 'major' });

  expect(checkPackages(plant({ ...core(), ...strategy(), ...both }))).toEqual([]);
});

function changeset(bumps: Record<string, string>): Files {
  const lines = Object.entries(bumps).map(([name, bump]) => `'${name}': ${bump}\n`);
  return { '.changeset/one.md': `---\n${lines.join('')}---\n\nTargets have no price.\n` };
}
