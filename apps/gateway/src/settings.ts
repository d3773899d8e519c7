import { readFile } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';

import {
  type Config,
  configFromEnvironment,
  type Environment,
  loadConfig,
  type Loaded,
  loadConfigObject,
  type Path,
  type Problem,
} from '@plimsoll/config';

import { importConfig } from './import-config.ts';
import type { Remark } from './remark.ts';

/** Where the configuration came from, and what it says. */
export interface Settings {
  /** Present when nothing is wrong with it. */
  readonly config: Config | undefined;
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** In words, for the person who started it. */
  readonly origin: string;
  /** The file's path and text; undefined when the environment is what was read. */
  readonly source: { readonly file: string; readonly text: string } | undefined;
  /** Where strategy packages are looked up from. */
  readonly folder: string;
  /** A problem found later, at the place of its cause. */
  problem(path: Path, message: string): Problem;
  /** Where a target stands, by its id. */
  targetPath(id: string): Path;
}

/** A remark of a plugin, at the place of its cause. */
export function problemOf({ problem, targetPath }: Settings, { about, message }: Remark): Problem {
  if ('path' in about) return problem(about.path, message);
  if ('target' in about) return problem(targetPath(about.target), message);
  return problem(['pools', about.strategyOf, 'strategy', ...(about.at ?? [])], message);
}

/** Endings of files that are modules; what ends otherwise is YAML or JSON. */
const moduleEndings: ReadonlySet<string> = new Set(['.ts', '.mts', '.js', '.mjs']);

/**
 * Reads the configuration from `file`, or makes one of the keys in the environment. A file that is a module is run; what
 * it imports is run once only, however often it is read.
 *
 * @throws the system's error when the file cannot be read.
 */
export async function readSettings(file: string | undefined, env: Environment): Promise<Settings> {
  if (file === undefined) return discovered(env);
  const text = await readFile(file, 'utf8');
  return {
    ...(moduleEndings.has(extname(file))
      ? await loadModule(file, env)
      : loadConfig(text, { env, file })),
    origin: `The configuration is ${file}.`,
    source: { file, text },
    folder: dirname(resolve(file)),
  };
}

async function loadModule(file: string, env: Environment): Promise<Loaded> {
  const imported = await importConfig(file);
  if ('value' in imported) return loadConfigObject(imported.value, { env, file });
  const problem = (_path: Path, message: string): Problem => ({ file, path: '', message });
  return {
    config: undefined,
    errors: [problem([], imported.failure)],
    warnings: [],
    problem,
    targetPath: () => [],
  };
}

function discovered(env: Environment): Settings {
  const { config, variables } = configFromEnvironment(env);
  const origin =
    variables.length === 0
      ? 'No configuration was given and no provider key is in the environment, so the targets are simulated.'
      : `No configuration was given; keys were found in ${variables.join(', ')}.`;
  return {
    config,
    errors: [],
    warnings: [],
    origin,
    source: undefined,
    folder: process.cwd(),
    targetPath: () => [],
    problem: (_path, message) => ({ file: 'environment', path: '', message }),
  };
}
