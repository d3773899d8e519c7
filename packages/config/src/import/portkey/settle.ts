import type { Path } from '../../problem.ts';
import type { Notes } from '../difference.ts';
import { type Condition, conditionOf, Inexpressible, modelsIn } from './condition.ts';
import type { Plan } from './plan.ts';

/** The names of models that the queries of a plan compare with. */
export function modelsOf(plan: Plan): string[] {
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
export type Settled =
  | Extract<Plan, { kind: 'levels' }>
  | { readonly kind: 'sequence'; readonly plans: readonly Settled[] }
  | {
      readonly kind: 'rules';
      readonly rules: readonly { readonly when: Condition; readonly plan: Settled }[];
      /** Where a plan for all else could be stated and is not. */
      readonly open: Path | undefined;
    };

export function settle(plan: Plan, model: string | undefined, notes: Notes): Settled | undefined {
  if (plan.kind === 'levels') return plan;
  if (plan.kind === 'sequence') {
    const plans = plan.plans.flatMap((one) => settle(one, model, notes) ?? []);
    return plans.length > 1 ? { kind: 'sequence', plans } : plans[0];
  }
  const rules: { when: Condition; plan: Settled }[] = [];
  for (const { query, plan: inner, path } of plan.branches) {
    let when: Condition;
    try {
      when = conditionOf(query, model);
    } catch (error) {
      if (!(error instanceof Inexpressible)) throw error;
      notes.add([...path, 'query'], `${error.message}; it is taken never to hold`);
      continue;
    }
    const settled = when === false ? undefined : settle(inner, model, notes);
    if (settled === undefined) continue;
    if (when === true && rules.length === 0) return settled;
    rules.push({ when, plan: settled });
    if (when === true) return { kind: 'rules', rules, open: undefined };
  }
  const usual = plan.otherwise && settle(plan.otherwise, model, notes);
  if (rules.length === 0) return usual;
  if (usual !== undefined) rules.push({ when: true, plan: usual });
  return { kind: 'rules', rules, open: usual === undefined ? plan.path : undefined };
}
