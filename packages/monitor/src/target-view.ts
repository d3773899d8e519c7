import type { TargetStats } from '@plimsoll/balancer';

import { type Pace, quotaViews } from './quotas.ts';
import type { TargetWatch } from './target-watch.ts';
import type { Timeline } from './timeline.ts';
import { troubleWords } from './trouble.ts';
import { BUCKETS, type TargetView, type TargetViewState, type WindowName } from './view.ts';

/** Limits shown of a target. */
const SHOWN_QUOTAS = 2;

/** What a target's row is made of, besides the target itself. */
export interface TargetContext {
  readonly timeline: Timeline;
  readonly window: WindowName;
  readonly actualShare: number | null;
  readonly own: Pace;
  /** Of all targets of the pool that share its limits. */
  readonly shared: Pace;
  readonly nowMs: number;
  readonly epochMs: number;
}

/** A target as it is shown. */
export function targetView(watch: TargetWatch, context: TargetContext): TargetView {
  const { target, stats } = watch;
  const { timeline, window, nowMs, epochMs } = context;
  const state = stateOf(stats);
  const from = timeline.running[window] - BUCKETS + 1;
  const attempts = watch.attempts.total(window);
  const until = untilOf(state, watch, context);
  return {
    id: target.id,
    provider: target.provider?.name ?? 'none',
    model: target.model ?? '*',
    region: target.region ?? null,
    tags: target.tags,
    tier: target.tier,
    weight: stats.weight,
    actualShare: context.actualShare,
    expectedShare: stats.promisedShare ?? null,
    state,
    reason: reasonOf(state, watch),
    ...until,
    slowStart:
      stats.slowStart === undefined
        ? null
        : {
            ratio: stats.slowStart.ratio,
            fullAtEpochMs: Math.round(stats.slowStart.fullEpochMs),
          },
    breaker:
      stats.probes === undefined
        ? null
        : { probesOk: stats.probes.passed, probesNeeded: stats.probes.needed },
    inFlight: stats.inFlight,
    concurrencyLimit: stats.concurrencyLimit ?? null,
    ratePerSecond: context.own.requests,
    lastUsedEpochMs: rounded(stats.lastUsedEpochMs),
    lastProbeEpochMs: rounded(stats.lastProbeEpochMs),
    errorRatio: attempts === 0 ? null : Math.min(1, watch.failures.total(window) / attempts),
    errorNote: errorNote(watch, window),
    firstContentMs: watch.firstContent.total(window),
    quotas: quotaViews(stats.quotas, context.own, context.shared, nowMs, epochMs).slice(
      0,
      SHOWN_QUOTAS,
    ),
    usdPerHour:
      target.price === undefined
        ? null
        : perHour(watch.usd.total(window), timeline.watchedMs(window, from)),
  };
}

/** An amount as so much per hour. */
export function perHour(amount: number, milliseconds: number): number {
  return milliseconds === 0 ? 0 : (amount * 3_600_000) / milliseconds;
}

function stateOf({ state, slowStart }: TargetStats): TargetViewState {
  return state === 'healthy' && slowStart !== undefined ? 'recovering' : state;
}

function reasonOf(state: TargetViewState, watch: TargetWatch): string {
  const { stats } = watch;
  const words = troubleWords(watch);
  switch (state) {
    case 'healthy':
      return '';
    case 'draining':
      return stats.inFlight === 0
        ? 'nothing in flight'
        : `${stats.inFlight} ${stats.inFlight === 1 ? 'request' : 'requests'} in flight`;
    case 'recovering': {
      const percent = Math.round(stats.slowStart!.ratio * 100);
      return joined(words, `now at ${percent}% of its weight`);
    }
    case 'half_open': {
      const { passed = 0, needed = 1 } = stats.probes ?? {};
      return joined(words, `${passed} of ${needed} ${needed === 1 ? 'probe' : 'probes'} passed`);
    }
    default:
      return words;
  }
}

function untilOf(
  state: TargetViewState,
  { stats, trouble }: TargetWatch,
  { timeline }: TargetContext,
): Pick<TargetView, 'untilEpochMs' | 'untilTotalMs'> {
  if (state === 'recovering') {
    const { sinceEpochMs, fullEpochMs } = stats.slowStart!;
    return {
      untilEpochMs: Math.round(fullEpochMs),
      untilTotalMs: Math.round(fullEpochMs - sinceEpochMs),
    };
  }
  const until = stats.returnEpochMs;
  if (until === undefined) return { untilEpochMs: null, untilTotalMs: null };
  const since = trouble && timeline.epochOf(trouble.sinceMs);
  return {
    untilEpochMs: Math.round(until),
    untilTotalMs: since === undefined ? null : Math.max(0, Math.round(until - since)),
  };
}

/** The most frequent failure: `3 × 429`. */
function errorNote({ notes }: TargetWatch, window: WindowName): string {
  let most = 0;
  let note = '';
  for (const [label, series] of notes) {
    const count = series.total(window);
    if (count <= most) continue;
    most = count;
    note = `${count} × ${label}`;
  }
  return note;
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(', ');
}

function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value);
}
