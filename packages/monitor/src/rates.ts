import type { MeanUse } from './headroom.ts';
import type { Pace } from './quotas.ts';
import type { Series } from './series.ts';
import type { TargetWatch } from './target-watch.ts';
import type { Timeline } from './timeline.ts';

/** Rates of now are taken over the running bucket of 5 s and this many before it: 30 to 35 s. */
const RATE_BUCKETS = 6;
/** The last minute, in such buckets. */
const MINUTE_BUCKETS = 12;

/** So much each second, of late. */
export function perSecond(series: Series, timeline: Timeline): number {
  const from = timeline.running['5m'] - RATE_BUCKETS;
  const seconds = timeline.watchedMs('5m', from) / 1000;
  return seconds === 0 ? 0 : series.since('5m', from) / seconds;
}

/** So much in the last minute. */
export function lastMinute(series: Series, timeline: Timeline): number {
  return series.since('5m', timeline.running['5m'] - MINUTE_BUCKETS + 1);
}

/** What goes to these targets together each second. */
export function paceOf(watches: readonly TargetWatch[], timeline: Timeline): Pace {
  const sum = (of: (watch: TargetWatch) => Series): number =>
    watches.reduce((total, watch) => total + perSecond(of(watch), timeline), 0);
  const input = sum(({ inputTokens }) => inputTokens);
  const output = sum(({ outputTokens }) => outputTokens);
  return {
    requests: sum(({ attempts }) => attempts),
    input_tokens: input,
    output_tokens: output,
    tokens: input + output,
  };
}

/** What one request used on average, in the last hour. */
export function meanUse(watches: readonly TargetWatch[]): MeanUse {
  let answers = 0;
  let input = 0;
  let output = 0;
  for (const watch of watches) {
    answers += watch.attempts.total('1h') - watch.failures.total('1h');
    input += watch.inputTokens.total('1h');
    output += watch.outputTokens.total('1h');
  }
  const mean = (tokens: number): number | undefined =>
    answers > 0 && tokens > 0 ? tokens / answers : undefined;
  return {
    requests: 1,
    input_tokens: mean(input),
    output_tokens: mean(output),
    tokens: mean(input + output),
  };
}
