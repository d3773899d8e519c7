import type { ServedPool } from '../pool-directory.ts';

/** A pool with its numbers, as `GET /admin/pools` tells it: everything of its targets but keys and addresses. */
export function poolView({ name, accepts, targets, balancer }: ServedPool): object {
  const stats = balancer.stats();
  const configs = new Map(targets.map((target) => [target.id, target]));
  return {
    name,
    accepts,
    strategy: stats.strategy,
    requests: stats.requests,
    succeeded: stats.succeeded,
    failed: stats.failed,
    aborted: stats.aborted,
    attempts: stats.attempts,
    targets: stats.targets.map((target) => {
      const { provider, model, region, tier, tags, price, limits } = configs.get(target.id)!;
      return { provider, model, region, tier, tags, price, limits, ...target };
    }),
  };
}
