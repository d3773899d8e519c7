import type { Stats } from '@plimsoll/balancer';

import { commonCause } from './common-cause.ts';
import type { ShareWatch } from './share-watch.ts';
import type { TargetWatch } from './target-watch.ts';
import type { Verdict } from './view.ts';

/** What callers saw in the last minute. */
export interface LastMinute {
  /** Requests that were not served, callers' own faults apart. */
  readonly failed: number;
  /** Those of them that no attempt was made for. */
  readonly refused: number;
}

/** Whether callers are served. */
export function verdict(
  present: readonly TargetWatch[],
  stats: Stats,
  shares: ShareWatch,
  { failed, refused }: LastMinute,
): Verdict {
  const usable = present.filter(isUsable).length;
  const { queued, oldestWaitMs, maxWaitMs } = stats;
  return {
    served: servedBy(usable, stats.requests, failed),
    usable,
    total: present.length,
    maxGapPoints: shares.maxGapPoints,
    offLine: present.filter(({ isOffLine }) => isOffLine).map(({ target }) => target.id),
    fairnessBoundPoints: shares.bound * 100,
    loadFactor: loadFactor(present),
    waiting: queued,
    oldestWaitMs: oldestWaitMs === undefined ? null : Math.round(oldestWaitMs),
    maxWaitMs,
    refusedPerMinute: refused,
    cause: commonCause(present),
  };
}

/** Whether a target takes requests now. */
export function isUsable({ stats }: TargetWatch): boolean {
  return stats.state === 'healthy';
}

function servedBy(usable: number, requests: number, failed: number): Verdict['served'] {
  if (usable === 0) return 'none';
  if (requests === 0) return 'idle';
  return failed === 0 ? 'all' : 'some';
}

/** How many times their weight the usable targets carry, those in slow start by the part they are offered. */
function loadFactor(present: readonly TargetWatch[]): number {
  let all = 0;
  let used = 0;
  for (const watch of present) {
    const { weight, slowStart } = watch.stats;
    all += weight;
    if (isUsable(watch)) used += weight * (slowStart?.ratio ?? 1);
  }
  return used === 0 ? 0 : all / used;
}
