import { metrics as api } from '@opentelemetry/api';
import { failureOf, FakeBalancer, observedTarget, targetNamed } from '@plimsoll/testkit';
import { describe, expect, it } from 'vitest';

import { openTelemetryMetrics } from '../src/index.ts';
import { Collector, kindOf, observed } from './told.ts';

it('tells all that a balancer knows, each with its kind and unit', async () => {
  const { collector, metrics, balancer } = observed();
  const quotas = [
    { scope: 'target', dimension: 'requests', windowMs: 60_000, limit: 10, used: 1 },
  ] as const;
  balancer.targets = [observedTarget('a', { share: 1, expectedShare: 1, quotas })];
  const [a, b] = [targetNamed('a'), targetNamed('b')];
  balancer.emit('aborted', { operation: 'chat' });
  balancer.emit('failover', { from: a, to: b, failure: failureOf('server') });
  balancer.emit('target', { target: a, change: 'open' });
  balancer.emit('target', { target: a, change: 'cooling', scope: 'key', kind: 'auth' });
  metrics.onOverhead('chat', 1);
  const told = await collector.metrics();
  expect(Object.fromEntries([...told].map(([name, metric]) => [name, kindOf(metric)]))).toEqual({
    'plimsoll.requests': 'monotonic sum {request}',
    'plimsoll.attempts': 'monotonic sum {attempt}',
    'plimsoll.failovers': 'monotonic sum {failover}',
    'plimsoll.tokens': 'monotonic sum {token}',
    'plimsoll.cost': 'monotonic sum {USD}',
    'plimsoll.overhead': 'monotonic sum s',
    'plimsoll.in_flight': 'sum {attempt}',
    'plimsoll.queue_depth': 'sum {request}',
    'plimsoll.target_state': 'gauge 1',
    'plimsoll.breaker_transitions': 'monotonic sum {transition}',
    'plimsoll.cooldowns': 'monotonic sum {cooldown}',
    'plimsoll.ratelimit_remaining': 'gauge 1',
    'plimsoll.ratelimit_limit': 'gauge 1',
    'plimsoll.selection_share': 'gauge 1',
    'plimsoll.expected_share': 'gauge 1',
    'plimsoll.fairness_index': 'gauge 1',
    'plimsoll.fairness_bound': 'gauge 1',
    'plimsoll.affinity_hits': 'monotonic sum {request}',
    'plimsoll.store_errors': 'monotonic sum {error}',
    'plimsoll.config_reloads': 'monotonic sum {reload}',
  });
});

it('counts requests by operation and outcome', async () => {
  const { collector, balancer } = observed();
  balancer.served(20);
  balancer.served(20);
  balancer.failed(20);
  balancer.emit('aborted', { operation: undefined });
  const pool = { 'plimsoll.pool': 'chat' };
  const chat = { ...pool, 'gen_ai.operation.name': 'chat' };
  expect(await collector.points('plimsoll.requests')).toEqual([
    [{ ...chat, 'plimsoll.outcome': 'success' }, 2],
    [{ ...chat, 'plimsoll.outcome': 'failure' }, 1],
    [{ ...chat, 'plimsoll.outcome': 'aborted' }, 0],
    [{ ...pool, 'plimsoll.outcome': 'success' }, 0],
    [{ ...pool, 'plimsoll.outcome': 'failure' }, 0],
    [{ ...pool, 'plimsoll.outcome': 'aborted' }, 1],
  ]);
});

it('reads attempts, tokens, cost, the queue and affinity from the stats, and failures from events', async () => {
  const { collector, balancer } = observed();
  balancer.queued = 3;
  balancer.affinity = { home: 9, overflow: 2 };
  const numbers = { served: 7, aborted: 2, inputTokens: 100, outputTokens: 40, costUsd: 0.5 };
  balancer.targets = [observedTarget('a', numbers)];
  for (const kind of ['throttle', 'throttle', 'server'] as const) {
    balancer.emit('attemptFailed', { target: targetNamed('a'), failure: failureOf(kind) });
  }
  const pool = { 'plimsoll.pool': 'chat' };
  const of = { ...pool, 'plimsoll.target': 'a' };
  expect(await collector.points('plimsoll.attempts')).toEqual([
    [{ ...of, 'plimsoll.outcome': 'success' }, 7],
    [{ ...of, 'plimsoll.outcome': 'aborted' }, 2],
    [{ ...of, 'plimsoll.outcome': 'failure', 'error.type': 'throttle' }, 2],
    [{ ...of, 'plimsoll.outcome': 'failure', 'error.type': 'server' }, 1],
  ]);
  expect(await collector.points('plimsoll.tokens')).toEqual([
    [{ ...of, 'gen_ai.token.type': 'input' }, 100],
    [{ ...of, 'gen_ai.token.type': 'output' }, 40],
  ]);
  expect(await collector.points('plimsoll.cost')).toEqual([[of, 0.5]]);
  expect(await collector.points('plimsoll.queue_depth')).toEqual([[pool, 3]]);
  expect(await collector.points('plimsoll.affinity_hits')).toEqual([
    [{ ...pool, 'plimsoll.result': 'home' }, 9],
    [{ ...pool, 'plimsoll.result': 'overflow' }, 2],
  ]);
});

it('counts and shows what is a target’s own once, however many pools share it', async () => {
  const { collector, metrics, balancer } = observed();
  const other = new FakeBalancer('batch');
  metrics.observe(other);
  const quotas = [
    { scope: 'group', dimension: 'requests', windowMs: 60_000, limit: 100, used: 120 },
  ] as const;
  const a = targetNamed('a');
  const told = [
    { target: a, change: 'open' },
    { target: a, change: 'weight' },
    { target: a, change: 'cooling' },
  ];
  for (const pool of [balancer, other]) {
    pool.targets = [observedTarget('a', { inFlight: 4, state: 'open', quotas })];
  }
  for (const event of told) for (const pool of [balancer, other]) pool.emit('target', event);
  const of = { 'plimsoll.target': 'a' };
  expect(await collector.points('plimsoll.in_flight')).toEqual([[of, 4]]);
  expect(await collector.points('plimsoll.breaker_transitions')).toEqual([
    [{ ...of, 'plimsoll.to': 'open' }, 1],
  ]);
  expect(await collector.points('plimsoll.cooldowns')).toEqual([
    [{ ...of, 'plimsoll.scope': 'target', 'plimsoll.reason': 'shared' }, 1],
  ]);
  const states = await collector.points('plimsoll.target_state');
  expect(states.map(([attributes, value]) => [attributes['plimsoll.state'], value])).toEqual([
    ['healthy', 0],
    ['half_open', 0],
    ['open', 1],
    ['cooling', 0],
    ['draining', 0],
  ]);
  const limit = {
    ...of,
    'plimsoll.scope': 'group',
    'plimsoll.dimension': 'requests',
    'plimsoll.window': '60s',
  };
  expect(await collector.points('plimsoll.ratelimit_remaining')).toEqual([[limit, 0]]);
  expect(await collector.points('plimsoll.ratelimit_limit')).toEqual([[limit, 100]]);
});

it('tells failovers with both targets and the kind of failure', async () => {
  const { collector, balancer } = observed();
  const failure = failureOf('overload');
  balancer.emit('failover', { from: targetNamed('a'), to: targetNamed('b'), failure });
  expect(await collector.points('plimsoll.failovers')).toEqual([
    [
      {
        'plimsoll.pool': 'chat',
        'plimsoll.from': 'a',
        'plimsoll.to': 'b',
        'error.type': 'overload',
      },
      1,
    ],
  ]);
});

describe('fairness', () => {
  it('is told where a share is promised and there were picks', async () => {
    const { collector, balancer } = observed();
    balancer.targets = [observedTarget('a', { share: 1, expectedShare: 0.5 }), observedTarget('b')];
    expect(await collector.points('plimsoll.fairness_index')).toEqual([
      [{ 'plimsoll.pool': 'chat' }, 1],
    ]);
    const expected = await collector.points('plimsoll.expected_share');
    expect(expected).toEqual([[{ 'plimsoll.pool': 'chat', 'plimsoll.target': 'a' }, 0.5]]);
  });

  it('has the bound that the program states, and none otherwise', async () => {
    const { collector, metrics } = observed();
    metrics.observe(new FakeBalancer('batch'));
    expect(await collector.points('plimsoll.fairness_bound')).toEqual([
      [{ 'plimsoll.pool': 'chat' }, 0.1],
    ]);
  });

  it('is not told where none is promised', async () => {
    const { collector, balancer } = observed();
    balancer.targets = [observedTarget('a', { share: 1 })];
    expect(await collector.points('plimsoll.fairness_index')).toEqual([]);
  });
});

it('counts what the program tells, from functions that need no object', async () => {
  const { collector, metrics } = observed();
  const { onStoreError, onOverhead, onConfigReload } = metrics;
  onStoreError();
  onOverhead('chat', 200);
  onOverhead('chat', 300);
  for (const isMade of [true, false, true]) onConfigReload(isMade);
  expect(await collector.points('plimsoll.store_errors')).toEqual([[{}, 1]]);
  expect(await collector.points('plimsoll.overhead')).toEqual([[{ 'plimsoll.pool': 'chat' }, 0.5]]);
  expect(await collector.points('plimsoll.config_reloads')).toEqual([
    [{ 'plimsoll.result': 'success' }, 2],
    [{ 'plimsoll.result': 'failure' }, 1],
  ]);
});

it.each(['current', 'older'] as const)(
  'tells no message of a provider and no name of a user, with the %s names',
  async (names) => {
    const { collector, balancer } = observed({ names });
    balancer.targets = [observedTarget('a', { served: 1 })];
    const [from, to] = [targetNamed('a', { data: 'planted' }), targetNamed('b')];
    const failure = failureOf('auth');
    balancer.served(20, { target: from, usage: { inputTokens: 1, outputTokens: 1 } });
    balancer.failed(20, { failure });
    balancer.emit('attemptFailed', { target: from, failure });
    balancer.emit('failover', { from, to, failure });
    const told = [...(await collector.metrics()).values()];
    const attributes = told.flatMap(({ dataPoints }) =>
      dataPoints.map((point) => point.attributes),
    );
    expect(JSON.stringify(attributes)).toContain('"error.type":"auth"');
    expect(JSON.stringify(told)).not.toMatch(/sk-secret|planted/);
    expect([...new Set(attributes.flatMap(Object.keys))].join(' ')).not.toMatch(/user|client|key/);
  },
);

it('counts nothing more of what is no longer observed', async () => {
  const { collector, balancer, stop } = observed();
  balancer.served(1);
  stop();
  balancer.served(1);
  balancer.emit('target', { target: targetNamed('a'), change: 'open' });
  const [, times] = (await collector.histograms('gen_ai.client.inference.duration'))[0]!;
  expect(times.count).toBe(1);
  expect(await collector.points('plimsoll.breaker_transitions')).toEqual([]);
});

it('tells of the other pools when one cannot tell its numbers, and warns', async () => {
  const { collector, metrics, balancer } = observed();
  const good = new FakeBalancer('good');
  metrics.observe(good);
  balancer.stats = () => {
    throw new Error('no numbers');
  };
  const warned = new Promise((resolve) => process.once('warning', resolve));
  expect(await collector.points('plimsoll.queue_depth')).toEqual([
    [{ 'plimsoll.pool': 'good' }, 0],
  ]);
  expect(await warned).toMatchObject({ message: 'no numbers' });
});

it('tells the provider that is registered globally, unless it is given one', async () => {
  const collector = new Collector();
  api.setGlobalMeterProvider(collector.provider);
  const metrics = openTelemetryMetrics();
  api.disable();
  metrics.onStoreError();
  expect(await collector.points('plimsoll.store_errors')).toEqual([[{}, 1]]);
});

it('does nothing where no provider is registered', () => {
  const metrics = openTelemetryMetrics();
  const balancer = new FakeBalancer();
  metrics.observe(balancer);
  expect(() => balancer.served(20)).not.toThrow();
});

it('refuses names that are neither of the two', () => {
  expect(() => openTelemetryMetrics({ names: 'newest' as never })).toThrow(
    'openTelemetryMetrics: `names` must be current or older, got "newest"',
  );
});
