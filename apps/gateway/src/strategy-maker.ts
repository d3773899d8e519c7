import type { Path, StrategyConfig } from '@plimsoll/config';
import type { StrategyDefinition } from '@plimsoll/core';

import { loadStrategyFactory, type StrategyFactory } from './strategy-package.ts';

/** A strategy that cannot be made, and where it stands below the pool's own. */
export class StrategyError extends Error {
  readonly at: Path;

  constructor(at: Path, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.at = at;
  }
}

/** Makes strategies of their configuration, those inside others first. */
export class StrategyMaker {
  readonly #known: ReadonlyMap<string, StrategyFactory>;
  readonly #folder: string;

  /** @param folder - where packages are looked up from. */
  constructor(known: ReadonlyMap<string, StrategyFactory>, folder: string) {
    this.#known = known;
    this.#folder = folder;
  }

  /** @throws StrategyError when a strategy refuses its options, or its package cannot be loaded. */
  async make({ use, options }: StrategyConfig, at: Path = []): Promise<StrategyDefinition> {
    const known = this.#known.get(use);
    const given = known === undefined ? options : await this.#withParts(options, at);
    try {
      return (known ?? (await loadStrategyFactory(use, this.#folder)))(given);
    } catch (error) {
      throw error instanceof StrategyError ? error : new StrategyError(at, error);
    }
  }

  /** `options` with the strategies they hold made. */
  async #withParts(
    options: StrategyConfig['options'],
    at: Path,
  ): Promise<Readonly<Record<string, unknown>>> {
    const made: Record<string, unknown> = { ...options };
    for (const { part, path } of partsOf(options)) {
      let holder = made;
      for (const step of path.slice(0, -1)) {
        const inner = holder[step] as object;
        holder = (holder[step] = Array.isArray(inner) ? [...inner] : { ...inner }) as typeof made;
      }
      holder[path.at(-1)!] = await this.make(part, [...at, ...path]);
    }
    return made;
  }
}

/** Every strategy in the tree, outermost first, with its place below the outermost. */
export function strategiesIn(
  config: StrategyConfig,
  at: Path = [],
): { config: StrategyConfig; at: Path }[] {
  return [
    { config, at },
    ...partsOf(config.options).flatMap(({ part, path }) => strategiesIn(part, [...at, ...path])),
  ];
}

function partsOf(options: StrategyConfig['options']): { part: StrategyConfig; path: Path }[] {
  const parts: { part: StrategyConfig; path: Path }[] = [];
  const add = (part: unknown, ...path: Path): void => {
    if (part !== undefined) parts.push({ part: part as StrategyConfig, path });
  };
  add(options['within'], 'within');
  add(options['otherwise'], 'otherwise');
  for (const [tier, part] of Object.entries(options['tiers'] ?? {})) add(part, 'tiers', tier);
  for (const [index, rule] of ((options['rules'] ?? []) as { use: unknown }[]).entries()) {
    add(rule.use, 'rules', index, 'use');
  }
  return parts;
}
