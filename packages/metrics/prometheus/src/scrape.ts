import type { ObservedStats, ObservedTarget } from '@plimsoll/core';

import type { PoolWatch } from './pool-watch.ts';
import type { TargetWatch } from './target-watch.ts';

/** Everything as it stands when Prometheus asks. */
export interface Scrape {
  readonly pools: readonly PoolAt[];
  /** Each target once, however many pools share it: for what is the target's own. */
  readonly targets: readonly ObservedTarget[];
  readonly changes: TargetWatch;
  readonly storeErrors: number;
  readonly reloads: { readonly success: number; readonly failure: number };
  /** Labels of `build_info`. */
  readonly build: Readonly<Record<string, string>> | undefined;
}

export interface PoolAt {
  readonly pool: string;
  readonly watch: PoolWatch;
  readonly stats: ObservedStats;
}

/** The pools' numbers. One that cannot tell its own is left out, with a process warning. */
export function readPools(watches: Iterable<PoolWatch>): PoolAt[] {
  return [...watches].flatMap((watch) => {
    try {
      return [{ pool: watch.balancer.name, watch, stats: watch.balancer.stats() }];
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error), 'PlimsollMetrics');
      return [];
    }
  });
}

/** Each target of `pools` once. */
export function targetsOf(pools: readonly PoolAt[]): ObservedTarget[] {
  const byId = new Map<string, ObservedTarget>();
  for (const { stats } of pools) for (const target of stats.targets) byId.set(target.id, target);
  return [...byId.values()];
}
