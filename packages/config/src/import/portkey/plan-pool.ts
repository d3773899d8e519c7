import type { ConfigFile } from '../../define-config.ts';
import type { Notes } from '../difference.ts';
import { literal } from '../reference.ts';
import { both, type Condition } from './condition.ts';
import type { Choice } from './plan.ts';
import type { Settled } from './settle.ts';

type PoolFile = ConfigFile['pools'][string];
type StrategyFile = NonNullable<PoolFile['strategy']>;

/** The pool that chooses as a plan does. */
export function poolOf(plan: Settled, notes: Notes): PoolFile {
  const targets = [...new Set(idsOf(plan))];
  if (plan.kind === 'levels') return { ...chosen(plan.levels), targets };
  const rules = rulesOf(plan, true);
  const isNested =
    plan.kind === 'sequence' || plan.rules.some((rule) => rule.plan.kind !== 'levels');
  if (plan.kind === 'rules' && plan.open !== undefined) {
    const message =
      'has no default: a request that no condition is about goes to any target; Portkey refuses it';
    notes.add(plan.open, message);
  }
  if (isNested) {
    const message =
      'conditions inside another strategy are rules one after the other: where no target of one can be used, those ' +
      'after it are tried';
    notes.add(['targets'], message);
  }
  return {
    strategy: { use: 'rules', rules, ...(isNested ? {} : { fallThrough: false }) },
    targets,
  };
}

function rulesOf(plan: Settled, guard: Condition): object[] {
  if (plan.kind === 'sequence') return plan.plans.flatMap((one) => rulesOf(one, guard));
  if (plan.kind === 'rules')
    return plan.rules.flatMap(({ when, plan: inner }) => rulesOf(inner, both(guard, when)));
  const { strategy: use } = chosen(plan.levels);
  return [{ when: literal(String(guard)), ...(use && { use }), targets: idsOf(plan) }];
}

function idsOf(plan: Settled): string[] {
  if (plan.kind === 'sequence') return plan.plans.flatMap(idsOf);
  if (plan.kind === 'rules') return plan.rules.flatMap((rule) => idsOf(rule.plan));
  return plan.levels.flat().map(({ target }) => target.id);
}

/** What chooses among levels; nothing for a single target. */
function chosen(levels: readonly (readonly Choice[])[]): { strategy?: StrategyFile } {
  const isDrawn = levels.some((level) => level.length > 1);
  if (levels.length > 1)
    return { strategy: isDrawn ? { use: 'tiered', within: 'random' } : 'tiered' };
  return isDrawn ? { strategy: 'random' } : {};
}
