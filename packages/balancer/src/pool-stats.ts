import { factsOf } from './failure-facts.ts';
import type { ExpectedShares } from './fairness.ts';
import type { FleetState } from './fleet.ts';
import { NO_LIMIT } from './hot-state.ts';
import type { Member } from './member.ts';
import type { Pool } from './pool.ts';
import type { SlowStartStats, Stats, TargetStats } from './stats.ts';
import { timeOfDay } from './system.ts';

/** A pool's numbers as they stand. */
export function poolStats(
  pool: Pool,
  members: readonly Member[],
  shares: ExpectedShares,
  nowMs: number,
): Stats {
  const { counters, fleet } = pool;
  const picks = members.reduce((sum, { slot }) => sum + counters.picks[slot]!, 0);
  const expected = members.reduce((sum, { slot }) => sum + counters.expectedPicks[slot]!, 0);
  const epochOffsetMs = fleet.clock.epochMs() - nowMs;
  const epochOf = (ms: number): number => epochOffsetMs + ms;
  const targets = members.map((member): TargetStats => {
    const { slot, target, health } = member;
    const state = fleet.stateOf(slot, nowMs);
    const concurrency = fleet.hot.concurrency[slot]!;
    const attempts = counters.attempts[slot]!;
    const served = counters.served[slot]!;
    const failures = counters.failures[slot]!;
    const lastUsedMs = counters.lastUsedMs[slot]!;
    return {
      id: target.id,
      state,
      weight: fleet.hot.weights[slot]!,
      picks: counters.picks[slot]!,
      share: picks === 0 ? 0 : counters.picks[slot]! / picks,
      expectedShare:
        shares.isPromised && expected > 0 ? counters.expectedPicks[slot]! / expected : undefined,
      expectedPicks: shares.isPromised ? counters.expectedPicks[slot]! : undefined,
      promisedShare: shares.isPromised ? shares.shareOf(slot) : undefined,
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
      lastUsedEpochMs: lastUsedMs === -Infinity ? undefined : epochOf(lastUsedMs),
      lastProbeEpochMs:
        member.lastProbeAtMs === -Infinity ? undefined : epochOf(member.lastProbeAtMs),
      concurrencyLimit: concurrency === NO_LIMIT ? undefined : concurrency,
      returnEpochMs: returnEpochMs(fleet, member, state, nowMs, epochOffsetMs),
      cooledBy:
        state === 'cooling' && member.cooledBy !== undefined ? factsOf(member.cooledBy) : undefined,
      slowStart: state === 'healthy' ? slowStart(fleet, slot, nowMs, epochOffsetMs) : undefined,
      probes: health.probesOf?.(slot),
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
    oldestWaitMs: pool.queue.size === 0 ? undefined : nowMs - pool.queue.oldestMs,
    maxWaitMs: pool.queue.maxWaitMs,
    retryRatio: pool.budget.ratio,
    affinity: { home: counters.atHome, overflow: counters.awayFromHome },
    targets,
    table: () => targets.map(row),
  };
}

/** When the target's state ends by itself, or may be tried to. */
function returnEpochMs(
  fleet: FleetState,
  { slot, health }: Member,
  state: TargetStats['state'],
  nowMs: number,
  epochOffsetMs: number,
): number | undefined {
  if (state === 'cooling') return epochOffsetMs + fleet.hot.coolUntilMs[slot]!;
  return state === 'open' ? epochOffsetMs + health.retryAtMs(slot, nowMs) : undefined;
}

function slowStart(
  fleet: FleetState,
  slot: number,
  nowMs: number,
  epochOffsetMs: number,
): SlowStartStats | undefined {
  const { returnedAtMs, fullAtMs } = fleet.hot;
  if (fullAtMs[slot]! <= nowMs) return undefined;
  return {
    ratio: fleet.slowStartRatio(slot, nowMs),
    sinceEpochMs: epochOffsetMs + returnedAtMs[slot]!,
    fullEpochMs: epochOffsetMs + fullAtMs[slot]!,
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
