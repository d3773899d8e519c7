import fc from 'fast-check';
import { failureOf, FakeBalancer, observedTarget, targetNamed } from '@plimsoll/testkit';
import { expect, it } from 'vitest';

import { prometheusMetrics } from '../src/index.ts';
import { itWithPromtool, promtool } from './promtool.ts';

/** Metrics with at least one sample of each. */
function everyMetric(pool = 'chat', id = 'a'): string {
  const metrics = prometheusMetrics({ build: { version: '1.2.3' } });
  const balancer = new FakeBalancer(pool);
  metrics.observe(balancer, { fairnessBound: 0.1 });
  const quotas = [
    { scope: 'target', dimension: 'requests', windowMs: 1000, limit: 10, used: 1 },
  ] as const;
  balancer.targets = [observedTarget(id, { share: 1, expectedShare: 1, quotas })];
  balancer.served(20, { isStream: true });
  const of = targetNamed(id);
  const failure = failureOf('server');
  balancer.emit('attemptFailed', { target: of, failure });
  balancer.emit('failover', { from: of, to: targetNamed('b'), failure });
  balancer.emit('target', { target: of, change: 'open' });
  balancer.emit('target', { target: of, change: 'cooling', scope: 'key', kind: 'auth' });
  return metrics.render();
}

itWithPromtool('promtool finds nothing to say of the metrics', () => {
  const text = everyMetric();
  expect(text.match(/^# TYPE /gm)).toHaveLength(23);
  expect(promtool(['check', 'metrics'], text)).toEqual({ said: '', code: 0 });
});

itWithPromtool('promtool reads names with any characters', () => {
  expect(promtool(['check', 'metrics'], everyMetric('a"}\n{\\', '\\"é\u{1f600}')).code).toBe(0);
});

it('no name of a pool or a target can end a line or a label', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (pool, id) => {
      for (const line of everyMetric(pool, id).trimEnd().split('\n')) {
        expect(line).toMatch(
          /^(?:# (?:HELP|TYPE) \w+ .+|\w+(?:\{\w+="(?:[^"\\]|\\["\\n])*"(?:,\w+="(?:[^"\\]|\\["\\n])*")*\})? [\d.e+-]+)$/,
        );
      }
    }),
    { numRuns: 200, seed: 1 },
  );
});
