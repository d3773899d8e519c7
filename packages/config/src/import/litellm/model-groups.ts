import type { ConfigFile } from '../../define-config.ts';
import type { Path } from '../../problem.ts';
import type { Notes } from '../difference.ts';
import { durationText } from '../duration-text.ts';
import { literal } from '../reference.ts';
import { isMapping, type SourceFields } from '../source-fields.ts';
import { type Deployment, shares } from './deployment.ts';
import type { SharedPolicies } from './settings.ts';

type PoolFile = ConfigFile['pools'][string];
type StrategyFile = NonNullable<PoolFile['strategy']>;

/** Deployments by their group, in the order of the file. */
export type Groups = ReadonlyMap<string, readonly Deployment[]>;

const strategies: Readonly<Record<string, string>> = {
  'simple-shuffle': 'random',
  'least-busy': 'least-busy',
  'usage-based-routing': 'quota-headroom',
  'usage-based-routing-v2': 'quota-headroom',
  'latency-based-routing': 'latency',
  'cost-based-routing': 'cost',
};

const differs: Readonly<Record<string, string>> = {
  'quota-headroom':
    'compares what is left of the limits, as a share of them, not the tokens used in this minute',
  latency:
    'weighs time to the first content and time per token, and sends slow targets less rather than nothing',
  cost: 'takes prices that the file does not state from a table of its own',
};

/** The strategy that all groups have. */
export function readStrategy(router: SourceFields | undefined, notes: Notes): string {
  const named = router?.text('routing_strategy');
  if (router === undefined || named === undefined) return 'random';
  const use = Object.hasOwn(strategies, named) ? strategies[named]! : undefined;
  const path = router.at('routing_strategy');
  if (use === undefined)
    notes.add(
      path,
      `"${named}" is not known to the importer; random is taken, as LiteLLM does where nothing is stated`,
    );
  else if (differs[use] !== undefined) notes.add(path, `is ${use}, which ${differs[use]}`);
  return use ?? 'random';
}

/** Weights and tiers of the targets, as the deployments' shares and orders have them. */
export function placeTargets(groups: Groups, strategy: string, notes: Notes): void {
  if (strategy === 'random') weigh(groups, notes);
  for (const deployments of groups.values()) rank(deployments, notes);
}

function weigh(groups: Groups, notes: Notes): void {
  const weights = new Map<Deployment, number>();
  for (const deployments of groups.values()) {
    const share = shares.find((one) => deployments.some(({ stated }) => stated[one] !== undefined));
    if (share === undefined || deployments.length === 1) continue;
    const given = deployments.map(({ stated }) => stated[share] ?? 0);
    if (given.every((weight) => weight === given[0])) continue;
    for (const [index, deployment] of deployments.entries()) {
      weights.set(deployment, given[index]!);
      if (given[index] !== 0) continue;
      notes.add(
        deployment.path,
        `has no ${share} beside others that have, so LiteLLM never picks it; here it is standby`,
        deployment.target.id,
      );
    }
  }
  if (weights.size === 0) return;
  // All targets of a pool must state a weight, or none, and a pool may have targets of other groups as fallbacks.
  for (const deployment of [...groups.values()].flat()) {
    deployment.target.weight = weights.get(deployment) ?? 1;
  }
}

function rank(deployments: readonly Deployment[], notes: Notes): void {
  const orders = deployments.flatMap(({ order }) => order ?? []);
  if (orders.length === 0) return;
  const ranks = [...new Set(orders)].sort((a, b) => a - b);
  for (const { order, target, path } of deployments) {
    target.tier = order === undefined ? ranks.length : ranks.indexOf(order);
    if (order === undefined)
      notes.add(
        path,
        'has no order beside others that have one, so LiteLLM does not pick it; here it comes last',
        target.id,
      );
  }
}

/** What takes over from a group. */
export interface Takeover {
  readonly group: string;
  /** Why, as a rule's name says it. */
  readonly kind: 'fallback' | 'context window' | 'content policy';
}

/** Takeovers by group. */
export type Takeovers = ReadonlyMap<string, readonly Takeover[]>;

const kinds = [
  ['fallbacks', 'fallback'],
  ['context_window_fallbacks', 'context window'],
  ['content_policy_fallbacks', 'content policy'],
] as const;

/** @param places - where fallbacks may stand; all that are stated count. */
export function readTakeovers(
  places: readonly SourceFields[],
  groups: Groups,
  notes: Notes,
): Takeovers {
  const found = new Map<string, Takeover[]>();
  const add = (group: string, kind: Takeover['kind'], names: unknown, path: Path): void => {
    if (!groups.has(group)) {
      notes.add(path, `"${group}" is no model group of the result, and is left out`);
      return;
    }
    for (const [index, name] of [names].flat().entries()) {
      const by = isMapping(name) ? (name as { model?: unknown }).model : name;
      if (isMapping(name))
        notes.add(
          [...path, index],
          'is taken as the name of a model group; its parameters are left out',
        );
      const other = typeof by === 'string' ? groupOf(by, groups) : undefined;
      if (other === undefined) {
        notes.add([...path, index], 'names no model group of the result, and is left out');
      } else if (other !== group) {
        found.set(group, [...(found.get(group) ?? []), { group: other, kind }]);
      } else if (by !== group) {
        notes.add([...path, index], 'is left out: it is of the group itself, and tried there');
      }
    }
  };
  for (const place of places) {
    for (const [key, kind] of kinds) {
      for (const entry of place.allFields(key)) {
        for (const name of entry.names) {
          const after = entry.take(name);
          if (name === '*')
            for (const group of groups.keys()) add(group, kind, after, entry.at(name));
          else add(name, kind, after, entry.at(name));
        }
      }
      if (!place.has(key)) continue;
      if (kind === 'context window')
        notes.add(
          place.at(key),
          'also takes over when nothing else can: which requests are too long is told by capabilities.contextWindow of targets, where it is stated',
        );
      if (kind === 'content policy')
        notes.add(
          place.at(key),
          'also takes over when nothing else can; retry.policyFailover lets other targets of the pool try what a policy refused',
        );
    }
    const always = place.list('default_fallbacks');
    for (const group of always.length === 0 ? [] : groups.keys()) {
      if (found.has(group)) continue;
      add(
        group,
        'fallback',
        always.filter((name) => name !== group),
        place.at('default_fallbacks'),
      );
    }
  }
  return found;
}

/** A name of a group, or the id of a deployment, which stands for its group. */
function groupOf(name: string, groups: Groups): string | undefined {
  if (groups.has(name)) return name;
  for (const [group, deployments] of groups) {
    if (deployments.some(({ target }) => target.id === name)) return group;
  }
  return undefined;
}

/** The pool of a group. */
export function poolOf(
  group: string,
  groups: Groups,
  takeovers: readonly Takeover[],
  strategy: string,
  { retry, breaker }: SharedPolicies,
  notes: Notes,
): PoolFile {
  const own = groups.get(group)!;
  const policies = { ...retry, ...ownTimes(own, notes) };
  if (takeovers.some(({ kind }) => kind === 'content policy')) policies.policyFailover = true;
  const members = [...own];
  const rules = [rule(group, own, strategy)];
  for (const { group: other, kind } of takeovers) {
    const fresh = groups.get(other)!.filter((one) => !members.includes(one));
    if (fresh.length === 0) continue;
    members.push(...fresh);
    rules.push(rule(`${kind}: ${other}`, fresh, strategy));
  }
  return {
    ...(rules.length === 1 ? within(own, strategy) : { strategy: { use: 'rules', rules } }),
    targets: idsOf(members),
    ...(Object.keys(policies).length === 0 ? {} : { retry: policies }),
    ...(Object.keys(breaker).length === 0 ? {} : { health: { breaker } }),
  };
}

/** A rule that always holds: it gives way to the next when none of its targets can be used. */
function rule(name: string, deployments: readonly Deployment[], strategy: string): object {
  const { strategy: use } = within(deployments, strategy);
  return { name: literal(name), when: 'true', ...(use && { use }), targets: idsOf(deployments) };
}

/** A single target needs no strategy. */
function within(
  deployments: readonly Deployment[],
  strategy: string,
): { readonly strategy?: StrategyFile } {
  if (deployments.length === 1) return {};
  const isRanked = deployments.some(({ target }) => target.tier !== undefined);
  return { strategy: isRanked ? { use: 'tiered', within: strategy } : strategy };
}

function idsOf(deployments: readonly Deployment[]): string[] {
  return deployments.map(({ target }) => target.id);
}

/** The longest time of the deployments: it holds for all of a pool. */
function ownTimes(
  deployments: readonly Deployment[],
  notes: Notes,
): NonNullable<PoolFile['retry']> {
  const times: NonNullable<PoolFile['retry']> = {};
  const about = ['pools', deployments[0]!.group, 'retry'];
  const total = longest(deployments, 'timeoutSeconds');
  if (total !== undefined) {
    times.total = durationText(total.seconds * 1000);
    const message = total.isOfAll
      ? 'bounds a whole request, all its attempts included, not each of them'
      : `is ${durationText(total.seconds * 1000)} for a whole request to the pool, whichever targets are tried`;
    notes.add([...total.path, 'litellm_params', 'timeout'], message, about);
  }
  const first = longest(deployments, 'streamTimeoutSeconds');
  if (first !== undefined) {
    times.firstContent = durationText(first.seconds * 1000);
    if (first.seconds > 60) times.deadline = durationText(first.seconds * 1000);
    if (!first.isOfAll) {
      const message = `is ${durationText(first.seconds * 1000)} for all targets of the pool`;
      notes.add([...first.path, 'litellm_params', 'stream_timeout'], message, about);
    }
  }
  return times;
}

function longest(
  deployments: readonly Deployment[],
  key: 'timeoutSeconds' | 'streamTimeoutSeconds',
): { readonly seconds: number; readonly path: Path; readonly isOfAll: boolean } | undefined {
  const stating = deployments.filter((one) => one[key] !== undefined);
  const [first] = stating;
  if (first === undefined) return undefined;
  const seconds = Math.max(...stating.map((one) => one[key]!));
  const isOfAll = deployments.every((one) => one[key] === seconds);
  return { seconds, path: first.path, isOfAll };
}
