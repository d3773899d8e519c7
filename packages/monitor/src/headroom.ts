import type { Headroom } from '@plimsoll/balancer';

import { allowedPerSecond } from './quotas.ts';
import type { TargetWatch } from './target-watch.ts';
import type { Figures } from './view.ts';

/** What one request uses on average, by what limits count; undefined where that is not known. */
export type MeanUse = Readonly<Record<Headroom['dimension'], number | undefined>>;

/**
 * How many times the present rate the limits allow: what they allow all usable targets together, as requests of the mean
 * size, by what is asked for now. One usable target without a limit makes the whole unlimited.
 */
export function headroom(
  usable: readonly TargetWatch[],
  use: MeanUse,
  ratePerSecond: number,
  nowMs: number,
): Omit<Figures['headroom'], 'points'> {
  if (usable.length === 0) {
    return { timesNow: ratePerSecond > 0 ? 0 : null, capacityPerSecond: 0, tightest: null };
  }
  let capacity = 0;
  for (const watch of usable) capacity += capacityOf(watch, usable, use, nowMs);
  const capacityPerSecond = Number.isFinite(capacity) ? capacity : null;
  return {
    capacityPerSecond,
    timesNow:
      capacityPerSecond === null || ratePerSecond === 0 ? null : capacityPerSecond / ratePerSecond,
    tightest: tightestOf(usable),
  };
}

/** Requests per second that the limits of one target allow; `Infinity` where it has none that can be told in requests. */
function capacityOf(
  { target, stats }: TargetWatch,
  usable: readonly TargetWatch[],
  use: MeanUse,
  nowMs: number,
): number {
  let least = Infinity;
  for (const quota of stats.quotas) {
    const each = use[quota.dimension];
    if (each === undefined) continue;
    const sharers = quota.scope === 'target' ? 1 : usable.filter(sharesLimitsWith(target)).length;
    least = Math.min(least, allowedPerSecond(quota, nowMs) / each / sharers);
  }
  const { concurrencyLimit, averageLatencyMs } = stats;
  if (concurrencyLimit !== undefined && averageLatencyMs !== undefined) {
    // Little's law: so many at once, each for so long.
    least = Math.min(least, (concurrencyLimit * 1000) / Math.max(1, averageLatencyMs));
  }
  return least;
}

/** Limits of a quota group hold for each model by itself. */
export function sharesLimitsWith(target: TargetWatch['target']): (other: TargetWatch) => boolean {
  return (other) =>
    other.target.quotaGroup === target.quotaGroup && other.target.model === target.model;
}

function tightestOf(usable: readonly TargetWatch[]): Figures['headroom']['tightest'] {
  let tightest: Figures['headroom']['tightest'] = null;
  for (const { target, stats } of usable) {
    for (const { leftRatio } of stats.quotas) {
      if (tightest === null || leftRatio < tightest.leftRatio) {
        tightest = { target: target.id, leftRatio };
      }
    }
  }
  return tightest;
}
