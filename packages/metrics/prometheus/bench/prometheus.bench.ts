// What a request pays for being counted, and what Prometheus pays for asking: the least of several rounds, since other work
// on the machine only adds.
import type { Observed, ObservedEvents } from '@plimsoll/core';

import { prometheusMetrics } from '../src/index.ts';

const CALLS = 5_000_000;

/** A pool of so many targets, and what it calls when a request was served. */
function pool(targets: number): {
  readonly balancer: Observed;
  readonly serve: (event: ObservedEvents['success']) => void;
} {
  let serve: ((event: ObservedEvents['success']) => void) | undefined;
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

const metrics = prometheusMetrics();
const { balancer, serve } = pool(8);
metrics.observe(balancer);
const requests = Array.from({ length: 1024 }, (_, index) => ({
  operation: index % 8 === 0 ? 'embeddings' : 'chat',
  isStream: index % 2 === 0,
  target: { id: 'target-0', weight: 1, tier: 0, tags: [], quotaGroup: 'a', cacheDomain: 'a' },
  usage: undefined,
  model: undefined,
  latencyMs: 20 * 1.01 ** index,
  firstContentMs: 5 * 1.005 ** index,
}));
const perRequest: number[] = [];
const bytes: number[] = [];
for (let round = 0; round < 7; round++) {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const start = process.hrtime.bigint();
  for (let call = 0; call < CALLS; call++) serve(requests[call & 1023]!);
  perRequest.push(Number(process.hrtime.bigint() - start) / CALLS);
  bytes.push((process.memoryUsage().heapUsed - before) / CALLS);
}
console.table({
  'a request served': {
    ns: Math.min(...perRequest).toFixed(1),
    'bytes allocated': Math.max(0, Math.min(...bytes)).toFixed(1),
  },
});

const rows: Record<string, object> = {};
for (const targets of [10, 100, 1000]) {
  const asked = prometheusMetrics();
  const of = pool(targets);
  asked.observe(of.balancer);
  of.serve(requests[1]!);
  const times: number[] = [];
  for (let round = 0; round < 50; round++) {
    const start = process.hrtime.bigint();
    asked.render();
    times.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  rows[`${targets} targets`] = {
    ms: Math.min(...times).toFixed(2),
    'kB of text': Math.round(asked.render().length / 1000),
  };
}
console.table(rows);
