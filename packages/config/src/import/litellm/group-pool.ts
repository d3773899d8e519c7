import type { ConfigFile } from '../../define-config.ts';
import type { Path } from '../../problem.ts';
import type { Notes } from '../difference.ts';
import { durationText } from '../duration-text.ts';
import { literal } from '../reference.ts';
import type { Deployment, Groups } from './deployment.ts';
import type { SharedPolicies } from './shared-policies.ts';
import type { Takeover } from './takeovers.ts';

type PoolFile = ConfigFile['pools'][string];
type StrategyFile = NonNullable<PoolFile['strategy']>;

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
