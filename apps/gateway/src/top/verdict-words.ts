import type { PoolView } from '@plimsoll/monitor';

import { formatCount, formatDuration } from '../terminal/figures.ts';

/** Whether callers are served, in a sentence. */
export function headline({ id, verdict }: PoolView): string {
  const { served, usable, total } = verdict;
  const by = `${usable} of ${total} targets`;
  if (usable === 0 || served === 'none') return `No target can serve ${id}`;
  if (served === 'idle') return `Ready for the first request, ${by} usable`;
  if (served === 'all') return `All requests served, by ${by}`;
  return `Some requests failed; ${by} serve`;
}

/** What stands behind it: shares, waiting and refused requests, a common cause. */
export function evidence({ verdict }: PoolView): string[] {
  const { maxGapPoints, offLine, waiting, oldestWaitMs, refusedPerMinute, cause } = verdict;
  const notes: string[] = [];
  if (offLine.length > 0) {
    notes.push(`off the expected share by up to ${points(maxGapPoints)}: ${offLine.join(', ')}`);
  } else if (maxGapPoints !== null) {
    notes.push(`largest gap in share ${points(maxGapPoints)}`);
  }
  if (waiting > 0) {
    const oldest = oldestWaitMs === null ? '' : `, the oldest for ${formatDuration(oldestWaitMs)}`;
    notes.push(`${formatCount(waiting)} waiting${oldest}`);
  }
  if (refusedPerMinute > 0)
    notes.push(`${formatCount(refusedPerMinute)} refused in the last minute`);
  if (cause !== null) notes.push(cause);
  return notes;
}

function points(gap: number | null): string {
  return gap === null ? 'no known distance' : `${gap.toFixed(1)} points`;
}
