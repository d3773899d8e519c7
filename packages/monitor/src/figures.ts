import type { PoolWatch } from './pool-watch.ts';
import type { Series } from './series.ts';
import { perHour } from './target-view.ts';
import type { Timeline } from './timeline.ts';
import { BUCKETS, type Figures, type WindowName } from './view.ts';

/** Points of each figure: two buckets each. */
const POINTS = 30;
const BUCKETS_PER_POINT = BUCKETS / POINTS;

/** What the figures are made of, besides the past. */
export interface FiguresNow {
  readonly inFlight: number;
  readonly headroom: Omit<Figures['headroom'], 'points'>;
  /** Whether some target has a price. */
  readonly hasPrices: boolean;
}

/** The six figures over a window. */
export function figures(
  pool: PoolWatch,
  timeline: Timeline,
  window: WindowName,
  now: FiguresNow,
): Figures {
  const first = timeline.running[window] - BUCKETS + 1;
  const watchedMs = timeline.watchedMs(window, first);
  const requests = pool.requests.total(window);
  const served = pool.served.total(window);
  const failed = pool.failed.total(window);
  const attempts = pool.attempts.total(window);
  const failures = pool.failures.total(window);
  const usd = pool.usd.total(window);
  const points = (of: (from: number, to: number) => number): number[] =>
    Array.from({ length: POINTS }, (_, point) => {
      const from = first + point * BUCKETS_PER_POINT;
      return of(from, from + BUCKETS_PER_POINT - 1);
    });
  const sum = (series: Series, from: number, to: number): number => {
    let total = 0;
    for (let number = from; number <= to; number++) total += series.at(window, number);
    return total;
  };
  const mean = (series: Series, looks: Series): number[] =>
    points((from, to) => ratio(sum(series, from, to), sum(looks, from, to)) ?? 0);
  const perSecond = (series: Series) => (from: number, to: number) =>
    perHour(sum(series, from, to), timeline.watchedMs(window, from, to)) / 3600;
  // A gap without an answer is no fast moment: the line goes on as it was.
  let last = 0;
  const median = (from: number, to: number): number =>
    (last = pool.firstContent.between(window, from, to).p50 ?? last);
  return {
    requests: {
      perSecond: perHour(requests, watchedMs) / 3600,
      inWindow: requests,
      served,
      points: points(perSecond(pool.requests)),
    },
    errors: {
      callerRatio: ratio(failed, served + failed),
      upstreamRatio: ratio(failures, Math.max(attempts, failures)),
      points: points((from, to) => {
        const lost = sum(pool.failed, from, to);
        return ratio(lost, lost + sum(pool.served, from, to)) ?? 0;
      }),
    },
    firstContentMs: { ...pool.firstContent.total(window), points: points(median) },
    inFlight: { now: now.inFlight, points: mean(pool.inFlight, pool.looks) },
    headroom: { ...now.headroom, points: mean(pool.headroom, pool.headroomLooks) },
    cost: {
      usdPerHour: now.hasPrices ? perHour(usd, watchedMs) : null,
      usdPerThousand: now.hasPrices && requests > 0 ? (usd * 1000) / requests : null,
      points: points((from, to) => perSecond(pool.usd)(from, to) * 3600),
    },
  };
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
