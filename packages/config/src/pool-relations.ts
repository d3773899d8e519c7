import type { Complaint } from './complaints.ts';
import type { PlacedTarget } from './placed-targets.ts';
import type { Path } from './problem.ts';
import type { FilePool } from './schema.ts';
import { knownStrategy } from './strategies.ts';
import { nameOf, type PlacedStrategy, rulesOf, strategiesIn } from './strategy-tree.ts';
import { oneOf, suggestion } from './suggest.ts';

/** What is wrong, or doubtful, with a pool's policies for the targets it has. */
export function poolRelations(
  pool: FilePool,
  members: readonly PlacedTarget[],
  path: Path,
): { errors: readonly Complaint[]; warnings: readonly Complaint[] } {
  const strategies =
    pool.strategy === undefined
      ? []
      : strategiesIn({ strategy: pool.strategy, path: [...path, 'strategy'] });
  return {
    errors: probeErrors(pool, members, path),
    warnings: [
      ...strategies.flatMap((strategy) => ruleWarnings(strategy, members)),
      ...strategies.flatMap((strategy) => costWarnings(strategy, members)),
      ...hashWarnings(pool, strategies, path),
      ...residencyWarnings(pool, members, path),
      ...secondsWarnings(pool, path),
    ],
  };
}

function probeErrors(
  { health }: FilePool,
  members: readonly PlacedTarget[],
  path: Path,
): Complaint[] {
  const request = health?.probe?.request;
  const open = members.find(({ target }) => target.model === '*');
  if (request === undefined || request.model !== undefined || open === undefined) return [];
  const message = `is missing: "${open.target.id}" hands on the name of the model, so the probe must state one`;
  return [{ path: [...path, 'health', 'probe', 'request', 'model'], message }];
}

function ruleWarnings(placed: PlacedStrategy, members: readonly PlacedTarget[]): Complaint[] {
  const ids = members.map(({ target }) => target.id);
  const tags = [...new Set(members.flatMap(({ target }) => target.tags ?? []))];
  const check = (names: readonly string[], known: readonly string[], path: Path, what: string) =>
    names.flatMap((name, at): Complaint[] => {
      if (known.includes(name)) return [];
      const all = known.length === 0 ? 'there are none' : `there are ${oneOf(known)}`;
      const message = `no target of the pool has the ${what} "${name}"${suggestion(name, known)}; ${all}`;
      return [{ path: [...path, at], message }];
    });
  return rulesOf(placed.strategy).flatMap((rule, index) => {
    const path = [...placed.path, 'rules', index];
    return [
      ...check(rule.targets ?? [], ids, [...path, 'targets'], 'id'),
      ...check(rule.tags ?? [], tags, [...path, 'tags'], 'tag'),
    ];
  });
}

function costWarnings({ strategy, path }: PlacedStrategy, members: readonly PlacedTarget[]) {
  if (knownStrategy(nameOf(strategy)) !== 'cost') return [];
  const without = members.filter(({ target }) => target.price === undefined);
  if (without.length === 0) return [];
  const ids = without.map(({ target }) => target.id).join(', ');
  return [{ path, message: `cost uses targets without a price last; these state none: ${ids}` }];
}

function hashWarnings(
  { hash = {} }: FilePool,
  strategies: readonly PlacedStrategy[],
  path: Path,
): Complaint[] {
  const uses = strategies.map(({ strategy }) => knownStrategy(nameOf(strategy)));
  if (uses.includes('consistent-hash')) return [];
  // A package may read the key, too.
  const unread = uses.includes(undefined) ? (['bound'] as const) : (['key', 'bound'] as const);
  return unread
    .filter((name) => hash[name] !== undefined)
    .map((name) => {
      const message = 'is read by no strategy of the pool; consistent-hash does';
      return { path: [...path, 'hash', name], message };
    });
}

/** A plain number is milliseconds; one this small was most likely meant as seconds. */
function secondsWarnings({ retry = {} }: FilePool, path: Path): Complaint[] {
  return (['deadline', 'firstContent', 'idle', 'total', 'connect'] as const).flatMap((name) => {
    const value = retry[name];
    if (typeof value !== 'number' || value >= 100) return [];
    const message = `is ${value} milliseconds; ${value} seconds are written ${value}s`;
    return [{ path: [...path, 'retry', name], message }];
  });
}

function residencyWarnings(
  { residency }: FilePool,
  members: readonly PlacedTarget[],
  path: Path,
): Complaint[] {
  if (residency === undefined) return [];
  const outside = members.filter(
    ({ target: { region } }) =>
      region === undefined ||
      !residency.some((place) => region === place || region.startsWith(`${place}-`)),
  );
  if (outside.length === 0) return [];
  const ids = outside.map(({ target }) => target.id).join(', ');
  const message =
    outside.length === members.length
      ? `no target of the pool lies there, so no request can be served: ${ids}`
      : `these targets lie elsewhere and are never used: ${ids}`;
  return [{ path: [...path, 'residency'], message }];
}
