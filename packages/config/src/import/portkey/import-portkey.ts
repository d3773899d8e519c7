import type { ConfigFile } from '../../define-config.ts';
import { type Imported, Notes } from '../difference.ts';
import { durationText } from '../duration-text.ts';
import { literal } from '../reference.ts';
import { isMapping, SourceFields } from '../source-fields.ts';
import { writeYaml } from '../write-yaml.ts';
import { both, type Condition, conditionOf, Inexpressible, modelsIn } from './condition.ts';
import { type Choice, type Plan, targetsOf } from './plan.ts';
import { readPlan, type Waits } from './read-plan.ts';

type PoolFile = ConfigFile['pools'][string];
type StrategyFile = NonNullable<PoolFile['strategy']>;

/**
 * Makes a configuration of a config of the Portkey gateway. It becomes one pool for any model, or, where conditions look at
 * the model, a pool for each that they name. Throws nothing: what differs in meaning, and what is left out, is in
 * `differences`.
 *
 * Source: https://portkey.ai/docs/api-reference/inference-api/config-object, as of November 2026.
 */
export function importPortkey(text: string): Imported {
  const notes = new Notes();
  const nothing = (message: string): Imported => {
    notes.add([], message);
    return { yaml: undefined, differences: differences(notes) };
  };
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    return nothing(`The source is no JSON: ${(error as Error).message}`);
  }
  if (!isMapping(data)) return nothing('The source is no object with targets, or with a provider.');
  const config = convert(new SourceFields(data, [], notes), notes);
  if (config === undefined)
    return nothing(
      'Nothing of the source could be taken over: there is no target that can be reached.',
    );
  return {
    yaml: writeYaml(config, 'a config of Portkey', notes.all),
    differences: differences(notes),
  };
}

function differences({ all }: Notes): Imported['differences'] {
  return all.map(({ path, message }) => ({ path, message }));
}

function convert(source: SourceFields, notes: Notes): ConfigFile | undefined {
  const ids = new Set<string>();
  const freeId = (wanted: string): string => {
    let id = wanted;
    for (let count = 2; ids.has(id); count++) id = `${wanted}-${count}`;
    ids.add(id);
    return id;
  };
  const waits: Waits = { timeoutsMs: [] };
  const plan = readPlan(source, notes, waits, freeId);
  if (plan === undefined) return undefined;
  place(plan);
  const retry =
    waits.timeoutsMs.length === 0
      ? undefined
      : { total: durationText(Math.max(...waits.timeoutsMs)) };
  const pools: ConfigFile['pools'] = {};
  const said = new Set<string>();
  for (const model of [...new Set(modelsOf(plan)), undefined]) {
    const settled = settle(plan, model, notes, said);
    if (settled === undefined) continue;
    pools[model ?? '*'] = { ...poolOf(settled, notes, said), ...(retry && { retry }) };
  }
  if (Object.keys(pools).length === 0) return undefined;
  const used = new Set(Object.values(pools).flatMap(({ targets }) => targets));
  return { targets: targetsOf(plan).filter(({ id }) => used.has(id)), pools };
}

/** Gives targets the tiers and weights of their places. */
function place(plan: Plan): void {
  const choices: Choice[] = [];
  const walk = (part: Plan): void => {
    if (part.kind === 'sequence') for (const one of part.plans) walk(one);
    else if (part.kind === 'conditional') {
      for (const branch of part.branches) walk(branch.plan);
      if (part.otherwise !== undefined) walk(part.otherwise);
    } else {
      for (const [tier, level] of part.levels.entries()) {
        for (const { target } of level) if (part.levels.length > 1) target.tier = tier;
        choices.push(...level);
      }
    }
  };
  walk(plan);
  // All targets of a pool state a weight, or none does.
  if (choices.every(({ weight }) => weight === choices[0]!.weight)) return;
  for (const { target, weight } of choices) target.weight = weight;
}

function modelsOf(plan: Plan): string[] {
  switch (plan.kind) {
    case 'levels':
      return [];
    case 'sequence':
      return plan.plans.flatMap(modelsOf);
    case 'conditional':
      return [
        ...plan.branches.flatMap(({ query, plan: inner }) => [
          ...modelsIn(query),
          ...modelsOf(inner),
        ]),
        ...(plan.otherwise === undefined ? [] : modelsOf(plan.otherwise)),
      ];
  }
}

/** A plan whose queries are conditions of rules, for requests of one model. */
type Settled =
  | Extract<Plan, { kind: 'levels' }>
  | { readonly kind: 'sequence'; readonly plans: readonly Settled[] }
  | {
      readonly kind: 'rules';
      readonly rules: readonly { readonly when: Condition; readonly plan: Settled }[];
      readonly isOpen: boolean;
    };

function settle(
  plan: Plan,
  model: string | undefined,
  notes: Notes,
  said: Set<string>,
): Settled | undefined {
  if (plan.kind === 'levels') return plan;
  if (plan.kind === 'sequence') {
    const plans = plan.plans.flatMap((one) => settle(one, model, notes, said) ?? []);
    return plans.length > 1 ? { kind: 'sequence', plans } : plans[0];
  }
  const rules: { when: Condition; plan: Settled }[] = [];
  for (const { query, plan: inner, path } of plan.branches) {
    let when: Condition;
    try {
      when = conditionOf(query, model);
    } catch (error) {
      if (!(error instanceof Inexpressible)) throw error;
      once(said, path.join('.'), () =>
        notes.add([...path, 'query'], `${error.message}; it is taken never to hold`),
      );
      continue;
    }
    const settled = when === false ? undefined : settle(inner, model, notes, said);
    if (settled === undefined) continue;
    if (when === true && rules.length === 0) return settled;
    rules.push({ when, plan: settled });
    if (when === true) return { kind: 'rules', rules, isOpen: false };
  }
  const usual = plan.otherwise && settle(plan.otherwise, model, notes, said);
  if (rules.length === 0) return usual;
  if (usual !== undefined) rules.push({ when: true, plan: usual });
  return { kind: 'rules', rules, isOpen: usual === undefined };
}

function once(said: Set<string>, key: string, say: () => void): void {
  if (said.has(key)) return;
  said.add(key);
  say();
}

function poolOf(plan: Settled, notes: Notes, said: Set<string>): PoolFile {
  const targets = [...new Set(idsOf(plan))];
  if (plan.kind === 'levels') return { ...chosen(plan.levels), targets };
  const rules = rulesOf(plan, true);
  const isNested =
    plan.kind === 'sequence' || plan.rules.some((rule) => rule.plan.kind !== 'levels');
  if (plan.kind === 'rules' && plan.isOpen) {
    once(said, 'open', () =>
      notes.add(
        ['strategy', 'default'],
        'is not stated: a request that no condition is about goes to any target; Portkey refuses it',
      ),
    );
  }
  if (isNested) {
    once(said, 'nested', () =>
      notes.add(
        ['targets'],
        'conditions inside another strategy are rules one after the other: where no target of one can be used, those after it are tried',
      ),
    );
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
