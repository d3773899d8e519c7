import type { TargetOptions } from '@plimsoll/balancer';
import type { Config, PoolConfig } from '@plimsoll/config';

import type { ServedPool } from '../pool-directory.ts';
import type { Difference } from './difference.ts';

type PoolBalancer = ServedPool['balancer'];

/** A difference to be brought about, and what it takes. */
export interface BalancerChange {
  readonly difference: Difference;
  readonly after: Config;
  /** At work, by pool. */
  readonly balancers: ReadonlyMap<string, PoolBalancer>;
  /** Of earlier changes: they get nothing new and finish what they have. */
  readonly retired: ReadonlySet<PoolBalancer>;
  targetOf(id: string): TargetOptions;
  make(pool: PoolConfig): PoolBalancer;
}

/** The balancers after a change. */
export interface ChangedBalancers {
  readonly balancers: ReadonlyMap<string, PoolBalancer>;
  /** Those whose pools went or were rebuilt. */
  readonly replaced: readonly PoolBalancer[];
  /** Resolves when the last attempt on targets that left has ended. */
  readonly drained: Promise<unknown>;
}

/**
 * Brings a difference about in one go, so that no request sees half of it. Balancers whose strategy and policies stay
 * are kept, with their counts. A target that changed leaves all its pools before its successor of the same id joins
 * them; balancers that only finish what they have get the successor too, for their retries.
 */
export function changeBalancers(change: BalancerChange): ChangedBalancers {
  const { difference, after, balancers, retired, targetOf } = change;
  const { targets, pools } = difference;
  const removed = new Set(targets.removed);
  const replaced = new Set(targets.replaced);
  const rebuilt = new Set(pools.rebuilt);
  const draining = new Set<string>();
  const drained: Promise<void>[] = [];
  const had: { balancer: PoolBalancer; id: string }[] = [];

  for (const balancer of [...balancers.values(), ...retired]) {
    for (const { id, state } of balancer.stats().targets) {
      if (!removed.has(id) && !replaced.has(id)) continue;
      if (state === 'draining') draining.add(id);
      if (replaced.has(id)) had.push({ balancer, id });
      drained.push(balancer.remove(id));
    }
  }
  for (const { pool, target } of pools.left) {
    if (removed.has(target) || replaced.has(target)) continue;
    drained.push(balancers.get(pool)!.remove(target));
  }

  // In the order of the configuration, as at start: the first pool that names a target makes it.
  const now = new Map<string, PoolBalancer>();
  const isJoining = new Set(pools.joined.map(({ pool, target }) => JSON.stringify([pool, target])));
  for (const pool of after.pools) {
    const kept = rebuilt.has(pool.name) ? undefined : balancers.get(pool.name);
    now.set(pool.name, kept ?? change.make(pool));
    if (kept === undefined) continue;
    for (const id of pool.targets) {
      if (replaced.has(id) || isJoining.has(JSON.stringify([pool.name, id]))) {
        kept.add(targetOf(id));
      }
    }
  }
  const working = new Set(now.values());
  for (const { balancer, id } of had) if (!working.has(balancer)) balancer.add(targetOf(id));

  const holder = (id: string): PoolBalancer | undefined => {
    const pool = after.pools.find((one) => one.targets.includes(id));
    return pool && now.get(pool.name);
  };
  for (const { target, to } of targets.reweighted) {
    if (!replaced.has(target)) holder(target)?.setWeight(target, to);
  }
  for (const id of draining) if (replaced.has(id)) void holder(id)?.drain(id);
  return {
    balancers: now,
    replaced: [...balancers.values()].filter((balancer) => !working.has(balancer)),
    drained: Promise.all(drained),
  };
}
