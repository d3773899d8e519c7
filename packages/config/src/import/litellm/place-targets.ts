import type { Notes } from '../difference.ts';
import { type Deployment, type Groups, shares } from './deployment.ts';

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
