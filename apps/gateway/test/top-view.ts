import type { TargetView, View } from '@plimsoll/monitor';

export function targetViewOf(id: string, target: Partial<TargetView> = {}): TargetView {
  return {
    id,
    provider: 'simulated',
    model: 'm',
    region: null,
    tags: [],
    tier: null,
    weight: 1,
    actualShare: 0.5,
    expectedShare: 0.5,
    state: 'healthy',
    reason: '',
    untilEpochMs: null,
    untilTotalMs: null,
    slowStart: null,
    breaker: null,
    inFlight: 2,
    concurrencyLimit: null,
    ratePerSecond: 4.25,
    lastUsedEpochMs: null,
    lastProbeEpochMs: null,
    errorRatio: 0,
    errorNote: '',
    firstContentMs: { p50: 180, p95: 1200, p99: 3000 },
    quotas: [],
    usdPerHour: null,
    ...target,
  };
}

/** A view at 1,000,000 ms of the epoch. */
export function viewOf(
  targets: readonly TargetView[],
  pool: Partial<Omit<View['pool'], 'verdict'>> & {
    verdict?: Partial<View['pool']['verdict']>;
  } = {},
): View {
  const usable = targets.length;
  return {
    epochMs: 1_000_000,
    pools: [],
    pool: {
      id: 'chat',
      strategy: 'weighted-round-robin',
      accepts: ['chat'],
      attention: [],
      figures: {
        requests: { perSecond: 8.5, inWindow: 100, served: 100, points: [] },
        errors: { callerRatio: 0, upstreamRatio: 0, points: [] },
        firstContentMs: { p50: 180, p95: 1200, p99: null, points: [] },
        inFlight: { now: 4, points: [] },
        headroom: { timesNow: null, capacityPerSecond: null, tightest: null, points: [] },
        cost: { usdPerHour: null, usdPerThousand: null, points: [] },
      },
      targets,
      ...pool,
      verdict: {
        served: 'all',
        usable,
        total: usable,
        maxGapPoints: 0.3,
        offLine: [],
        fairnessBoundPoints: 10,
        loadFactor: 1,
        waiting: 0,
        oldestWaitMs: null,
        maxWaitMs: 10_000,
        refusedPerMinute: 0,
        cause: null,
        ...pool.verdict,
      },
    },
  };
}
