import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export type Dependencies = Record<string, string>;
export type Entry = Record<string, string> | string;

export interface Manifest {
  name: string;
  version: string;
  private?: boolean;
  description?: string;
  license?: string;
  type?: string;
  sideEffects?: boolean;
  engines?: Dependencies;
  files?: string[];
  bin?: Dependencies;
  exports?: Record<string, Entry>;
  publishConfig?: { access?: string; exports?: Record<string, Entry> };
  dependencies?: Dependencies;
  peerDependencies?: Dependencies;
  devDependencies?: Dependencies;
}

export interface Package {
  /** Below the root, with forward slashes: `packages/strategies/random`. */
  folder: string;
  /** `strategy` for a strategy, and so on; `library`, `app` and `examples` for what is no plugin. */
  kind: string;
  /** The name that the folder asks for. */
  expectedName: string;
  manifest: Manifest;
}

const pluginFolders: Record<string, string> = {
  strategies: 'strategy',
  providers: 'provider',
  stores: 'store',
  metrics: 'metrics',
  clients: 'client',
};

/** Whether a package is written against core alone, and so follows each major of it. */
export function isPlugin({ kind }: Package): boolean {
  return Object.values(pluginFolders).includes(kind);
}

/** Every package of the workspace below `root`, ordered by folder. */
export function findPackages(root: string): Package[] {
  const patterns = [
    'packages/*',
    `packages/{${Object.keys(pluginFolders).join()}}/*`,
    'apps/*',
    'examples',
  ];
  return globSync(
    patterns.map((pattern) => `${pattern}/package.json`),
    { cwd: root },
  )
    .map((file) => dirname(file).replaceAll('\\', '/'))
    .sort()
    .map((folder) => ({
      folder,
      ...identify(folder),
      manifest: readManifest(join(root, folder, 'package.json')),
    }));
}

function identify(folder: string): { kind: string; expectedName: string } {
  const [top = '', second = '', third] = folder.split('/');
  const plugin = pluginFolders[second];
  if (top === 'packages' && plugin !== undefined && third !== undefined) {
    return { kind: plugin, expectedName: `@plimsoll/${plugin}-${third}` };
  }
  if (top === 'packages') return { kind: 'library', expectedName: `@plimsoll/${second}` };
  if (top === 'apps') return { kind: 'app', expectedName: `@plimsoll/${second}` };
  return { kind: 'examples', expectedName: 'examples' };
}

function readManifest(file: string): Manifest {
  return JSON.parse(readFileSync(file, 'utf8')) as Manifest;
}
