import type { Path } from '../../problem.ts';
import type { TargetFile } from './leaf.ts';

/** How Portkey's tree of targets chooses, whatever it is nested like. */
export type Plan =
  /** One of the first level by weight; of the next only when none of those before can be used. */
  | { readonly kind: 'levels'; readonly levels: readonly (readonly Choice[])[] }
  /** The first plan that has a target which can be used. */
  | { readonly kind: 'sequence'; readonly plans: readonly Plan[] }
  /** The plan of the first query that holds. */
  | {
      readonly kind: 'conditional';
      readonly branches: readonly Branch[];
      readonly otherwise: Plan | undefined;
      readonly path: Path;
    };

export interface Choice {
  readonly target: TargetFile;
  /** Above 0 for all but those that are never drawn. */
  readonly weight: number;
}

export interface Branch {
  readonly query: unknown;
  readonly plan: Plan;
  readonly path: Path;
}

export function levelsOf(...levels: (readonly Choice[])[]): Plan {
  return { kind: 'levels', levels };
}

/** One plan after another. */
export function inOrder(plans: readonly Plan[]): Plan {
  if (plans.length === 1) return plans[0]!;
  if (!plans.every((plan) => plan.kind === 'levels')) return { kind: 'sequence', plans };
  return levelsOf(...plans.flatMap(({ levels }) => levels));
}

/** The levels that stand for a plan where only levels can be: those that are used unless a condition says otherwise. */
export function plainLevels(plan: Plan): readonly (readonly Choice[])[] {
  switch (plan.kind) {
    case 'levels':
      return plan.levels;
    case 'sequence':
      return plan.plans.flatMap(plainLevels);
    case 'conditional': {
      const usual = plan.otherwise ?? plan.branches[0]?.plan;
      return usual === undefined ? [] : plainLevels(usual);
    }
  }
}

/** Plans drawn by weight, each with its own part of it, level by level. */
export function drawn(parts: readonly { readonly weight: number; readonly plan: Plan }[]): Plan {
  const levels: Choice[][] = [];
  for (const { weight, plan } of parts) {
    for (const [index, level] of plainLevels(plan).entries()) {
      const whole = level.reduce((sum, choice) => sum + choice.weight, 0);
      const scaled = level.map((choice) => ({
        target: choice.target,
        weight: whole === 0 ? 0 : rounded((choice.weight * weight) / whole),
      }));
      (levels[index] ??= []).push(...scaled);
    }
  }
  return levelsOf(...levels);
}

/** Without what binary fractions add. */
function rounded(weight: number): number {
  return Number(weight.toPrecision(6));
}

/** Every target of a plan, in order, each once. */
export function targetsOf(plan: Plan): TargetFile[] {
  switch (plan.kind) {
    case 'levels':
      return [...new Set(plan.levels.flat().map(({ target }) => target))];
    case 'sequence':
      return [...new Set(plan.plans.flatMap(targetsOf))];
    case 'conditional': {
      const plans = [...plan.branches.map((branch) => branch.plan), plan.otherwise ?? []].flat();
      return [...new Set(plans.flatMap(targetsOf))];
    }
  }
}
