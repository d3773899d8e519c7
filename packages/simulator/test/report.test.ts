import { weightedRoundRobin } from '@plimsoll/strategy-weighted-round-robin';
import { describe, expect, test } from 'vitest';

import {
  brownOut,
  constant,
  poisson,
  queue,
  recorded,
  type Report,
  reportPlot,
  reportTable,
  simulate,
} from '../src/index.ts';
import { jainIndex, quantile, sortedNumbers, summaryOf } from '../src/summary.ts';
import { patient } from './rig.ts';

const service = queue({ places: 100, tokensPerS: 100 });

/** 3:1 over two servers; each request takes one second and gives 100 tokens. */
function run(slo = {}): Promise<Report> {
  return simulate({
    durationS: 40,
    warmUpS: 0,
    arrivals: recorded(Array.from({ length: 40 }, (_, index) => index)),
    lengths: { input: constant(0), output: constant(100) },
    servers: {
      a: {
        service,
        roundTripMs: 0,
        baseWork: 0,
        target: { weight: 3, price: { input: 0, output: 10 } },
      },
      b: {
        service,
        roundTripMs: 0,
        baseWork: 0,
        faults: [brownOut({ speed: 0.5 })],
        target: { weight: 1, price: { input: 0, output: 30 } },
      },
    },
    slo,
    balancer: patient(weightedRoundRobin()),
  });
}

describe('summaries', () => {
  test('quantiles are values that occurred, by nearest rank', () => {
    const sorted = sortedNumbers([5, Number.NaN, 1, 4, 2, 3]);
    expect([0, 0.2, 0.21, 0.5, 0.99, 1].map((share) => quantile(sorted, share))).toEqual([
      1, 1, 2, 3, 5, 5,
    ]);
  });

  test('nothing has no summary', () => {
    const none = Number.NaN;
    const summary = summaryOf([none]);
    expect(Object.values(summary)).toEqual([none, none, none, none, none, none]);
  });

  test("Jain's index is 1 for equal shares and 1/n for one that has all", () => {
    expect(jainIndex([4, 4, 4])).toBe(1);
    expect(jainIndex([0, 0, 9, 0])).toBe(0.25);
  });
});

describe('a report', () => {
  test('counts requests, rates, shares and cost', async () => {
    const report = await run();
    expect(report.requests).toBe(40);
    expect(report.successRatio).toBe(1);
    expect(report.throughputPerS).toBe(1);
    expect(report.outputTokensPerS).toBe(100);
    expect(report.attemptsPerRequest).toBe(1);
    expect(
      report.targets.map(({ id, picks, share, served }) => [id, picks, share, served]),
    ).toEqual([
      ['a', 30, 0.75, 30],
      ['b', 10, 0.25, 10],
    ]);
    // By weight the shares are just.
    expect(report.jainIndex).toBe(1);
    // 30 x 100 tokens at $10 and 10 x 100 at $30, per million.
    expect(report.costUsd).toBeCloseTo(0.06, 9);
    expect(report.costUsdPer1000).toBeCloseTo(1.5, 9);
    // 30 of 1 s and 10 of 2 s; the fastest server takes 1 s.
    expect(report.latencyMs.mean).toBeCloseTo(1250, 6);
    expect(report.slowdown.mean).toBeCloseTo(1.25, 9);
  });

  test.for([
    [{}, 1],
    [{ perTokenMs: 15 }, 0.75],
    [{ latencyMs: 1999 }, 0.75],
    [{ latencyMs: 999 }, 0],
  ] as const)('judges by the SLO %j: %d', async ([slo, ratio]) => {
    const report = await run(slo);
    expect(report.sloRatio).toBe(ratio);
    expect(report.goodputPerS).toBe(ratio);
  });

  test('has a timeline of 60 parts', async () => {
    const { timeline } = await run();
    expect(timeline).toHaveLength(60);
    expect(timeline[1]!.fromS).toBeCloseTo(2 / 3, 9);
    expect(timeline.reduce((sum, { picks }) => sum + picks[1]!, 0)).toBe(10);
    const quiet = timeline.find(({ requests }) => requests === 0)!;
    expect(quiet.p50Ms).toBeNaN();
  });
});

test('a table sets reports side by side', async () => {
  const lines = reportTable({ today: await run(), strict: await run({ latencyMs: 999 }) }).split(
    '\n',
  );
  expect(lines[0]!.trim().split(/ +/)).toEqual(['today', 'strict']);
  expect(lines.find((line) => line.startsWith('within the SLO'))).toMatch(/100\.00% +0\.00%$/);
  expect(lines.find((line) => line.startsWith('share of b'))).toMatch(/25\.00% +25\.00%$/);
  expect(lines.find((line) => line.startsWith('latency mean'))).toMatch(/1\.250 s +1\.250 s$/);
});

test('a plot shows both latencies and a bar per target and part', async () => {
  const report = await simulate({
    durationS: 60,
    warmUpS: 0,
    arrivals: poisson({ perS: 30 }),
    servers: { 'a<b': { service }, c: { service } },
    balancer: patient(weightedRoundRobin()),
  });
  const svg = reportPlot(report);
  expect(svg).toMatch(/^<svg [^>]*viewBox="0 0 720 /);
  expect(svg.match(/<polyline /g)).toHaveLength(2);
  // One background, and two targets in each of 60 parts, all of which have requests.
  expect(svg.match(/<rect /g)).toHaveLength(1 + 120);
  expect(svg).toContain('a&lt;b');
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
});

test('a run without requests can be shown', async () => {
  const report = await simulate({
    durationS: 10,
    arrivals: recorded([]),
    servers: { a: { service } },
    balancer: patient(weightedRoundRobin()),
  });
  expect(report.requests).toBe(0);
  expect(reportPlot(report)).not.toMatch(/NaN|Infinity|undefined/);
  expect(reportTable({ empty: report })).toContain('requests');
});
