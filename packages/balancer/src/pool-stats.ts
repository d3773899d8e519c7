import type { Member } from './member.ts';
import type { Pool } from './pool.ts';
import type { Stats, TargetStats } from './stats.ts';
import { timeOfDay } from './system.ts';

/** A pool's numbers as they stand. */
export function poolStats(
  pool: Pool,
  members: readonly Member[],
  hasExpectedShare: boolean,
  nowMs: number,
): Stats {
  const { counters, fleet } = pool;
  const picks = members.reduce((sum, { slot }) => sum + counters.picks[slot]!, 0);
  const expected = members.reduce((sum, { slot }) => sum + counters.expectedPicks[slot]!, 0);
  const epochOffsetMs = fleet.clock.epochMs() - nowMs;
  const targets = members.map(({ slot, target }): TargetStats => {
    const attempts = counters.attempts[slot]!;
    const served = counters.served[slot]!;
    const failures = counters.failures[slot]!;
    const lastUsedMs = counters.lastUsedMs[slot]!;
    return {
      id: target.id,
      state: fleet.stateOf(slot, nowMs),
      weight: fleet.hot.weights[slot]!,
      picks: counters.picks[slot]!,
      share: picks === 0 ? 0 : counters.picks[slot]! / picks,
      expectedShare:
        hasExpectedShare && expected > 0 ? counters.expectedPicks[slot]! / expected : undefined,
      served,
      attempts,
      failures,
      aborted: counters.abortedAttempts[slot]!,
      errorRatio: attempts === 0 ? 0 : failures / attempts,
      averageLatencyMs: served === 0 ? undefined : counters.latencySumMs[slot]! / served,
      averageFirstContentMs: served === 0 ? undefined : counters.firstContentSumMs[slot]! / served,
      inFlight: fleet.hot.inFlight[slot]!,
      quotas: fleet.quota.headroom(slot, nowMs),
      inputTokens: counters.inputTokens[slot]!,
      outputTokens: counters.outputTokens[slot]!,
      costUsd: counters.costUsd[slot]!,
      lastUsedEpochMs: lastUsedMs === -Infinity ? undefined : epochOffsetMs + lastUsedMs,
    };
  });
  return {
    pool: pool.name,
    strategy: pool.strategy,
    requests: counters.requests,
    succeeded: counters.succeeded,
    failed: counters.failed,
    aborted: counters.aborted,
    attempts: counters.totalAttempts,
    queued: pool.queue.size,
    affinity: { home: counters.atHome, overflow: counters.awayFromHome },
    targets,
    table: () => targets.map(row),
  };
}

function row(target: TargetStats): Record<string, string | number> {
  const percent = (ratio: number | undefined): string =>
    ratio === undefined ? '–' : `${(ratio * 100).toFixed(1)}%`;
  const milliseconds = (value: number | undefined): string =>
    value === undefined ? '–' : `${Math.round(value)} ms`;
  const lastUsed = target.lastUsedEpochMs;
  return {
    target: target.id,
    state: target.state,
    requests: target.picks,
    share: percent(target.share),
    expected: percent(target.expectedShare),
    served: target.served,
    attempts: target.attempts,
    errors: percent(target.errorRatio),
    latency: milliseconds(target.averageLatencyMs),
    'first content': milliseconds(target.averageFirstContentMs),
    'in flight': target.inFlight,
    'last used': lastUsed === undefined ? 'never' : timeOfDay(lastUsed),
  };
}
