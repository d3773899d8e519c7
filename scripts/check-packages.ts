// node scripts/check-packages.ts [ROOT]: what every manifest and package folder must have.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { findPackages, isPlugin, type Entry, type Manifest, type Package } from './packages.ts';

const source = '@plimsoll/source';

/** One line for each rule that a package below `root` breaks; empty if none does. */
export function checkPackages(root: string): string[] {
  const packages = findPackages(root);
  const published = packages.filter(({ manifest }) => manifest.private !== true);
  return [
    ...packages.flatMap((one) => say(one, checkName(one))),
    ...published.flatMap((one) =>
      say(one, [
        ...checkManifest(one),
        ...checkDependencies(one),
        ...(one.kind === 'app' ? [] : checkExports(one.manifest)),
        ...checkFiles(root, one),
      ]),
    ),
    ...checkChangesets(root, published),
  ];
}

function say({ folder }: Package, complaints: string[]): string[] {
  return complaints.map((complaint) => `${folder}: ${complaint}`);
}

function checkName({ expectedName, manifest: { name } }: Package): string[] {
  return name === expectedName ? [] : [`name is ${name}, its folder asks for ${expectedName}`];
}

function checkManifest({ kind, manifest }: Package): string[] {
  const wanted: Partial<Manifest> = {
    license: 'MIT',
    type: 'module',
    engines: { node: '>=22.19' },
    ...(kind === 'app' ? {} : { sideEffects: false }),
  };
  const wrong = Object.entries(wanted).filter(
    ([key, value]) => !isDeepStrictEqual(manifest[key as keyof Manifest], value),
  );
  return [
    ...wrong.map(([key, value]) => `${key} must be ${JSON.stringify(value)}`),
    ...['dist', 'README.md']
      .filter((file) => !manifest.files?.includes(file))
      .map((file) => `files must include ${file}`),
    ...(manifest.description ? [] : ['description is missing']),
    ...(manifest.publishConfig?.access === 'public'
      ? []
      : ['publishConfig.access must be "public"']),
  ];
}

/**
 * Sources first, so that the workspace needs no build; `types` before `default`, as the first match
 * counts. What is published has no sources, so `publishConfig.exports` must be the rest.
 */
function checkExports(manifest: Manifest): string[] {
  const own = Object.entries(manifest.exports ?? {});
  if (own.length === 0) return ['exports is missing'];
  const wrong = own
    // Data has no sources and no types.
    .filter(([path, entry]) => !(path.endsWith('.json') && entry === path))
    .filter(([, entry]) => !isDeepStrictEqual(Object.keys(entry), [source, 'types', 'default']))
    .map(([path]) => `exports["${path}"] must be ${source}, types and default, in this order`);
  const published = Object.fromEntries(own.map(([path, entry]) => [path, withoutSource(entry)]));
  return isDeepStrictEqual(manifest.publishConfig?.exports, published)
    ? wrong
    : [...wrong, `publishConfig.exports must be exports without ${source}`];
}

function withoutSource(entry: Entry): Entry {
  if (typeof entry === 'string') return entry;
  return Object.fromEntries(Object.entries(entry).filter(([condition]) => condition !== source));
}

function checkDependencies(one: Package): string[] {
  const { dependencies = {}, peerDependencies = {}, devDependencies = {} } = one.manifest;
  const complaints = Object.entries({ ...dependencies, ...peerDependencies })
    .filter(([, range]) => range.startsWith('workspace:') && range !== 'workspace:^')
    .map(([name, range]) => `${name} is ${range}, which pins a version; use workspace:^`);
  if (one.expectedName === '@plimsoll/core' && Object.keys(dependencies).length > 0) {
    complaints.push('core has no dependency');
  }
  if (isPlugin(one)) {
    if (peerDependencies['@plimsoll/core'] === undefined) {
      complaints.push('a plugin has @plimsoll/core as peer dependency');
    }
    if (devDependencies['@plimsoll/core'] === undefined) {
      complaints.push('a plugin has @plimsoll/core as dev dependency too, for its tests');
    }
    complaints.push(
      ...Object.keys(dependencies)
        .filter((name) => name.startsWith('@plimsoll/'))
        .map((name) => `${name} must be a peer dependency, so that an application has one of it`),
    );
  }
  return complaints;
}

function checkFiles(root: string, { folder, kind }: Package): string[] {
  const wanted = ['README.md', 'tsconfig.json', 'tsup.config.ts'];
  if (kind !== 'app') wanted.push('src/index.ts', 'typedoc.json');
  const missing = wanted
    .filter((file) => !existsSync(join(root, folder, file)))
    .map((file) => `${file} is missing`);
  const tests = globSync('test/**/*.test.ts', { cwd: join(root, folder) });
  return tests.length > 0 ? missing : [...missing, 'test/ has no *.test.ts'];
}

const bumps = ['patch', 'minor', 'major'];

/**
 * A plugin's peer range follows core, so a release that breaks core breaks whoever updates a plugin
 * and not core. Changesets gives the plugins a patch then; the larger step must be written down.
 */
function checkChangesets(root: string, packages: Package[]): string[] {
  const planned = new Map<string, number>();
  for (const file of globSync('.changeset/*.md', { cwd: root })) {
    const [, head = ''] = readFileSync(join(root, file), 'utf8').split(/^---$/m);
    for (const [, name = '', bump = ''] of head.matchAll(/^['"]?([^'":]+)['"]?: *(\w+)$/gm)) {
      planned.set(name, Math.max(bumps.indexOf(bump), planned.get(name) ?? 0));
    }
  }
  const core = packages.find(({ manifest }) => manifest.name === '@plimsoll/core');
  const coreBump = planned.get('@plimsoll/core') ?? 0;
  // Before 1.0.0 a minor breaks: ^0.1.0 does not admit 0.2.0.
  const breaking = core?.manifest.version.startsWith('0.') ? 1 : 2;
  if (coreBump < breaking) return [];
  return packages
    .filter((one) => isPlugin(one) && (planned.get(one.manifest.name) ?? 0) < coreBump)
    .map(
      ({ manifest: { name } }) =>
        `.changeset: a ${bumps[coreBump]} of core breaks its plugins, so ${name} needs one too`,
    );
}

if (import.meta.main) {
  const complaints = checkPackages(process.argv[2] ?? '.');
  for (const complaint of complaints) console.error(complaint);
  process.exitCode = complaints.length > 0 ? 1 : 0;
}
