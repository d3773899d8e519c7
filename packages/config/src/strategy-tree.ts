import { compileExpression } from './expression.ts';
import { type Complaint, complaints } from './complaints.ts';
import type { StrategyConfig } from './config.ts';
import { durationMs } from './duration.ts';
import type { Path } from './problem.ts';
import { type FileRule, type FileStrategy, strategyOptions } from './strategy-schema.ts';
import { isPackageName, knownStrategy, type StrategyName, strategyNames } from './strategies.ts';
import { suggestion } from './suggest.ts';

/** One strategy of a pool, with those it is made of at paths below its own. */
export interface PlacedStrategy {
  readonly strategy: FileStrategy;
  readonly path: Path;
}

/** Where the strategies stand that `strategy` is made of. */
export function partsOf({ strategy, path }: PlacedStrategy): PlacedStrategy[] {
  if (typeof strategy === 'string' || knownStrategy(strategy.use) === undefined) return [];
  const parts: PlacedStrategy[] = [];
  const add = (value: unknown, ...steps: Path): void => {
    if (isStrategy(value)) parts.push({ strategy: value, path: [...path, ...steps] });
  };
  add(strategy['within'], 'within');
  add(strategy['otherwise'], 'otherwise');
  for (const [tier, part] of Object.entries(strategy['tiers'] ?? {})) add(part, 'tiers', tier);
  for (const [index, { use }] of rulesOf(strategy).entries()) add(use, 'rules', index, 'use');
  return parts;
}

/** `strategy` and all it is made of, outermost first. */
export function strategiesIn(placed: PlacedStrategy): PlacedStrategy[] {
  return [placed, ...partsOf(placed).flatMap(strategiesIn)];
}

export function rulesOf(strategy: FileStrategy): readonly FileRule[] {
  if (typeof strategy === 'string' || knownStrategy(strategy.use) !== 'rules') return [];
  return (strategy['rules'] ?? []) as readonly FileRule[];
}

/** What is wrong with a strategy: its name, its options, its conditions, and those of the strategies it is made of. */
export function strategyComplaints(
  placed: PlacedStrategy,
  data: unknown,
  written: ReadonlyMap<string, string>,
): Complaint[] {
  const { strategy, path } = placed;
  const use = nameOf(strategy);
  const known = knownStrategy(use);
  const at = typeof strategy === 'string' ? path : [...path, 'use'];
  if (known === undefined) {
    return isPackageName(use) ? [] : [{ path: at, message: unknownStrategy(use) }];
  }
  if (typeof strategy === 'string') {
    if (known !== 'rules') return [];
    return [{ path, message: 'needs its rules: a mapping with use: rules and rules' }];
  }
  const checked = strategyOptions[known].safeParse(strategy);
  if (!checked.success) {
    return checked.error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys' && issue.path.length === 0
        ? issue.keys.map((key) => unknownOption(known, [...path, key]))
        : complaints([issue], data, written, path),
    );
  }
  const wrong = rulesOf(strategy).flatMap((rule, index): Complaint[] => {
    try {
      compileExpression(rule.when);
      return [];
    } catch (error) {
      return [{ path: [...path, 'rules', index, 'when'], message: (error as Error).message }];
    }
  });
  return [...wrong, ...partsOf(placed).flatMap((part) => strategyComplaints(part, data, written))];
}

function unknownOption(strategy: StrategyName, path: Path): Complaint {
  const key = String(path.at(-1));
  const names = Object.keys(strategyOptions[strategy].shape).filter((name) => name !== 'use');
  const accepted = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  const message = `is no option of ${strategy}${suggestion(key, names)}; ${accepted}`;
  return { path, message, isKey: true };
}

function unknownStrategy(name: string): string {
  const accepted = `${strategyNames.join(', ')}, or a package's name such as @acme/strategy-lunar`;
  return `there is no strategy "${name}"${suggestion(name, strategyNames)}; accepted are ${accepted}`;
}

/** Options whose durations become milliseconds, by the names they then have. */
const durations: Readonly<Record<string, string>> = {
  decay: 'decayMs',
  maxFirstContent: 'maxFirstContentMs',
};

/**
 * The form that programs use: known strategies by their names, durations in milliseconds, and strategies within as
 * `StrategyConfig`s where their names stood.
 *
 * @param bound - of every `consistent-hash` that states none, in fair shares.
 */
export function compileStrategy(strategy: FileStrategy, bound?: number | false): StrategyConfig {
  const use = nameOf(strategy);
  const { use: _use, ...given } = typeof strategy === 'string' ? { use } : strategy;
  const known = knownStrategy(use);
  if (known === undefined) return { use, options: given };
  const inner = (part: unknown): StrategyConfig => compileStrategy(part as FileStrategy, bound);
  const options: Record<string, unknown> = {};
  if (known === 'consistent-hash' && bound !== undefined) {
    options['maxLoadPercent'] = percentOf(bound);
  }
  for (const [name, value] of Object.entries(given)) {
    if (name in durations) options[durations[name]!] = durationMs(value as string | number);
    else if (name === 'bound') options['maxLoadPercent'] = percentOf(value as number | false);
    else if (name === 'within' || name === 'otherwise') options[name] = inner(value);
    else if (name === 'tiers') {
      const tiers = Object.entries(value as Record<string, FileStrategy>);
      options[name] = Object.fromEntries(tiers.map(([tier, part]) => [tier, inner(part)]));
    } else if (name === 'rules') {
      options[name] = (value as readonly FileRule[]).map(({ use: part, ...rule }) => ({
        ...rule,
        use: inner(part ?? 'round-robin'),
      }));
    } else options[name] = value;
  }
  return { use: known, options };
}

/** The load bound as the strategy takes it: 125 for 1.25 times the fair share. */
function percentOf(bound: number | false): number | false {
  return bound === false ? false : Math.round(bound * 100);
}

/** The name a strategy is called by in the file. */
export function nameOf(strategy: FileStrategy): string {
  return typeof strategy === 'string' ? strategy : strategy.use;
}

function isStrategy(value: unknown): value is FileStrategy {
  return (
    typeof value === 'string' ||
    (typeof value === 'object' && value !== null && 'use' in value && typeof value.use === 'string')
  );
}
