import type { Complaint } from './complaints.ts';
import { type PlacedTarget, placedTargets } from './placed-targets.ts';
import type { Path } from './problem.ts';
import { presets } from './presets.ts';
import { clientRelations } from './client-relations.ts';
import { poolRelations } from './pool-relations.ts';
import type { FileConfig } from './schema.ts';
import { oneOf, suggestion } from './suggest.ts';

/** What no single value can show: names that must exist or must differ, and values that depend on others. */
export interface Relations {
  readonly errors: readonly Complaint[];
  readonly warnings: readonly Complaint[];
}

export function relations(config: FileConfig): Relations {
  const errors: Complaint[] = [];
  const warnings: Complaint[] = [];
  const placed = placedTargets(config);
  const byId = new Map<string, PlacedTarget>();
  for (const place of placed) {
    const earlier = byId.get(place.target.id);
    if (earlier === undefined) byId.set(place.target.id, place);
    else errors.push({ path: [...place.path, 'id'], message: duplicate(place.target.id) });
    errors.push(...credential(place));
  }

  const used = new Set<string>();
  for (const [name, pool] of Object.entries(config.pools)) {
    const path = ['pools', name];
    const members: PlacedTarget[] = [];
    for (const [index, entry] of pool.targets.entries()) {
      const id = typeof entry === 'string' ? entry : entry.id;
      const at = [...path, 'targets', index];
      const member = byId.get(id);
      if (member === undefined) {
        errors.push({ path: at, message: unknownTarget(id, [...byId.keys()]) });
      } else if (members.includes(member)) {
        errors.push({ path: at, message: `names the target "${id}" for the second time` });
      } else {
        members.push(member);
        used.add(id);
      }
    }
    errors.push(...weights(members, name, path));
    warnings.push(...sharedLimits(members));
    const own = poolRelations(pool, members, path);
    errors.push(...own.errors);
    warnings.push(...own.warnings);
  }
  errors.push(...clientRelations(config));
  if (typeof config.state === 'object' && Object.keys(config.state).length !== 1) {
    errors.push({ path: ['state'], message: 'must have either sqlite or redis' });
  }
  warnings.push(...unpricedBudgets(config, placed));
  warnings.push(...unusedGroups(config, placed));

  for (const { target, path } of placed) {
    if (!used.has(target.id)) warnings.push({ path, message: `"${target.id}" is in no pool` });
  }
  return { errors, warnings };
}

/** Budgets count what requests cost, which is not known of targets that state no price. */
function unpricedBudgets(config: FileConfig, placed: readonly PlacedTarget[]): Complaint[] {
  const unpriced = new Set(
    placed.filter(({ target }) => target.price === undefined).map(({ target }) => target.id),
  );
  if (unpriced.size === 0) return [];
  const warn = (path: Path, ids: readonly string[]): Complaint[] => {
    const list = ids.filter((id) => unpriced.has(id)).join(', ');
    return list === ''
      ? []
      : [{ path, message: `does not count targets without a price: ${list}` }];
  };
  const all = placed.map(({ target }) => target.id);
  return [
    ...(config.budgets === undefined ? [] : warn(['budgets'], all)),
    ...placed.flatMap(({ target: { id, budget }, path }) =>
      budget === undefined ? [] : warn([...path, 'budget'], [id]),
    ),
    ...Object.entries(config.pools).flatMap(([name, { budget, targets }]) => {
      if (budget === undefined) return [];
      const ids = targets.map((target) => (typeof target === 'string' ? target : target.id));
      return warn(['pools', name, 'budget'], ids);
    }),
    ...(config.clients ?? []).flatMap(({ budget }, index) =>
      budget === undefined ? [] : warn(['clients', index, 'budget'], all),
    ),
  ];
}

function unusedGroups(
  { quotaGroups = {} }: FileConfig,
  placed: readonly PlacedTarget[],
): Complaint[] {
  const used = [...new Set(placed.flatMap(({ target }) => target.quotaGroup ?? []))];
  return Object.keys(quotaGroups)
    .filter((name) => !used.includes(name))
    .map((name) => {
      const message = `no target has the quota group "${name}"${suggestion(name, used)}`;
      return { path: ['quotaGroups', name], message, isKey: true };
    });
}

function duplicate(id: string): string {
  return `"${id}" is the id of another target already; ids are unique in the file, and several pools may name one`;
}

function unknownTarget(id: string, ids: readonly string[]): string {
  const known = ids.length === 0 ? 'there are no targets' : `the targets are ${oneOf(ids)}`;
  return `names no target: "${id}"${suggestion(id, ids)}; ${known}`;
}

function credential({ target, path }: PlacedTarget): Complaint[] {
  const preset = presets.find(({ name }) => name === target.provider)!;
  const missing: Complaint[] = [];
  if (preset.needsBaseUrl && target.baseUrl === undefined) {
    const message = `is missing; a target of the provider ${preset.name} states the address it is reached at`;
    missing.push({ path: [...path, 'baseUrl'], message });
  }
  if (preset.needsKey && target.apiKey === undefined && target.baseUrl === undefined) {
    const example = `\${${preset.variable ?? 'API_KEY'}}`;
    const message = `is missing; a target of the provider ${preset.name} needs one, such as ${example}`;
    missing.push({ path: [...path, 'apiKey'], message });
  }
  if (target.apiVersion !== undefined && target.provider !== 'azure') {
    const message = 'is for targets of the provider azure only';
    missing.push({ path: [...path, 'apiVersion'], message, isKey: true });
  }
  if (target.simulate !== undefined && target.provider !== 'simulated') {
    const message = 'is for targets of the provider simulated only';
    missing.push({ path: [...path, 'simulate'], message, isKey: true });
  }
  return missing;
}

function weights(members: readonly PlacedTarget[], name: string, path: Path): Complaint[] {
  const without = members.filter(({ target }) => target.weight === undefined);
  if (without.length === members.length) return [];
  const [first] = without;
  if (first !== undefined) {
    const ids = without.map(({ target }) => target.id).join(', ');
    const message = `the pool ${name} has targets with a weight and others without (${ids}): state it for all or for none`;
    return [{ path: [...first.path, 'weight'], message }];
  }
  if (members.every(({ target }) => target.weight === 0)) {
    const message =
      'every target has the weight 0, which means standby; one at least must have more';
    return [{ path: [...path, 'targets'], message }];
  }
  return [];
}

/** Targets of one pool whose limits are one: the second of them adds no capacity, which is mostly not what was meant. */
function sharedLimits(members: readonly PlacedTarget[]): Complaint[] {
  const first = new Map<string, string>();
  const found: Complaint[] = [];
  for (const { target, path } of members) {
    const { id, model, provider, quotaGroup, apiKey, baseUrl } = target;
    if (quotaGroup === undefined && apiKey === undefined) continue;
    const limits = quotaGroup ?? [provider, apiKey, baseUrl];
    const key = JSON.stringify([limits, model]);
    const earlier = first.get(key);
    if (earlier === undefined) {
      first.set(key, id);
      continue;
    }
    const what = quotaGroup === undefined ? 'API key' : `quota group ${quotaGroup}`;
    const message = `"${id}" has the ${what} of "${earlier}" and so its limits: it adds no capacity`;
    found.push({ path, message });
  }
  return found;
}
