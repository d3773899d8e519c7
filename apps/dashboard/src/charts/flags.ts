import type { MonitorEvent } from '@plimsoll/monitor';

/** One flag on the charts; its number is that of its events in the list. */
export interface Flag {
  readonly number: number;
  readonly epochMs: number;
  readonly events: readonly MonitorEvent[];
}

/** What moves shares, for the worse or on purpose. */
const flagged: ReadonlySet<MonitorEvent['kind']> = new Set([
  'cooling',
  'open',
  'draining',
  'off_line',
  'weight',
  'removed',
]);

/** Two digits would not fit a flag, nor would more be told apart. */
const MOST_FLAGS = 9;

/** Nearer than this many buckets, flags would lie on each other: one stands for all. */
const BUCKETS_APART = 3;

/** The latest flags between two times, numbered from the oldest. */
export function flagsOf(
  events: readonly MonitorEvent[],
  fromMs: number,
  toMs: number,
  bucketMs: number,
): Flag[] {
  const groups: MonitorEvent[][] = [];
  const inTime = events
    .filter(({ kind, epochMs }) => flagged.has(kind) && epochMs >= fromMs && epochMs <= toMs)
    .sort((a, b) => a.epochMs - b.epochMs);
  for (const event of inTime) {
    const last = groups.at(-1);
    const isNear =
      last !== undefined && event.epochMs - last[0]!.epochMs < BUCKETS_APART * bucketMs;
    if (isNear) last.push(event);
    else groups.push([event]);
  }
  return groups
    .slice(-MOST_FLAGS)
    .map((group, index) => ({ number: index + 1, epochMs: group[0]!.epochMs, events: group }));
}
