import type { Attention, AttentionKind, TargetView } from '@plimsoll/monitor';

/** What a target's glyph and word say. */
export type Condition = 'healthy' | AttentionKind;

export const conditionTitles: Readonly<Record<Condition, string>> = {
  healthy: 'Healthy',
  off_line: 'Off its line',
  open: 'Breaker open',
  cooling: 'Cooling down',
  recovering: 'Recovering',
  little_quota: 'Little quota',
  draining: 'Draining',
};

/** Text in the colour of a state; most have none. */
export const conditionTones: Readonly<Record<Condition, 'warn' | 'bad' | ''>> = {
  healthy: '',
  off_line: 'warn',
  open: 'bad',
  cooling: 'warn',
  recovering: 'warn',
  little_quota: 'warn',
  draining: '',
};

/** Below this much of the tightest quota, what is left raises its voice. */
export const LITTLE_QUOTA_RATIO = 0.15;

/** The state the engine has it in; a breaker that lets probes through is on its way back. */
export function conditionOf({ state }: TargetView): Condition {
  return state === 'half_open' ? 'recovering' : state;
}

/** The same, and what wants attention of a target that is in service. */
export function conditionWith(target: TargetView, attention: Attention | undefined): Condition {
  const condition = conditionOf(target);
  return condition === 'healthy' && attention !== undefined ? attention.kind : condition;
}

/** Whether it gets no request now. */
export function isOut({ state }: TargetView): boolean {
  return state === 'cooling' || state === 'open' || state === 'draining';
}

export interface Until {
  readonly label: string;
  readonly epochMs: number;
}

/** When its state ends, and what comes then; undefined where that is not known. */
export function untilOf(target: TargetView): Until | undefined {
  const { state, slowStart, untilEpochMs } = target;
  if (slowStart !== null) return { label: 'full weight in', epochMs: slowStart.fullAtEpochMs };
  if (untilEpochMs === null) return undefined;
  if (state === 'cooling') return { label: 'back in', epochMs: untilEpochMs };
  if (state === 'open') return { label: 'next probe in', epochMs: untilEpochMs };
  return undefined;
}

/** How much of a cool-down is still to come, for a glyph that empties; a half where that is not known. */
export function restRatio({ untilEpochMs, untilTotalMs }: TargetView, nowMs: number): number {
  if (untilEpochMs === null || untilTotalMs === null || untilTotalMs <= 0) return 0.5;
  return Math.min(1, Math.max(0, (untilEpochMs - nowMs) / untilTotalMs));
}

/** Least of what is left of a target's quotas; 1 without limits. */
export function leastQuota({ quotas }: TargetView): number {
  return quotas[0]?.leftRatio ?? 1;
}
