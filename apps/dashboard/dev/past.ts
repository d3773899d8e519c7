import {
  WINDOWS,
  type Bucket,
  type History,
  type TargetView,
  type WindowName,
} from '@plimsoll/monitor';
import { randomFrom } from './random.ts';

const COUNT = 60;

/** What a sample's shares were so many buckets ago: relative weights, in the order of the targets. */
export type WeightsAt = (bucketsAgo: number) => readonly number[];

/** The past of a pool, with some noise; the last bucket runs. */
export function pastOf(
  targets: readonly TargetView[],
  window: WindowName,
  nowMs: number,
  ratePerSecond: number,
  weightsAt: WeightsAt,
  slowdown: (bucketsAgo: number) => number = () => 0,
): History {
  const { bucketMs } = WINDOWS[window];
  const random = randomFrom(21);
  const runningMs = Math.floor(nowMs / bucketMs) * bucketMs;
  const buckets = Array.from({ length: COUNT }, (_, index): Bucket => {
    const ago = COUNT - 1 - index;
    const startEpochMs = runningMs - ago * bucketMs;
    const lasted = Math.min(bucketMs, nowMs - startEpochMs) / 1000;
    const weights = weightsAt(ago);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const requests = ratePerSecond * lasted;
    const slow = slowdown(ago);
    const quantile = (ms: number, noise: number, more: number): number | null =>
      total === 0 ? null : ms * (1 + (random() - 0.5) * noise * 2 + slow * more);
    return {
      startEpochMs,
      requests: weights.map((weight) =>
        total === 0 ? 0 : Math.max(0, (weight / total) * (1 + (random() - 0.5) * 0.04) * requests),
      ),
      expected: weights.map((weight) => (total === 0 ? 0 : (weight / total) * requests)),
      firstContentMs: {
        p50: quantile(405, 0.05, 0.25),
        p95: quantile(1050, 0.1, 0.9),
        p99: quantile(2100, 0.18, 1.9),
      },
    };
  });
  return { window, bucketMs, targets: targets.map(({ id }) => id), buckets };
}
