import type { Bucket, History } from '@plimsoll/monitor';

/** How many buckets a window shows. */
const SHOWN = 60;

/** Puts a bucket in its place: the running one is sent again and again, until the next begins. */
export function withBucket(history: History, bucket: Bucket): History {
  const older = history.buckets.filter(({ startEpochMs }) => startEpochMs < bucket.startEpochMs);
  const newer = history.buckets.filter(({ startEpochMs }) => startEpochMs > bucket.startEpochMs);
  return { ...history, buckets: [...older, bucket, ...newer].slice(-SHOWN) };
}
