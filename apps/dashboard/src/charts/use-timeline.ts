import type { History } from '@plimsoll/monitor';
import { useDashboard } from '../state/context.ts';
import { flagsOf, type Flag } from './flags.ts';

/** What both charts are drawn over. */
export interface Timeline {
  readonly history: History;
  /** Milliseconds since the Unix epoch. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly flags: readonly Flag[];
}

/** Undefined before the first history, and while nothing has happened yet. */
export function useTimeline(): Timeline | undefined {
  const dashboard = useDashboard();
  const history = dashboard.history.value;
  const last = history?.buckets.at(-1);
  if (history === undefined || last === undefined) return undefined;
  const toMs = last.startEpochMs + history.bucketMs;
  const fromMs = toMs - SHOWN_BUCKETS * history.bucketMs;
  const flags = flagsOf(dashboard.events.value, fromMs, toMs, history.bucketMs);
  return { history, fromMs, toMs, flags };
}

const SHOWN_BUCKETS = 60;
