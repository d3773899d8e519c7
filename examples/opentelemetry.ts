// Metrics for OpenTelemetry: what a request to a model is called there, and what only a balancer knows.
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { balancer } from '@plimsoll/balancer';
import type { WireHead, WireRequest } from '@plimsoll/core';
import { openTelemetryMetrics } from '@plimsoll/metrics-opentelemetry';
import { simulated } from '@plimsoll/provider-simulated';
import { consistentHash } from '@plimsoll/strategy-consistent-hash';

// Stands in for an exporter that sends to a collector: what it is given stays in memory.
const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({ exporter });
const meterProvider = new MeterProvider({ readers: [reader] });

const provider = simulated({ firstTokenMs: 5, tokensPerSecond: 10_000, outputTokens: 20 });
const pool = balancer<WireRequest, WireHead, Uint8Array>({
  name: 'chat',
  strategy: consistentHash(),
  targets: ['a', 'b', 'c'].map((id) => ({ id, provider, model: 'small' })),
});
openTelemetryMetrics({ meterProvider }).observe(pool);

let bytes = 0;
for (const user of ['ann', 'bob', 'cleo', 'ann', 'bob', 'ann']) {
  const json = { model: 'small', messages: [{ role: 'user', content: 'Hello' }] };
  const payload = { dialect: 'openai', path: '/chat/completions', json };
  const answer = await pool.stream({ operation: 'chat', hashKey: user, payload });
  for await (const chunk of answer) bytes += chunk.length;
}
await pool.close();
console.log(`${bytes} bytes of answers`);
await meterProvider.shutdown();

for (const { scopeMetrics } of exporter.getMetrics()) {
  for (const { descriptor, dataPoints } of scopeMetrics.flatMap(({ metrics }) => metrics)) {
    if (!/inference|requests|affinity/.test(descriptor.name)) continue;
    for (const { attributes, value } of dataPoints) {
      const told = typeof value === 'number' ? value : `${value.count} recorded,`;
      const result = attributes['plimsoll.result'] ?? attributes['plimsoll.outcome'];
      console.log(descriptor.name, result ?? '', told, descriptor.unit);
    }
  }
}
