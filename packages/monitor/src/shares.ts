import type { Series } from './series.ts';
import type { TargetWatch } from './target-watch.ts';
import { type Timeline, WINDOW_NAMES } from './timeline.ts';
import { BUCKETS, type WindowName, WINDOWS } from './view.ts';

/** Shares are taken over this time at least, in milliseconds, */
const SPAN_MS = 30_000;
/** and this many picks, */
const SPAN_PICKS = 1000;
/** but no gap is told of fewer than this. */
const MIN_PICKS = 100;
/**
 * Standard deviations of chance that a gap must be past, where every pick is a draw: of a hundred targets watched for a
 * day hardly one is taken to be off its line by luck. (Small shares have long tails, so five are too few.)
 */
const DEVIATIONS = 6;
/** Part of the expected share that a gap may have where the bound is wider: in a pool of a hundred it always is. */
const RELATIVE_BOUND = 0.5;
/** Shares below this are not told apart. */
const LEAST_BOUND = 0.002;
/** Ticks in a row that a target must be past its bound, or back within it, to be taken to be. */
const TICKS = 3;
/** A target is back on its line within this part of its bound. */
const RETURN_RATIO = 0.7;

/** The buckets that shares are taken over: from `from` to the running one. */
export interface Span {
  readonly window: WindowName;
  readonly from: number;
}

/** How one target's share stands to what was expected of it, over a span. */
export interface ShareGap {
  readonly actual: number;
  readonly expected: number;
}

/**
 * The last 30 s or 1,000 picks, whichever is longer, to the bucket; but no further back than the terms have held: what
 * was picked under others says nothing of these.
 */
export function shareSpan(timeline: Timeline, picks: Series, termsSinceMs: number): Span {
  for (const window of WINDOW_NAMES) {
    const running = timeline.running[window];
    const { bucketMs } = WINDOWS[window];
    const terms = timeline.numberAt(window, termsSinceMs);
    let sum = 0;
    for (let number = running; number > running - BUCKETS; number--) {
      sum += picks.at(window, number);
      const spanMs = timeline.epochOf(timeline.nowMs) - number * bucketMs;
      const isEnough = sum >= SPAN_PICKS || (number <= terms && sum > 0);
      if ((spanMs >= SPAN_MS && isEnough) || timeline.isFirst(window, number)) {
        return { window, from: number };
      }
    }
  }
  return { window: '24h', from: timeline.running['24h'] - BUCKETS + 1 };
}

/**
 * Actual and expected share of each target with a weight, among all of these; undefined where none is promised, or where
 * too few picks tell. Standby targets are left out: they have no share, and are used when those with one are not.
 */
export function shareGaps(
  watches: readonly TargetWatch[],
  { window, from }: Span,
): Map<TargetWatch, ShareGap> | undefined {
  const weighted = watches.filter(({ stats }) => stats.weight > 0);
  const actual = weighted.map(({ requests }) => requests.since(window, from));
  const expected = weighted.map((watch) => watch.expected.since(window, from));
  const picks = sumOf(actual);
  const promised = sumOf(expected);
  if (picks < MIN_PICKS || promised < MIN_PICKS) return undefined;
  return new Map(
    weighted.map((watch, index) => [
      watch,
      { actual: actual[index]! / picks, expected: expected[index]! / promised },
    ]),
  );
}

/**
 * Judges whether a target is off its line: past the bound, past what chance explains, and for some ticks; and back when
 * it is well within it for as long.
 *
 * @returns whether that has changed.
 */
export function judge(watch: TargetWatch, gap: ShareGap, picks: number, bound: number): boolean {
  const { actual, expected } = gap;
  const distance = Math.abs(actual - expected);
  const allowed = Math.max(LEAST_BOUND, Math.min(bound, expected * RELATIVE_BOUND));
  const share = Math.max(expected, 1 / picks);
  const chance = DEVIATIONS * Math.sqrt((share * (1 - share)) / picks);
  const differs = watch.isOffLine
    ? distance < allowed * RETURN_RATIO
    : distance > allowed && distance > chance;
  watch.ticksPast = differs ? watch.ticksPast + 1 : 0;
  if (watch.ticksPast < TICKS) return false;
  watch.ticksPast = 0;
  watch.isOffLine = !watch.isOffLine;
  return true;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
