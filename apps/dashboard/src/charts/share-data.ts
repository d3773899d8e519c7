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
  const { bucketMs, targets } = history;
  const columns = layers.map(({ targets: own }) =>
    own.map((id) => targets.indexOf(id)).filter((index) => index >= 0),
  );
  const times: number[] = [];
  const actual: (number | null)[][] = layers.map(() => []);
  const expected: (number | null)[][] = layers.map(() => []);
  const buckets = history.buckets.filter(
    ({ startEpochMs }, index) => index === 0 || nowMs - startEpochMs >= bucketMs * COUNTS_FROM,
  );
  const tops = buckets.map(({ requests }) => topsOf(requests, columns));
  const promised = buckets.map((bucket) =>
    bucket.expected === null ? null : topsOf(bucket.expected, columns),
  );
  const add = (time: number, bucket: number): void => {
    times.push(time);
    for (const layer of layers.keys()) {
      actual[layer]!.push(tops[bucket]?.[layer] ?? null);
      expected[layer]!.push(tops[bucket] === null ? null : (promised[bucket]?.[layer] ?? null));
    }
  };
  const isEmpty = (bucket: number): boolean => (tops[bucket] ?? null) === null;
  for (const [index, { startEpochMs }] of buckets.entries()) {
    if (isEmpty(index)) {
      if (!isEmpty(index - 1)) add(startEpochMs, index);
      continue;
    }
    if (isEmpty(index - 1)) add(startEpochMs, index);
    add(startEpochMs + bucketMs / 2, index);
    if (isEmpty(index + 1)) add(startEpochMs + bucketMs - 1, index);
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
