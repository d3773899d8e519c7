import type { TargetView } from '@plimsoll/monitor';
import { isOut, leastQuota, LITTLE_QUOTA_RATIO } from './condition.ts';

/** The top of the load line's chart, in multiples of the share by weight; `--hull-range` of the tokens. */
export const HULL_RANGE = 2.2;

/** The least top edge of a hull that is out: its fill, which the edge is measured by, dwindles to nothing. */
const CLOSED_EDGE = 1.3;

/** One section of the load line. Heights are multiples of the share by weight, and end at the top of the chart. */
export interface Hull {
  /** Its width: the weight, and a sliver for a standby of weight 0. */
  readonly weight: number;
  readonly weightShare: number;
  /** Height of the fill; 0 without traffic. */
  readonly level: number;
  /** Height of the Plimsoll mark; null where no share is promised. */
  readonly mark: number | null;
  /** Height of the mark when slow start is over; null outside of it. */
  readonly fullMark: number | null;
  /** Top edge, which is what the quota allows. */
  readonly edge: number;
  /** Whether the edge lies past the chart, or there is none. */
  readonly isOpen: boolean;
  readonly isTight: boolean;
}

/** The hulls of a pool's targets, in their order. */
export function hullsOf(targets: readonly TargetView[]): Hull[] {
  const total = sum(targets.map(({ weight }) => weight));
  const inService = sum(targets.filter((one) => !isOut(one)).map(({ weight }) => weight));
  return targets.map((target) => hullOf(target, total, inService));
}

function hullOf(target: TargetView, total: number, inService: number): Hull {
  const { weight, actualShare, expectedShare, slowStart } = target;
  const weightShare = total > 0 ? weight / total : 0;
  const inMultiples = (share: number): number => (weightShare > 0 ? share / weightShare : 0);
  const level = inMultiples(actualShare ?? 0);
  const timesNow = target.quotas[0]?.timesNow ?? null;
  const known = timesNow === null || level === 0 ? null : level * timesNow;
  const edge = isOut(target) ? Math.max(known ?? 0, CLOSED_EDGE) : (known ?? Infinity);
  return {
    weight: weight > 0 ? weight : total > 0 ? total / 50 : 1,
    weightShare,
    level: Math.min(level, HULL_RANGE),
    mark:
      expectedShare === null || expectedShare === 0
        ? null
        : Math.min(inMultiples(expectedShare), HULL_RANGE),
    fullMark:
      slowStart === null || inService === 0 ? null : Math.min(total / inService, HULL_RANGE),
    edge: Math.min(edge, HULL_RANGE),
    isOpen: edge > HULL_RANGE,
    isTight: leastQuota(target) < LITTLE_QUOTA_RATIO && !isOut(target),
  };
}

/** A height as CSS: `45.45%` of the chart. */
export function heightOf(multiple: number): string {
  return `${((multiple / HULL_RANGE) * 100).toFixed(2)}%`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
