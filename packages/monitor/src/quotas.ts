import type { Headroom } from '@plimsoll/balancer';

import { limitLabel } from './failure-words.ts';
import type { QuotaView } from './view.ts';

/** Limits of windows up to this are compared with what is used in one, in milliseconds; longer ones with the pace. */
const SHORT_WINDOW_MS = 60_000;

/** What goes to a target, or to all that share its limits, each second of late. */
export interface Pace {
  readonly requests: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly tokens: number;
}

/** How limits are shown: the tightest first. */
export function quotaViews(
  quotas: readonly Headroom[],
  own: Pace,
  shared: Pace,
  nowMs: number,
  epochMs: number,
): QuotaView[] {
  return quotas.toSorted(byTightness).map((quota) => {
    const { scope, dimension, windowMs, used, leftRatio, resetAtMs } = quota;
    return {
      dimension: limitLabel(dimension, windowMs),
      leftRatio,
      resetEpochMs: used > 0 ? Math.round(epochMs + resetAtMs - nowMs) : null,
      isShared: scope === 'group',
      timesNow: timesNow(quota, scope === 'group' ? shared : own, nowMs),
    };
  });
}

/** Less of the limit left comes first, then the longer wait for it. */
export function byTightness(one: Headroom, other: Headroom): number {
  return one.leftRatio - other.leftRatio || other.windowMs - one.windowMs;
}

/** What may be used of a limit each second from now on. */
export function allowedPerSecond(quota: Headroom, nowMs: number): number {
  const { windowMs, limit, used, resetAtMs } = quota;
  if (windowMs <= SHORT_WINDOW_MS || resetAtMs <= nowMs) return (limit * 1000) / windowMs;
  return (Math.max(0, limit - used) * 1000) / (resetAtMs - nowMs);
}

function timesNow(quota: Headroom, pace: Pace, nowMs: number): number | null {
  const { dimension, windowMs, limit, used } = quota;
  if (windowMs <= SHORT_WINDOW_MS) return used > 0 ? limit / used : null;
  const perSecond = pace[dimension];
  return perSecond > 0 ? allowedPerSecond(quota, nowMs) / perSecond : null;
}
