import type { EventClock } from './event-clock.ts';
import type { SimulatedBalancer } from './gateway.ts';
import type { Recorder } from './recorder.ts';
import type { Report, TargetReport, TimelinePart } from './report.ts';
import { jainIndex, quantile, sortedNumbers, summaryOf } from './summary.ts';
import type { Tallies } from './tally.ts';

const TIMELINE_PARTS = 60;

/** A simulation that has ended. */
export interface Run {
  readonly seed: number;
  readonly durationS: number;
  readonly warmUpS: number;
  readonly recorder: Recorder;
  readonly balancers: readonly SimulatedBalancer[];
  readonly tallies: Tallies;
  readonly clock: EventClock;
}

export function reportOf(run: Run): Report {
  const { seed, durationS, warmUpS, recorder } = run;
  const first = recorder.atMs.findIndex((atMs) => atMs >= warmUpS * 1000);
  const from = first === -1 ? recorder.atMs.length : first;
  const latencyMs = recorder.latencyMs.slice(from);
  const requests = latencyMs.length;
  const served = latencyMs.filter((value) => !Number.isNaN(value)).length;
  const measuredS = durationS - warmUpS;
  const targets = targetsOf(run);
  const sum = (of: (target: TargetReport) => number): number =>
    targets.reduce((total, target) => total + of(target), 0);
  return {
    seed,
    durationS,
    warmUpS,
    requests,
    served,
    failed: requests - served,
    failures: recorder.failures,
    successRatio: served / requests,
    sloRatio: recorder.servedWell / requests,
    latencyMs: summaryOf(latencyMs),
    firstContentMs: summaryOf(recorder.firstContentMs.slice(from)),
    slowdown: summaryOf(recorder.slowdown.slice(from)),
    throughputPerS: served / measuredS,
    goodputPerS: recorder.servedWell / measuredS,
    outputTokensPerS: recorder.outputTokens / measuredS,
    costUsd: recorder.costUsd,
    costUsdPer1000: (recorder.costUsd / requests) * 1000,
    attemptsPerRequest: sum(({ attempts }) => attempts) / requests,
    throttledPer1000: (sum(({ throttled }) => throttled) / requests) * 1000,
    errorsPer1000: (sum(({ errors }) => errors) / requests) * 1000,
    jainIndex: jainIndex(
      targets.filter(({ weight }) => weight > 0).map(({ picks, weight }) => picks / weight),
    ),
    targets,
    timeline: timelineOf(recorder, durationS, targets),
    events: run.clock.steps,
  };
}

function targetsOf({ balancers, tallies }: Run): TargetReport[] {
  // Weights as they stand at the end, targets as the balancers name them: also those that were never used.
  const weights = new Map<string, number>();
  for (const balancer of balancers) {
    for (const { id, weight } of balancer.stats().targets) weights.set(id, weight);
  }
  for (const { target } of tallies.all()) if (!weights.has(target)) weights.set(target, 0);
  const picks = tallies.all().reduce((total, tally) => total + tally.picks, 0);
  return [...weights].map(([id, weight]) => {
    const tally = tallies.of(id);
    return {
      id,
      weight,
      picks: tally.picks,
      share: tally.picks / picks,
      attempts: tally.attempts,
      served: tally.served,
      throttled: tally.throttled,
      errors: tally.errors,
      abandoned: tally.abandoned,
    };
  });
}

function timelineOf(
  recorder: Recorder,
  durationS: number,
  targets: readonly TargetReport[],
): TimelinePart[] {
  const { atMs, latencyMs, firstTarget } = recorder;
  const partMs = (durationS * 1000) / TIMELINE_PARTS;
  const indexOf = new Map(targets.map(({ id }, index) => [id, index]));
  const parts: TimelinePart[] = [];
  let number = 0;
  for (let part = 0; part < TIMELINE_PARTS; part++) {
    const from = number;
    const picks = targets.map(() => 0);
    for (; number < atMs.length && atMs[number]! < (part + 1) * partMs; number++) {
      const index = indexOf.get(firstTarget[number] ?? '');
      if (index !== undefined) picks[index]!++;
    }
    const sorted = sortedNumbers(latencyMs.slice(from, number));
    parts.push({
      fromS: (part * partMs) / 1000,
      requests: number - from,
      served: sorted.length,
      p50Ms: quantile(sorted, 0.5),
      p99Ms: quantile(sorted, 0.99),
      picks,
    });
  }
  return parts;
}
