import type { Bucket, History, MonitorEvent } from '@plimsoll/monitor';
import { describe, expect, test } from 'vitest';
import { flagsOf } from '../src/charts/flags.ts';
import { logRange } from '../src/charts/log-range.ts';
import { shareStack } from '../src/charts/share-data.ts';
import { spreadLabels } from '../src/charts/spread-labels.ts';
import { timeLabels } from '../src/charts/time-labels.ts';

const layers = [
  { id: 'a', targets: ['a'] },
  { id: 'b', targets: ['b'] },
];

function historyOf(...requests: readonly (readonly [number, number])[]): History {
  const buckets = requests.map((counts, index): Bucket => ({
    startEpochMs: index * 1000,
    requests: counts,
    expected: counts,
    firstContentMs: { p50: null, p95: null, p99: null },
  }));
  return { window: '5m', bucketMs: 1000, targets: ['a', 'b'], buckets };
}

describe('the stack of shares', () => {
  test('each layer ends where those below it and it do', () => {
    const { times, actual } = shareStack(historyOf([1, 3], [2, 2]), layers, 2000);
    expect(times).toEqual([0, 500, 1500, 1999]);
    expect(actual).toEqual([
      [0.25, 0.25, 0.5, 0.5],
      [1, 1, 1, 1],
    ]);
  });

  test('a bucket without requests is a gap, and what stands alone is as wide as its bucket', () => {
    const { times, actual } = shareStack(historyOf([1, 1], [0, 0], [3, 1]), layers, 3000);
    expect(times).toEqual([0, 500, 999, 1000, 2000, 2500, 2999]);
    expect(actual[0]).toEqual([0.5, 0.5, 0.5, null, 0.75, 0.75, 0.75]);
  });

  test('the running bucket counts once half of it has passed', () => {
    const history = historyOf([1, 1], [0, 1]);
    expect(shareStack(history, layers, 1400).times).toEqual([0, 500, 999]);
    expect(shareStack(history, layers, 1500).times).toEqual([0, 500, 1500, 1999]);
  });

  test('the first bucket of all counts at once: it is all there is', () => {
    expect(shareStack(historyOf([1, 1]), layers, 10).times).toEqual([0, 500, 999]);
  });

  test('a layer may be several targets', () => {
    const { actual } = shareStack(historyOf([1, 3]), [{ id: 'p', targets: ['a', 'b'] }], 2000);
    expect(actual).toEqual([[1, 1, 1]]);
  });
});

describe('flags', () => {
  const event = (
    id: number,
    epochMs: number,
    kind: MonitorEvent['kind'] = 'open',
  ): MonitorEvent => ({
    id,
    epochMs,
    target: 'a',
    kind,
    text: '',
  });

  test('are numbered from the oldest; what is near shares one', () => {
    const flags = flagsOf([event(3, 90_000), event(2, 31_000), event(1, 30_000)], 0, 100_000, 5000);
    expect(flags.map(({ number, epochMs, events }) => [number, epochMs, events.length])).toEqual([
      [1, 30_000, 2],
      [2, 90_000, 1],
    ]);
  });

  test('are of what moves shares, within the window', () => {
    expect(
      flagsOf([event(1, 50, 'config'), event(2, 50, 'closed'), event(3, 500)], 0, 100, 10),
    ).toEqual([]);
  });

  test('are nine at most, the latest', () => {
    const events = Array.from({ length: 12 }, (_, index) => event(index, index * 1000));
    const flags = flagsOf(events, 0, 20_000, 100);
    expect(flags).toHaveLength(9);
    expect(flags[0]).toMatchObject({ number: 1, epochMs: 3000 });
  });
});

test('labels keep their distance and stay inside', () => {
  expect(spreadLabels([10, 12, 50], 14, 0, 100)).toEqual([10, 24, 50]);
  expect(spreadLabels([98, 99], 14, 0, 100)).toEqual([86, 100]);
});

test('a time at the very left has no label, as it would reach past the chart', () => {
  expect(timeLabels(59_000, 359_000, 0)[0]).toBe(120_000);
});

test('times of an axis are round in the reader’s time zone', () => {
  const minute = 60_000;
  expect(timeLabels(20_000, 320_000, 0)).toEqual([1, 2, 3, 4, 5].map((at) => at * minute));
  const half = 30 * minute;
  expect(timeLabels(0, 24 * 60 * minute, -30)[0]).toBe(4 * 60 * minute - half);
});

test('a logarithmic axis has lines at round values, and not too many', () => {
  expect(logRange([418, 2310], 1000).lines).toEqual([500, 1000, 2000]);
  expect(logRange([1, 60_000], 1000).lines.length).toBeLessThanOrEqual(6);
  expect(logRange([], 1000).lines).toEqual([1000]);
});
