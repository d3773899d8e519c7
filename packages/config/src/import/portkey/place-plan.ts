import type { Choice, Plan } from './plan.ts';

/** Gives targets the tiers and weights of their places. */
export function place(plan: Plan): void {
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
