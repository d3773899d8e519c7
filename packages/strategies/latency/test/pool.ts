import type { Strategy } from '@plimsoll/core';
import { manualClock, seededRandom, snapshotOf, testView, type TestView } from '@plimsoll/testkit';

import { latency, type LatencyOptions } from '../src/index.ts';

/** What is known of a target; what is not stated is 500 ms, 20 ms per token, 100 samples, no failure, nothing waiting. */
export interface Known {
  readonly weight?: number;
  readonly firstContentMs?: number;
  readonly perTokenMs?: number;
  readonly samples?: number;
  readonly failureRatio?: number;
  readonly oldestUnansweredMs?: number;
  readonly inFlight?: number;
}

/** A strategy over targets of which so much is known. */
export function poolOf(
  targets: readonly Known[],
  options?: LatencyOptions,
): { strategy: Strategy; view: TestView } {
  const snapshot = snapshotOf(targets.map(({ weight = 1 }) => weight));
  const strategy = latency(options).create({ random: seededRandom(1), clock: manualClock() });
  strategy.update(snapshot);
  const view = testView(snapshot);
  for (const [slot, known] of targets.entries()) {
    const { estimates } = view;
    estimates.firstContentMs[slot] = known.firstContentMs ?? 500;
    estimates.perTokenMs[slot] = known.perTokenMs ?? 20;
    estimates.samples[slot] = known.samples ?? 100;
    estimates.failureRatio[slot] = known.failureRatio ?? 0;
    estimates.oldestUnansweredMs[slot] = known.oldestUnansweredMs ?? Infinity;
    view.inFlight[slot] = known.inFlight ?? 0;
  }
  return { strategy, view };
}

/** How often each target is picked while nothing changes. */
export function counts(
  targets: readonly Known[],
  picks: number,
  options?: LatencyOptions,
): number[] {
  const { strategy, view } = poolOf(targets, options);
  const result = targets.map(() => 0);
  for (let pick = 0; pick < picks; pick++) result[strategy.pick(view, {}, 100_000)]!++;
  return result;
}
