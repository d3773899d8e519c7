import type { History } from '@plimsoll/monitor';

/** A layer of the stack: one target, or all of a provider. */
export interface Layer {
  readonly id: string;
  readonly targets: readonly string[];
}

/** Times in milliseconds and, for each layer from the bottom up, where its top lies, 0 to 1; null without requests. */
export interface ShareStack {
  readonly times: readonly number[];
  readonly actual: readonly (readonly (number | null)[])[];
  readonly expected: readonly (readonly (number | null)[])[];
}

/** A running bucket counts once so much of its time has passed: before, one request is half of it. */
const COUNTS_FROM = 0.5;

/**
 * Stacks the shares of each bucket. A point stands in the middle of its bucket; where a stretch of them begins and ends,
 * it reaches to the edge, so that a single bucket is seen as well.
 */
export function shareStack(history: History, layers: readonly Layer[], nowMs: number): ShareStack {
  const { buckets, bucketMs, targets } = history;
  const columns = layers.map(({ targets: own }) =>
    own.map((id) => targets.indexOf(id)).filter((index) => index >= 0),
  );
  const times: number[] = [];
  const actual: (number | null)[][] = layers.map(() => []);
  const expected: (number | null)[][] = layers.map(() => []);
  const add = (
    time: number,
    tops: readonly number[] | null,
    promised: readonly number[] | null,
  ): void => {
    times.push(time);
    for (const index of layers.keys()) {
      actual[index]!.push(tops?.[index] ?? null);
      expected[index]!.push(promised?.[index] ?? null);
    }
  };
  let wasOpen = false;
  for (const [index, bucket] of buckets.entries()) {
    const { startEpochMs, requests } = bucket;
    const isRunning = index === buckets.length - 1 && index > 0;
    if (isRunning && nowMs - startEpochMs < bucketMs * COUNTS_FROM) break;
    const tops = topsOf(requests, columns);
    const promised = bucket.expected === null ? null : topsOf(bucket.expected, columns);
    if (tops === null) {
      if (wasOpen) add(startEpochMs, null, null);
      wasOpen = false;
      continue;
    }
    if (!wasOpen) add(startEpochMs, tops, promised);
    add(startEpochMs + bucketMs / 2, tops, promised);
    const next = buckets[index + 1];
    const nextRuns = next !== undefined && index + 1 === buckets.length - 1;
    const isLast =
      next === undefined ||
      next.requests.every((count) => count === 0) ||
      (nextRuns && nowMs - next.startEpochMs < bucketMs * COUNTS_FROM);
    if (isLast) add(startEpochMs + bucketMs - 1, tops, promised);
    wasOpen = !isLast;
  }
  return { times, actual, expected };
}

/** Where each layer ends when they lie on each other and are all; null without any. */
function topsOf(
  values: readonly number[],
  columns: readonly (readonly number[])[],
): number[] | null {
  const total = columns.flat().reduce((sum, index) => sum + (values[index] ?? 0), 0);
  if (total <= 0) return null;
  let top = 0;
  return columns.map((own) => {
    top += own.reduce((sum, index) => sum + (values[index] ?? 0), 0) / total;
    return top;
  });
}
