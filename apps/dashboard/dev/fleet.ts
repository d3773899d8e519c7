import type { QuotaView, TargetView } from '@plimsoll/monitor';

/** A target of a sample, in service and without limits, but for what is given. */
export function targetOf(
  id: string,
  provider: string,
  model: string,
  region: string,
  weight: number,
  more: Partial<TargetView> = {},
): TargetView {
  return {
    id,
    provider,
    model,
    region,
    tags: [],
    tier: null,
    weight,
    actualShare: null,
    expectedShare: null,
    state: 'healthy',
    reason: '',
    untilEpochMs: null,
    untilTotalMs: null,
    slowStart: null,
    breaker: null,
    inFlight: 0,
    concurrencyLimit: null,
    ratePerSecond: 0,
    lastUsedEpochMs: null,
    lastProbeEpochMs: null,
    errorRatio: null,
    errorNote: '',
    firstContentMs: { p50: null, p95: null, p99: null },
    quotas: [],
    usdPerHour: null,
    ...more,
  };
}

export function quota(
  dimension: string,
  leftRatio: number,
  resetEpochMs: number | null,
  timesNow: number | null = leftRatio < 1 ? 1 / (1 - leftRatio) : null,
): QuotaView {
  return { dimension, leftRatio, resetEpochMs, isShared: false, timesNow };
}

/** Six targets of three providers: two serve as they should, four want attention. */
export function troubledFleet(nowMs: number): TargetView[] {
  const second = (seconds: number): number => nowMs + seconds * 1000;
  return [
    targetOf('openai-1', 'openai', 'gpt-5-mini', 'us-east', 30, {
      actualShare: 0.472,
      expectedShare: 0.476,
      lastProbeEpochMs: second(-12),
      ratePerSecond: 20,
      lastUsedEpochMs: second(0),
      inFlight: 82,
      concurrencyLimit: 160,
      errorRatio: 0,
      firstContentMs: { p50: 388, p95: 940, p99: 1900 },
      quotas: [quota('tokens/min', 0.23, second(31)), quota('requests/min', 0.4, second(31))],
      usdPerHour: 56.4,
    }),
    targetOf('openai-2', 'openai', 'gpt-5-mini', 'us-west', 20, {
      actualShare: 0.124,
      expectedShare: 0.127,
      state: 'recovering',
      reason: 'half-open, 3 of 3 probes passed',
      untilEpochMs: second(52),
      untilTotalMs: 180_000,
      slowStart: { ratio: 0.4, fullAtEpochMs: second(52) },
      ratePerSecond: 5.2,
      lastUsedEpochMs: second(0),
      inFlight: 19,
      concurrencyLimit: 160,
      errorRatio: 0,
      firstContentMs: { p50: 431, p95: 1210, p99: 2640 },
      quotas: [quota('tokens/min', 0.69, second(31)), quota('requests/min', 0.84, second(31))],
      usdPerHour: 14.8,
    }),
    targetOf('claude-us', 'anthropic', 'claude-haiku-4-5', 'us-east', 20, {
      actualShare: 0.32,
      expectedShare: 0.317,
      lastProbeEpochMs: second(-4),
      ratePerSecond: 13.5,
      lastUsedEpochMs: second(0),
      inFlight: 61,
      concurrencyLimit: 120,
      errorRatio: 0.001,
      errorNote: '2 × 529',
      firstContentMs: { p50: 512, p95: 1310, p99: 2900 },
      quotas: [quota('input/min', 0.14, second(18)), quota('requests/min', 0.59, second(18))],
      usdPerHour: 111.8,
    }),
    targetOf('claude-eu', 'anthropic', 'claude-haiku-4-5', 'eu-west', 10, {
      actualShare: 0,
      expectedShare: 0,
      state: 'draining',
      reason: '14 requests in flight',
      lastUsedEpochMs: second(-110),
      inFlight: 14,
      concurrencyLimit: 120,
      errorRatio: 0,
      firstContentMs: { p50: 540, p95: 1400, p99: 2800 },
      quotas: [quota('input/min', 0.96, second(18)), quota('requests/min', 0.99, second(18))],
      usdPerHour: 0,
    }),
    targetOf('gemini-us', 'google', 'gemini-2.5-flash', 'us-central', 15, {
      actualShare: 0,
      expectedShare: 0,
      state: 'cooling',
      reason: '429: tokens per minute used up',
      untilEpochMs: second(23),
      untilTotalMs: 60_000,
      lastUsedEpochMs: second(-37),
      concurrencyLimit: 80,
      errorRatio: 0.004,
      errorNote: '3 × 429',
      firstContentMs: { p50: 301, p95: 720, p99: 1520 },
      quotas: [
        quota('tokens/min', 0, second(23), null),
        quota('requests/day', 0.38, second(68_460)),
      ],
      usdPerHour: 0,
    }),
    targetOf('gemini-eu', 'google', 'gemini-2.5-flash', 'eu-west', 5, {
      actualShare: 0.084,
      expectedShare: 0.079,
      lastProbeEpochMs: second(-9),
      ratePerSecond: 3.6,
      lastUsedEpochMs: second(-1),
      inFlight: 13,
      concurrencyLimit: 80,
      errorRatio: 0,
      firstContentMs: { p50: 342, p95: 810, p99: 1610 },
      quotas: [quota('tokens/min', 0.39, second(44)), quota('requests/day', 0.82, second(68_460))],
      usdPerHour: 12.4,
    }),
  ];
}

/** The same six with nothing the matter, and `edit` for what is. */
export function calmFleet(
  nowMs: number,
  edit: (target: TargetView) => Partial<TargetView> = () => ({}),
): TargetView[] {
  const shares = [0.3, 0.2, 0.2, 0.1, 0.15, 0.05];
  return troubledFleet(nowMs).map((target, index) => {
    const share = shares[index]!;
    const calm: TargetView = {
      ...target,
      actualShare: share + (index % 2 === 0 ? 0.002 : -0.002),
      expectedShare: share,
      state: 'healthy',
      reason: '',
      untilEpochMs: null,
      untilTotalMs: null,
      slowStart: null,
      lastProbeEpochMs: nowMs - 7000,
      lastUsedEpochMs: nowMs,
      ratePerSecond: 42.3 * share,
      inFlight: Math.round(190 * share),
      errorRatio: 0,
      errorNote: '',
      quotas: target.quotas.map(({ dimension, resetEpochMs }, place) =>
        quota(dimension, 0.42 + 0.06 * index + 0.15 * place, resetEpochMs),
      ),
      usdPerHour: 42.3 * share * 3.2,
    };
    return { ...calm, ...edit(calm) };
  });
}
