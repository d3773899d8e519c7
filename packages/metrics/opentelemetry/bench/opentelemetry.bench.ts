// What a request pays for being told, beside one record of a histogram of the SDK, which is the least it could pay; and
// what a collection costs.
import { type Attributes, metrics as api } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';

import type { Observed, ObservedEvents } from '@plimsoll/core';

import { openTelemetryMetrics } from '../src/index.ts';

type Served = ObservedEvents['success'];

const CALLS = 200_000;

const reader = new PeriodicExportingMetricReader({
  exporter: new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE),
  exportIntervalMillis: 2 ** 31 - 1,
});
const provider = new MeterProvider({ readers: [reader] });
const target = (index: number): Served['target'] => ({
  id: `target-${index}`,
  model: 'gpt-5-mini',
  weight: 1,
  tier: 0,
  tags: [],
  quotaGroup: 'a',
  cacheDomain: 'a',
});

/** A pool of so many targets, and what it calls when a request was served. */
function pool(targets: number): {
  readonly balancer: Observed;
  readonly serve: (event: Served) => void;
} {
  let serve: ((event: Served) => void) | undefined;
  const quotas = (['requests', 'tokens'] as const).map((dimension) => {
    return { scope: 'target', dimension, windowMs: 60_000, limit: 500, used: 17 };
  });
  const stats = {
    queued: 0,
    affinity: { home: 0, overflow: 0 },
    targets: Array.from({ length: targets }, (_, index) => ({
      id: `target-${index}`,
      state: 'healthy',
      share: 1 / targets,
      expectedShare: 1 / targets,
      served: 123_456,
      aborted: 12,
      inFlight: 3,
      quotas,
      inputTokens: 12_345_678,
      outputTokens: 2_345_678,
      costUsd: 12.345,
    })),
  };
  const balancer: Observed = {
    name: 'chat',
    on(name, listener) {
      if (name === 'success') serve = listener as typeof serve;
      return () => {};
    },
    stats: () => stats,
  };
  return { balancer, serve: (event) => serve!(event) };
}

/** The served requests of 8 targets. */
function requests(isStream: boolean): Served[] {
  return Array.from({ length: 1024 }, (_, index) => ({
    operation: 'chat',
    isStream,
    target: target(index % 8),
    latencyMs: 20 * 1.01 ** index,
    firstContentMs: 5 * 1.005 ** index,
    usage: { inputTokens: 100, outputTokens: 40 },
    model: 'gpt-5-mini-2025-08-07',
  }));
}

/** Least nanoseconds of a call, of several rounds: other work on the machine only adds. */
function nanoseconds(call: (index: number) => void): number {
  let least = Infinity;
  for (let round = 0; round < 9; round++) {
    globalThis.gc?.();
    const start = process.hrtime.bigint();
    for (let index = 0; index < CALLS; index++) call(index & 1023);
    least = Math.min(least, Number(process.hrtime.bigint() - start) / CALLS);
  }
  return least;
}

function telling(names: 'current' | 'older', isStream: boolean, to = provider): number {
  const metrics = openTelemetryMetrics({ meterProvider: to, names });
  const { balancer, serve } = pool(8);
  metrics.observe(balancer);
  const list = requests(isStream);
  return nanoseconds((index) => serve(list[index]!));
}

const attributes: Attributes = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-5-mini',
  'gen_ai.response.model': 'gpt-5-mini-2025-08-07',
  'plimsoll.pool': 'chat',
};
const histogram = provider.getMeter('bench').createHistogram('bench');
const record = nanoseconds((index) => histogram.record(index / 100, attributes));
const told: readonly (readonly [string, number])[] = [
  ['one record of a histogram', record],
  ['an answer', telling('current', false)],
  ['a stream', telling('current', true)],
  ['an answer, older names', telling('older', false)],
  ['a stream, older names', telling('older', true)],
  ['an answer, no SDK registered', telling('current', false, api.getMeterProvider() as never)],
];
console.table(
  Object.fromEntries(
    told.map(([what, ns]) => [what, { ns: Math.round(ns), records: (ns / record).toFixed(2) }]),
  ),
);

const rows: Record<string, object> = {};
for (const targets of [10, 100, 1000]) {
  const own = new PeriodicExportingMetricReader({
    exporter: new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE),
    exportIntervalMillis: 2 ** 31 - 1,
    cardinalityLimits: { default: 100_000 },
  });
  const metrics = openTelemetryMetrics({ meterProvider: new MeterProvider({ readers: [own] }) });
  metrics.observe(pool(targets).balancer);
  let least = Infinity;
  for (let round = 0; round < 20; round++) {
    const start = process.hrtime.bigint();
    await own.collect();
    least = Math.min(least, Number(process.hrtime.bigint() - start) / 1e6);
  }
  rows[`a collection of ${targets} targets`] = { ms: least.toFixed(2) };
}
console.table(rows);
