import type {
  Attention,
  DecisionRow,
  Explained,
  Figures,
  History,
  MonitorEvent,
  PoolView,
  TargetView,
  Verdict,
  View,
  WindowName,
} from '@plimsoll/monitor';
import { calmFleet, quota, troubledFleet } from './fleet.ts';
import { largeFleet, OFF_LINE } from './large-fleet.ts';
import { pastOf } from './past.ts';
import { randomFrom } from './random.ts';

export const sceneNames = [
  'trouble',
  'healthy',
  'failing',
  'quota',
  'off-line',
  'empty',
  'down',
  'many',
] as const;
export type SceneName = (typeof sceneNames)[number];

/** Everything the page is told of one situation. */
export interface Scene {
  readonly view: View;
  readonly history: History;
  readonly decisions: readonly DecisionRow[];
  readonly events: readonly MonitorEvent[];
  readonly explained: ReadonlyMap<number, Explained>;
}

export function sceneOf(
  name: SceneName,
  window: WindowName,
  nowMs: number,
  poolId = 'chat',
): Scene {
  const pool = poolOf(name, nowMs, poolId);
  const decisions = decisionsOf(nowMs, name);
  return {
    view: { epochMs: nowMs, pools: poolsOf(pool), pool },
    history: historyOf(name, pool.targets, window, nowMs),
    decisions,
    events: eventsOf(name, nowMs),
    explained: new Map(decisions.map((row) => [row.callId, explainedOf(row)])),
  };
}

function poolOf(name: SceneName, nowMs: number, id: string): PoolView {
  const second = (seconds: number): number => nowMs + seconds * 1000;
  const base = { id, strategy: 'weighted-round-robin', accepts: [id] };
  switch (name) {
    case 'trouble':
      return {
        ...base,
        verdict: verdictOf({ usable: 4, loadFactor: 1.587 }),
        attention: [
          attentionOf(
            'gemini-us',
            'cooling',
            '429, tokens per minute used up',
            second(23),
            'back in',
          ),
          attentionOf(
            'openai-2',
            'recovering',
            '5 × 502, now at 40% of its weight',
            second(52),
            'full weight in',
          ),
          attentionOf(
            'claude-us',
            'little_quota',
            '14% of input tokens per minute left',
            second(18),
            'resets in',
          ),
          attentionOf('claude-eu', 'draining', '14 requests in flight'),
        ],
        figures: figuresOf({
          callerRatio: 0.0002,
          upstreamRatio: 0.009,
          tightest: ['claude-us', 0.14],
          timesNow: 1.5,
        }),
        targets: troubledFleet(nowMs),
      };
    case 'healthy':
      return {
        ...base,
        verdict: verdictOf({ maxGapPoints: 0.2 }),
        attention: [],
        figures: figuresOf({
          callerRatio: 0,
          upstreamRatio: 0,
          tightest: ['openai-1', 0.42],
          timesNow: 1.7,
        }),
        targets: calmFleet(nowMs),
      };
    case 'failing': {
      const targets = calmFleet(nowMs, (target) => failingOf(target, second(41)));
      return {
        ...base,
        verdict: verdictOf({ usable: 5, loadFactor: 1.25, served: 'some', maxGapPoints: 0.6 }),
        attention: [
          attentionOf('openai-2', 'open', '5 × 502 Bad Gateway', second(41), 'next probe in'),
        ],
        figures: figuresOf({
          callerRatio: 0.004,
          upstreamRatio: 0.021,
          tightest: ['openai-1', 0.31],
          timesNow: 1.4,
        }),
        targets,
      };
    }
    case 'quota': {
      const targets = calmFleet(nowMs, (target) => scarceOf(target, nowMs));
      return {
        ...base,
        verdict: verdictOf({ waiting: 12, oldestWaitMs: 1400, maxGapPoints: 0.4 }),
        attention: ['openai-1', 'openai-2', 'claude-us', 'claude-eu', 'gemini-us'].map(
          (target, index) =>
            attentionOf(
              target,
              'little_quota',
              `${4 + index * 2}% of tokens per minute left`,
              second(22 + index),
              'resets in',
            ),
        ),
        figures: figuresOf({
          callerRatio: 0,
          upstreamRatio: 0.002,
          tightest: ['openai-1', 0.04],
          timesNow: 1.04,
        }),
        targets,
      };
    }
    case 'off-line':
      return {
        ...base,
        strategy: 'consistent-hash',
        verdict: verdictOf({ maxGapPoints: 14.2, offLine: ['claude-us'] }),
        attention: [
          attentionOf(
            'claude-us',
            'off_line',
            'takes 1.7 × its share: 34.2% of requests, 20% expected',
          ),
        ],
        figures: figuresOf({
          callerRatio: 0,
          upstreamRatio: 0,
          tightest: ['openai-1', 0.42],
          timesNow: 1.7,
        }),
        targets: calmFleet(nowMs, ({ id, actualShare }) => ({
          actualShare: id === 'claude-us' ? 0.342 : (actualShare ?? 0) * 0.822,
        })),
      };
    case 'empty':
      return emptyPool(base, nowMs);
    case 'down':
      return downPool(base, nowMs);
    case 'many':
      return largePool(base, nowMs);
  }
}

function failingOf(
  { id, expectedShare, actualShare }: TargetView,
  untilEpochMs: number,
): Partial<TargetView> {
  if (id !== 'openai-2')
    return { expectedShare: expectedShare! / 0.8, actualShare: actualShare! / 0.8 };
  return {
    state: 'open',
    reason: '5 × 502 Bad Gateway in 8 s',
    untilEpochMs,
    untilTotalMs: 60_000,
    actualShare: 0,
    expectedShare: 0,
    ratePerSecond: 0,
    inFlight: 0,
    errorRatio: 0.71,
    errorNote: '5 × 502',
    breaker: { probesOk: 0, probesNeeded: 3 },
  };
}

function scarceOf({ id, quotas }: TargetView, nowMs: number): Partial<TargetView> {
  if (id === 'gemini-eu') return {};
  const place = ['openai-1', 'openai-2', 'claude-us', 'claude-eu', 'gemini-us'].indexOf(id);
  return {
    quotas: [quota('tokens/min', 0.04 + place * 0.02, nowMs + (22 + place) * 1000), quotas[1]!],
  };
}

type Base = Pick<PoolView, 'id' | 'strategy' | 'accepts'>;

function emptyPool(base: Base, nowMs: number): PoolView {
  const none = { p50: null, p95: null, p99: null };
  return {
    ...base,
    verdict: verdictOf({ served: 'idle', maxGapPoints: 0 }),
    attention: [],
    figures: {
      requests: { perSecond: 0, inWindow: 0, served: 0, points: [] },
      errors: { callerRatio: null, upstreamRatio: null, points: [] },
      firstContentMs: { ...none, points: [] },
      inFlight: { now: 0, points: [] },
      headroom: { timesNow: null, capacityPerSecond: 94, tightest: null, points: [] },
      cost: { usdPerHour: 0, usdPerThousand: null, points: [] },
    },
    targets: calmFleet(nowMs, ({ quotas }) => ({
      actualShare: null,
      ratePerSecond: 0,
      inFlight: 0,
      errorRatio: null,
      lastUsedEpochMs: null,
      firstContentMs: none,
      quotas: quotas.map(({ dimension }) => quota(dimension, 1, null)),
      usdPerHour: 0,
    })),
  };
}

function downPool(base: Base, nowMs: number): PoolView {
  const waits = [41, 44, 8, 19, 23, 26];
  const targets = calmFleet(nowMs).map((target, index): TargetView => ({
    ...target,
    actualShare: 0,
    expectedShare: 0,
    state: 'open',
    reason: `5 × connection refused in ${3 + index} s`,
    untilEpochMs: nowMs + waits[index]! * 1000,
    untilTotalMs: 60_000,
    ratePerSecond: 0,
    inFlight: 0,
    lastUsedEpochMs: nowMs - 42_000,
    errorRatio: 1,
    errorNote: '5 × refused',
    firstContentMs: { p50: null, p95: null, p99: null },
    usdPerHour: 0,
  }));
  const figures = figuresOf({ callerRatio: 1, upstreamRatio: 1, tightest: null, timesNow: 0 });
  const cut = (points: readonly number[]): number[] =>
    points.map((point, index) => (index > 25 ? 0 : point));
  return {
    ...base,
    verdict: verdictOf({
      served: 'none',
      usable: 0,
      maxGapPoints: null,
      loadFactor: 1,
      waiting: 312,
      oldestWaitMs: 18_000,
      maxWaitMs: 20_000,
      refusedPerMinute: 1204,
      cause:
        'Three providers failed within 6 s with refused connections: look at this machine’s network first.',
    }),
    attention: targets
      .map(({ id, untilEpochMs }) =>
        attentionOf(id, 'open', '5 × connection refused', untilEpochMs, 'next probe in'),
      )
      .sort((a, b) => a.untilEpochMs! - b.untilEpochMs!),
    figures: {
      ...figures,
      requests: {
        ...figures.requests,
        perSecond: 41.8,
        served: 10_884,
        points: cut(figures.requests.points),
      },
      firstContentMs: { p50: null, p95: null, p99: null, points: [] },
      inFlight: { now: 0, points: cut(figures.inFlight.points) },
      cost: { usdPerHour: 0, usdPerThousand: null, points: cut(figures.cost.points) },
    },
    targets,
  };
}

function largePool(base: Base, nowMs: number): PoolView {
  const targets = largeFleet(nowMs);
  const off = targets[OFF_LINE]!;
  const odd = (state: TargetView['state']): TargetView[] =>
    targets.filter((target) => target.state === state);
  const line =
    (kind: Attention['kind'], label: string) =>
    (target: TargetView): Attention =>
      attentionOf(
        target.id,
        kind,
        target.reason,
        target.untilEpochMs ?? target.slowStart?.fullAtEpochMs ?? null,
        label,
      );
  return {
    ...base,
    strategy: 'consistent-hash',
    verdict: verdictOf({
      usable: 95,
      total: 100,
      offLine: [off.id],
      maxGapPoints: 0.75,
      loadFactor: 1.02,
    }),
    attention: [
      attentionOf(off.id, 'off_line', 'takes 1.6 × its share: 31 long conversations'),
      ...odd('open').map(line('open', 'next probe in')),
      ...odd('cooling').map(line('cooling', 'back in')),
      ...odd('recovering').map(line('recovering', 'full weight in')),
      ...odd('draining').map((target) => attentionOf(target.id, 'draining', target.reason)),
    ],
    figures: {
      ...figuresOf({
        callerRatio: 0,
        upstreamRatio: 0.003,
        tightest: [off.id, 0.18],
        timesNow: 1.4,
      }),
      requests: { perSecond: 1284, inWindow: 385_200, served: 385_200, points: wave(3, 1) },
      inFlight: { now: 5240, points: wave(4, 2) },
      cost: { usdPerHour: 5910, usdPerThousand: 1.28, points: wave(5, 3) },
    },
    targets,
  };
}

function verdictOf(more: Partial<Verdict>): Verdict {
  return {
    served: 'all',
    usable: 6,
    total: 6,
    maxGapPoints: 0.5,
    offLine: [],
    fairnessBoundPoints: 10,
    loadFactor: 1,
    waiting: 0,
    oldestWaitMs: null,
    maxWaitMs: 10_000,
    refusedPerMinute: 0,
    cause: null,
    ...more,
  };
}

function attentionOf(
  target: string,
  kind: Attention['kind'],
  reason: string,
  untilEpochMs: number | null = null,
  untilLabel: string | null = null,
): Attention {
  return { target, kind, reason, untilEpochMs, untilLabel };
}

function figuresOf(more: {
  callerRatio: number;
  upstreamRatio: number;
  tightest: readonly [string, number] | null;
  timesNow: number;
}): Figures {
  const { callerRatio, upstreamRatio, tightest, timesNow } = more;
  return {
    requests: { perSecond: 42.3, inWindow: 12_690, served: 12_688, points: wave(3, 1) },
    errors: { callerRatio, upstreamRatio, points: bump(upstreamRatio) },
    firstContentMs: { p50: 418, p95: 1120, p99: 2310, points: bump(2) },
    inFlight: { now: 189, points: wave(3, 2) },
    headroom: {
      timesNow,
      capacityPerSecond: 94,
      tightest: tightest === null ? null : { target: tightest[0], leftRatio: tightest[1] },
      points: Array.from({ length: 30 }, (_, index) => (index < 10 ? 2.4 : index < 25 ? 2 : 1.5)),
    },
    cost: { usdPerHour: 195, usdPerThousand: 1.28, points: wave(4, 3) },
  };
}

function wave(level: number, seed: number): number[] {
  const random = randomFrom(seed);
  return Array.from({ length: 30 }, (_, index) => level + Math.sin(index / 5) + random() * 0.5);
}

function bump(level: number): number[] {
  const random = randomFrom(9);
  return Array.from(
    { length: 30 },
    (_, index) => level * ((index > 9 && index < 13 ? 3 : 1) + random() * 0.3),
  );
}

function poolsOf(pool: PoolView): View['pools'] {
  const total = pool.targets.reduce((sum, { weight }) => sum + weight, 0);
  const odd = new Set(
    pool.attention.filter(({ kind }) => kind !== 'little_quota').map(({ target }) => target),
  );
  return [
    {
      id: pool.id,
      strategy: pool.strategy,
      usable: pool.verdict.usable,
      total: pool.verdict.total,
      ratePerSecond: pool.figures.requests.perSecond,
      levels: pool.targets.map(({ actualShare, weight }) =>
        actualShare === null ? null : actualShare / (weight / total),
      ),
      wantsAttention: pool.targets.map(({ id }) => odd.has(id)),
    },
    {
      id: 'embed',
      strategy: 'round-robin',
      usable: 3,
      total: 3,
      ratePerSecond: 118,
      levels: [1, 1.02, 0.98],
      wantsAttention: [false, false, false],
    },
    {
      id: 'reason',
      strategy: 'latency',
      usable: 2,
      total: 2,
      ratePerSecond: 1.9,
      levels: [1.04, 0.96],
      wantsAttention: [false, false],
    },
    {
      id: 'batch',
      strategy: 'cost',
      usable: 4,
      total: 4,
      ratePerSecond: 0,
      levels: [null, null, null, null],
      wantsAttention: [false, false, false, false],
    },
  ];
}

function historyOf(
  name: SceneName,
  targets: readonly TargetView[],
  window: WindowName,
  nowMs: number,
): History {
  const weights = targets.map(({ weight }) => weight);
  switch (name) {
    case 'empty':
      return pastOf(targets, window, nowMs, 0, () => weights.map(() => 0));
    case 'down':
      return pastOf(targets, window, nowMs, 42, (ago) =>
        weights.map((weight) => (ago < 7 ? 0 : weight)),
      );
    case 'trouble':
      return pastOf(
        targets,
        window,
        nowMs,
        42.3,
        troubledWeights,
        (ago) => Math.exp(-((ago - 41) ** 2) / 8) * 1.1,
      );
    case 'failing':
      return pastOf(
        targets,
        window,
        nowMs,
        42.3,
        (ago) => weights.map((weight, index) => (index === 1 && ago < 9 ? 0 : weight)),
        (ago) => Math.exp(-((ago - 9) ** 2) / 6),
      );
    case 'many':
      return pastOf(targets, window, nowMs, 1284, () =>
        targets.map(({ expectedShare }) => expectedShare ?? 0),
      );
    default:
      return pastOf(targets, window, nowMs, 42.3, () => weights);
  }
}

/** A breaker that opened and closed, a drain and a cool-down, as the events have them. */
function troubledWeights(ago: number): number[] {
  const weights = [30, 20, 20, 10, 15, 5];
  if (ago <= 41 && ago > 26) weights[1] = 0;
  if (ago <= 26) weights[1] = 20 * (0.1 + 0.3 * Math.min(1, (26 - ago) / 26));
  if (ago <= 21) weights[3] = 0;
  if (ago <= 7) weights[4] = 0;
  return weights;
}

function eventsOf(name: SceneName, nowMs: number): MonitorEvent[] {
  const at = (seconds: number): number => nowMs - seconds * 1000;
  if (name === 'empty' || name === 'healthy') return [];
  if (name === 'down') {
    return calmFleet(nowMs).map(({ id }, index) => ({
      id: index + 1,
      epochMs: at(36 - index),
      target: id,
      kind: 'open',
      text: 'breaker opened: 5 × connection refused',
    }));
  }
  if (name === 'failing') {
    return [
      {
        id: 1,
        epochMs: at(45),
        target: 'openai-2',
        kind: 'open',
        text: 'breaker opened: 5 × 502 in 8 s',
      },
    ];
  }
  if (name === 'many') {
    const id = largeFleet(nowMs)[OFF_LINE]!.id;
    return [
      {
        id: 1,
        epochMs: at(130),
        target: id,
        kind: 'off_line',
        text: 'is off its line: 1.98% of requests, 1.23% expected',
      },
    ];
  }
  return [
    {
      id: 5,
      epochMs: at(37),
      target: 'gemini-us',
      kind: 'cooling',
      text: 'cools down for 60 s: 429, tokens per minute',
    },
    { id: 4, epochMs: at(110), target: 'claude-eu', kind: 'draining', text: 'drained' },
    {
      id: 3,
      epochMs: at(130),
      target: 'openai-2',
      kind: 'closed',
      text: 'passed 3 of 3 probes, slow start for 3 min',
    },
    {
      id: 2,
      epochMs: at(208),
      target: 'openai-2',
      kind: 'open',
      text: 'breaker opened: 5 × 502 in 8 s',
    },
    {
      id: 1,
      epochMs: at(1514),
      target: null,
      kind: 'config',
      text: 'configuration reloaded: claude-us weight 15 → 20',
    },
  ];
}

function decisionsOf(nowMs: number, name: SceneName): DecisionRow[] {
  const at = (seconds: number): number => nowMs - seconds * 1000;
  const row = (
    callId: number,
    ago: number,
    target: string | null,
    kind: DecisionRow['kind'],
    reason: string,
    more: Partial<DecisionRow>,
  ): DecisionRow => ({
    callId,
    epochMs: at(ago),
    target,
    kind,
    reason,
    attempts: 1,
    firstContentMs: null,
    tokensIn: null,
    tokensOut: null,
    usd: null,
    outcome: 'success',
    ...more,
  });
  const rows = [
    row(4711, 0.1, 'openai-1', 'hedge', 'claude-us had no first token after 1.12 s', {
      attempts: 2,
      firstContentMs: 1310,
      tokensIn: 1200,
      tokensOut: 244,
      usd: 0.0008,
    }),
    row(4640, 3.8, 'gemini-eu', 'residency', 'the request allows only eu', {
      firstContentMs: 352,
      tokensIn: 840,
      tokensOut: 96,
      usd: 0.0005,
    }),
    row(4420, 17.3, 'openai-2', 'slow_start', 'its turn at 40% of its weight', {
      firstContentMs: 447,
      tokensIn: 2100,
      tokensOut: 512,
      usd: 0.0016,
    }),
    row(4012, 36.8, 'claude-us', 'failover', 'gemini-us answered 429 before any content', {
      attempts: 2,
      firstContentMs: 702,
      tokensIn: 1212,
      tokensOut: 304,
      usd: 0.0027,
    }),
    row(3801, 49, 'openai-1', 'quota', 'claude-us was next, but 6.1k tokens would not fit', {
      firstContentMs: 410,
      tokensIn: 6100,
      tokensOut: 188,
      usd: 0.0019,
    }),
    row(3520, 67.5, 'claude-us', 'pin', 'the caller asked for chat@claude-us', {
      firstContentMs: 498,
      tokensIn: 310,
      tokensOut: 61,
      usd: 0.0006,
    }),
    row(3400, 75, 'openai-1', 'turn', 'its turn', {
      firstContentMs: 377,
      tokensIn: 120,
      tokensOut: 80,
      usd: 0.0003,
    }),
    row(3120, 96, null, 'refused', 'no target takes 210k tokens', {
      attempts: 0,
      outcome: 'failed',
    }),
  ];
  if (name === 'empty' || name === 'many') return [];
  if (name === 'down') {
    return Array.from({ length: 9 }, (_, index) =>
      row(9000 - index, index * 0.7, null, 'refused', 'no target is in service', {
        attempts: 0,
        outcome: 'failed',
      }),
    );
  }
  return name === 'healthy'
    ? rows.filter(({ kind }) => ['turn', 'pin', 'residency'].includes(kind))
    : rows;
}

function explainedOf(row: DecisionRow): Explained {
  const failed = row.kind === 'failover';
  const end = (row.firstContentMs ?? 400) + 2600;
  return {
    ...row,
    sentence: failed
      ? 'Went to claude-us because gemini-us, whose turn it was, answered 429 before any content. The caller saw one answer, 702 ms to the first token and no error.'
      : `Went to ${row.target ?? 'no target'}: ${row.reason}.`,
    strategy: 'weighted-round-robin',
    path: ['weighted-round-robin'],
    attemptsMade:
      row.target === null
        ? []
        : [
            ...(failed
              ? [
                  {
                    target: 'gemini-us',
                    startMs: 0,
                    firstContentMs: null,
                    endMs: 186,
                    failure: '429 after 186 ms, retry in 60 s',
                  },
                ]
              : []),
            {
              target: row.target,
              startMs: failed ? 187 : 0,
              firstContentMs: row.firstContentMs,
              endMs: end,
              failure: null,
            },
          ],
    candidates: [
      { target: 'openai-1', score: -12, leftOut: null, outcome: 'had the turn before' },
      { target: 'openai-2', score: 9, leftOut: null, outcome: 'would have been next' },
      {
        target: 'claude-us',
        score: 31,
        leftOut: null,
        outcome: failed ? 'picked next, served' : null,
      },
      { target: 'claude-eu', score: null, leftOut: 'draining', outcome: null },
      {
        target: 'gemini-us',
        score: 44,
        leftOut: null,
        outcome: failed ? 'picked, answered 429' : null,
      },
      { target: 'gemini-eu', score: 5, leftOut: null, outcome: null },
    ],
    estimateTokens: 1240,
    deadlineMs: 60_000,
    retryBudgetUsedRatio: 0.05,
    overheadMs: 0.2,
    requestId: 'req_8f3kq2w1',
  };
}
