import { resolve } from 'node:path';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

import type { StrategyDefinition } from '@plimsoll/core';

/** What a strategy package exports. */
export type StrategyFactory = (options: Readonly<Record<string, unknown>>) => StrategyDefinition;

/**
 * Loads a strategy by its package's name, or by a path that begins with `./`, `../` or `/`; both are looked up from
 * `folder`. Its factory is the export named like the last part of that name without `strategy-`, in camel case
 * (`@acme/strategy-cheap-first` and `./cheap-first.ts` export `cheapFirst`), or else the default export.
 *
 * @throws Error that says what was looked for, when there is no such module or no such export.
 */
export async function loadStrategyFactory(name: string, folder: string): Promise<StrategyFactory> {
  const module = (await import(locate(name, folder))) as Readonly<Record<string, unknown>>;
  const wanted = factoryName(name);
  const factory = module[wanted] ?? module['default'];
  if (typeof factory === 'function') return factory as StrategyFactory;
  throw new Error(
    `the package ${name} exports neither a function named ${wanted} nor a default one`,
  );
}

/** The name of the factory that the package `name` exports. */
export function factoryName(name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1);
  return last
    .replace(/\.[cm]?[jt]s$/, '')
    .replace(/^(?:plimsoll-)?strategy-/, '')
    .replaceAll(/[-_.]+(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function locate(name: string, folder: string): string {
  if (/^\.{0,2}\//.test(name)) return pathToFileURL(resolve(folder, name)).href;
  // The package is the configuration's choice, so it is found from there before it is found from here.
  try {
    return pathToFileURL(createRequire(resolve(folder, 'plimsoll.yaml')).resolve(name)).href;
  } catch {
    return name;
  }
}
