import type { DecisionRow, MonitorEvent } from '@plimsoll/monitor';

/** How many decisions are kept of each kind: plain turns must not push out the notable. */
const KEPT = 100;

/** The decisions the page can show. */
export interface Recent {
  /** Newest first. */
  readonly all: readonly DecisionRow[];
  /** All but plain turns, newest first: they reach further back. */
  readonly notable: readonly DecisionRow[];
}

export const noDecisions: Recent = { all: [], notable: [] };

/** Puts what came on top, and what changed in its place. */
export function withDecisions({ all, notable }: Recent, news: readonly DecisionRow[]): Recent {
  return { all: merged(all, news), notable: merged(notable, news.filter(isNotable)) };
}

export function isNotable({ kind }: DecisionRow): boolean {
  return kind !== 'turn';
}

export function hasFailed({ kind, outcome }: DecisionRow): boolean {
  return kind === 'failed' || kind === 'refused' || outcome === 'failed';
}

function merged(kept: readonly DecisionRow[], news: readonly DecisionRow[]): DecisionRow[] {
  const calls = new Map([...kept, ...news].map((row) => [row.callId, row]));
  return [...calls.values()]
    .sort((a, b) => b.epochMs - a.epochMs || b.callId - a.callId)
    .slice(0, KEPT);
}

/** Events, newest first; one that came before is not listed twice. */
export function withEvents(
  kept: readonly MonitorEvent[],
  news: readonly MonitorEvent[],
): readonly MonitorEvent[] {
  const events = new Map([...kept, ...news].map((event) => [event.id, event]));
  return [...events.values()].sort((a, b) => b.id - a.id).slice(0, KEPT);
}
