import { failureOf, FakeBalancer, observedTarget, targetNamed } from '@plimsoll/testkit';
import { describe, expect, it } from 'vitest';

import { prometheusMetrics } from '../src/index.ts';

/** The samples of one metric, without its head. */
function samples(text: string, name: string): string[] {
  return text
    .split('\n')
    .filter((line) => new RegExp(`^plimsoll_${name}(?:_bucket|_sum|_count)?[{ ]`).test(line))
    .map((line) => line.slice('plimsoll_'.length));
}

it('has these metrics, with these labels', () => {
  const metrics = prometheusMetrics({ build: { version: '1.2.3' } });
  const balancer = new FakeBalancer();
  metrics.observe(balancer, { fairnessBound: 0.1 });
  const quotas = [
    { scope: 'target', dimension: 'requests', windowMs: 1000, limit: 10, used: 1 },
  ] as const;
  balancer.targets = [observedTarget('a', { share: 1, expectedShare: 1, quotas })];
  balancer.served(20, { isStream: true });
  const [from, to] = [targetNamed('a'), targetNamed('b')];
  const failure = failureOf('server');
  balancer.emit('attemptFailed', { target: from, failure });
  balancer.emit('failover', { from, to, failure });
  balancer.emit('target', { target: from, change: 'open' });
  balancer.emit('target', { target: from, change: 'cooling', scope: 'key', kind: 'auth' });
  const told = new Map<string, string>();
  for (const line of metrics.render().split('\n')) {
    const [, name, labels = ''] =
      /^plimsoll_(\w+?)(?:_bucket|_sum|_count)?(?:\{(.*)\})? /.exec(line) ?? [];
    if (name === undefined) continue;
    const names = [...labels.matchAll(/(\w+)="/g)].map(([, label]) => label);
    told.set(name, names.filter((label) => label !== 'le').join(','));
  }
  expect(Object.fromEntries(told)).toEqual({
    requests_total: 'pool,operation,outcome',
    attempts_total: 'pool,target,outcome,error_class',
    request_duration_seconds: 'pool,operation',
    time_to_first_token_seconds: 'pool,operation',
    overhead_seconds: 'pool',
    tokens_total: 'pool,target,type',
    cost_usd_total: 'pool,target',
    in_flight: 'target',
    queue_depth: 'pool',
    target_state: 'target,state',
    breaker_transitions_total: 'target,to',
    cooldowns_total: 'target,scope,reason',
    failovers_total: 'pool,from,to,reason',
    ratelimit_remaining: 'target,scope,dimension,window',
    ratelimit_limit: 'target,scope,dimension,window',
    selection_share: 'pool,target',
    expected_share: 'pool,target',
    fairness_index: 'pool',
    fairness_bound: 'pool',
    affinity_hits_total: 'pool,result',
    store_errors_total: '',
    config_reloads_total: 'result',
    build_info: 'version',
  });
});

describe('requests', () => {
  it('are counted by operation and outcome', () => {
    const metrics = prometheusMetrics();
    const balancer = new FakeBalancer();
    metrics.observe(balancer);
    balancer.served(20);
    balancer.served(20);
    balancer.failed(20);
    balancer.emit('aborted', { operation: undefined });
    expect(samples(metrics.render(), 'requests_total')).toEqual([
      'requests_total{pool="chat",operation="chat",outcome="success"} 2',
      'requests_total{pool="chat",operation="chat",outcome="failure"} 1',
      'requests_total{pool="chat",operation="chat",outcome="aborted"} 0',
      'requests_total{pool="chat",operation="",outcome="success"} 0',
      'requests_total{pool="chat",operation="",outcome="failure"} 0',
      'requests_total{pool="chat",operation="",outcome="aborted"} 1',
    ]);
  });

  it('have their durations in cumulative buckets, the bound included', () => {
    const metrics = prometheusMetrics();
    const balancer = new FakeBalancer();
    metrics.observe(balancer);
    for (const ms of [10, 11, 1_000_000]) balancer.served(ms);
    const lines = samples(metrics.render(), 'request_duration_seconds');
    expect(lines).toHaveLength(20);
    expect(lines.slice(0, 2)).toEqual([
      'request_duration_seconds_bucket{pool="chat",operation="chat",le="0.01"} 1',
      'request_duration_seconds_bucket{pool="chat",operation="chat",le="0.02"} 2',
    ]);
    expect(lines.slice(-4)).toEqual([
      'request_duration_seconds_bucket{pool="chat",operation="chat",le="655.36"} 2',
      'request_duration_seconds_bucket{pool="chat",operation="chat",le="+Inf"} 3',
      'request_duration_seconds_sum{pool="chat",operation="chat"} 1000.021',
      'request_duration_seconds_count{pool="chat",operation="chat"} 3',
    ]);
  });

  it('count for the time to first token only as streams', () => {
    const metrics = prometheusMetrics();
    const balancer = new FakeBalancer();
    metrics.observe(balancer);
    balancer.served(5000);
    balancer.served(5000, { isStream: true, firstContentMs: 300 });
    expect(samples(metrics.render(), 'time_to_first_token_seconds').slice(-2)).toEqual([
      'time_to_first_token_seconds_sum{pool="chat",operation="chat"} 0.3',
      'time_to_first_token_seconds_count{pool="chat",operation="chat"} 1',
    ]);
  });
});

it('reads attempts, tokens, cost and the queue from the stats, and the kinds of failures from events', () => {
  const metrics = prometheusMetrics();
  const balancer = new FakeBalancer();
  metrics.observe(balancer);
  balancer.queued = 3;
  const numbers = { served: 7, aborted: 2, inputTokens: 100, outputTokens: 40, costUsd: 0.5 };
  balancer.targets = [observedTarget('a', numbers)];
  for (const kind of ['throttle', 'server', 'throttle'] as const) {
    balancer.emit('attemptFailed', { target: targetNamed('a'), failure: failureOf(kind) });
  }
  const text = metrics.render();
  expect(samples(text, 'attempts_total')).toEqual([
    'attempts_total{pool="chat",target="a",outcome="success",error_class=""} 7',
    'attempts_total{pool="chat",target="a",outcome="aborted",error_class=""} 2',
    'attempts_total{pool="chat",target="a",outcome="failure",error_class="throttle"} 2',
    'attempts_total{pool="chat",target="a",outcome="failure",error_class="server"} 1',
  ]);
  expect(samples(text, 'tokens_total')).toEqual([
    'tokens_total{pool="chat",target="a",type="input"} 100',
    'tokens_total{pool="chat",target="a",type="output"} 40',
  ]);
  expect(samples(text, 'cost_usd_total')).toEqual(['cost_usd_total{pool="chat",target="a"} 0.5']);
  expect(samples(text, 'queue_depth')).toEqual(['queue_depth{pool="chat"} 3']);
});

it('counts requests with a key by whether they went to its home', () => {
  const metrics = prometheusMetrics();
  const balancer = new FakeBalancer();
  metrics.observe(balancer);
  balancer.affinity = { home: 9, overflow: 2 };
  expect(samples(metrics.render(), 'affinity_hits_total')).toEqual([
    'affinity_hits_total{pool="chat",result="home"} 9',
    'affinity_hits_total{pool="chat",result="overflow"} 2',
  ]);
});

it('has the overhead of each pool in buckets from 50 microseconds on', () => {
  const metrics = prometheusMetrics();
  metrics.observe(new FakeBalancer());
  metrics.observe(new FakeBalancer('batch'));
  const { onOverhead } = metrics;
  for (const ms of [0.05, 0.06, 1000]) onOverhead('chat', ms);
  onOverhead('gone', 1);
  const lines = samples(metrics.render(), 'overhead_seconds');
  expect(lines.slice(0, 3)).toEqual([
    'overhead_seconds_bucket{pool="chat",le="0.00005"} 1',
    'overhead_seconds_bucket{pool="chat",le="0.0001"} 2',
    'overhead_seconds_bucket{pool="chat",le="0.0002"} 2',
  ]);
  expect(lines.slice(13, 17)).toEqual([
    'overhead_seconds_bucket{pool="chat",le="0.4096"} 2',
    'overhead_seconds_bucket{pool="chat",le="+Inf"} 3',
    'overhead_seconds_sum{pool="chat"} 1.00011',
    'overhead_seconds_count{pool="chat"} 3',
  ]);
  expect(lines.at(-1)).toBe('overhead_seconds_count{pool="batch"} 0');
});

it('counts configurations that were read anew', () => {
  const metrics = prometheusMetrics();
  const { onConfigReload } = metrics;
  for (const isMade of [true, false, true]) onConfigReload(isMade);
  expect(samples(metrics.render(), 'config_reloads_total')).toEqual([
    'config_reloads_total{result="success"} 2',
    'config_reloads_total{result="failure"} 1',
  ]);
});

it('tells failovers with both targets and the kind of failure', () => {
  const metrics = prometheusMetrics();
  const balancer = new FakeBalancer();
  metrics.observe(balancer);
  const failure = failureOf('overload');
  balancer.emit('failover', { from: targetNamed('a'), to: targetNamed('b'), failure });
  expect(samples(metrics.render(), 'failovers_total')).toEqual([
    'failovers_total{pool="chat",from="a",to="b",reason="overload"} 1',
  ]);
});

it('counts and shows what is a target’s own once, however many pools share it', () => {
  const metrics = prometheusMetrics();
  const pools = [new FakeBalancer('chat'), new FakeBalancer('batch')];
  const quotas = [
    { scope: 'group', dimension: 'requests', windowMs: 60_000, limit: 100, used: 120 },
    { scope: 'target', dimension: 'tokens', windowMs: 86_400_000, limit: 5000, used: 1 },
  ] as const;
  for (const pool of pools) {
    metrics.observe(pool);
    pool.targets = [observedTarget('a', { inFlight: 4, state: 'open', quotas })];
  }
  const a = targetNamed('a');
  const told = [
    { target: a, change: 'open' },
    { target: a, change: 'weight' },
    { target: a, change: 'cooling', scope: 'quota_group', kind: 'throttle' },
    { target: a, change: 'cooling' },
  ];
  for (const event of told) for (const pool of pools) pool.emit('target', event);
  const text = metrics.render();
  expect(samples(text, 'in_flight')).toEqual(['in_flight{target="a"} 4']);
  expect(samples(text, 'target_state')).toEqual([
    'target_state{target="a",state="healthy"} 0',
    'target_state{target="a",state="half_open"} 0',
    'target_state{target="a",state="open"} 1',
    'target_state{target="a",state="cooling"} 0',
    'target_state{target="a",state="draining"} 0',
  ]);
  expect(samples(text, 'breaker_transitions_total')).toEqual([
    'breaker_transitions_total{target="a",to="open"} 1',
  ]);
  expect(samples(text, 'cooldowns_total')).toEqual([
    'cooldowns_total{target="a",scope="quota_group",reason="throttle"} 1',
    'cooldowns_total{target="a",scope="target",reason="shared"} 1',
  ]);
  expect(samples(text, 'ratelimit_remaining')).toEqual([
    'ratelimit_remaining{target="a",scope="group",dimension="requests",window="60s"} 0',
    'ratelimit_remaining{target="a",scope="target",dimension="tokens",window="86400s"} 4999',
  ]);
  expect(samples(text, 'ratelimit_limit').map((line) => line.split(' ').at(-1))).toEqual([
    '100',
    '5000',
  ]);
});

describe('fairness', () => {
  it('is 1 where first picks follow the promised shares, and less where they do not', () => {
    const metrics = prometheusMetrics();
    const balancer = new FakeBalancer();
    metrics.observe(balancer);
    balancer.targets = [
      observedTarget('a', { share: 0.75, expectedShare: 0.75 }),
      observedTarget('b', { share: 0.25, expectedShare: 0.25 }),
    ];
    expect(samples(metrics.render(), 'fairness_index')).toEqual(['fairness_index{pool="chat"} 1']);
    balancer.targets = [
      observedTarget('a', { share: 1, expectedShare: 0.5 }),
      observedTarget('b', { share: 0, expectedShare: 0.5 }),
    ];
    const text = metrics.render();
    expect(samples(text, 'fairness_index')).toEqual(['fairness_index{pool="chat"} 0.5']);
    expect(samples(text, 'selection_share')[0]).toBe('selection_share{pool="chat",target="a"} 1');
    expect(samples(text, 'expected_share')[1]).toBe('expected_share{pool="chat",target="b"} 0.5');
  });

  it('has the bound that the program states, and none otherwise', () => {
    const metrics = prometheusMetrics();
    metrics.observe(new FakeBalancer(), { fairnessBound: 0.05 });
    metrics.observe(new FakeBalancer('batch'));
    expect(samples(metrics.render(), 'fairness_bound')).toEqual([
      'fairness_bound{pool="chat"} 0.05',
    ]);
  });

  it('is not told where the strategy promises no share, nor before the first pick', () => {
    const metrics = prometheusMetrics();
    const balancer = new FakeBalancer();
    metrics.observe(balancer);
    balancer.targets = [observedTarget('a', { share: 1 })];
    expect(metrics.render()).not.toMatch(/fairness_index|expected_share/);
    balancer.targets = [observedTarget('a', { expectedShare: 1 })];
    expect(metrics.render()).not.toContain('fairness_index');
  });
});

it('counts errors of a store, from a function that needs no object', () => {
  const metrics = prometheusMetrics();
  const { onStoreError } = metrics;
  onStoreError();
  expect(samples(metrics.render(), 'store_errors_total')).toEqual(['store_errors_total 1']);
});

it('escapes the values of labels', () => {
  const metrics = prometheusMetrics({ build: { version: 'a"b\\c\nd' } });
  expect(samples(metrics.render(), 'build_info')).toEqual([
    String.raw`build_info{version="a\"b\\c\nd"} 1`,
  ]);
});

it('shows no message of a provider, which may quote a key or a prompt', () => {
  const metrics = prometheusMetrics();
  const balancer = new FakeBalancer();
  metrics.observe(balancer);
  const [from, to] = [targetNamed('a'), targetNamed('b')];
  const failure = failureOf('auth');
  balancer.emit('attemptFailed', { target: from, failure });
  balancer.emit('failover', { from, to, failure });
  expect(metrics.render()).toContain('error_class="auth"');
  expect(metrics.render()).not.toContain('sk-secret');
});

it('does not render what is no longer observed, and counts no more of it', () => {
  const metrics = prometheusMetrics();
  const balancer = new FakeBalancer();
  const stop = metrics.observe(balancer);
  balancer.served(1);
  stop();
  balancer.emit('target', { target: targetNamed('a'), change: 'open' });
  expect(metrics.render()).not.toMatch(/pool=|target=/);
});

it('renders the other pools when one cannot tell its numbers, and warns', async () => {
  const metrics = prometheusMetrics();
  const [good, bad] = [new FakeBalancer('good'), new FakeBalancer('bad')];
  for (const balancer of [bad, good]) metrics.observe(balancer);
  bad.stats = () => {
    throw new Error('no numbers');
  };
  const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
  expect(samples(metrics.render(), 'queue_depth')).toEqual(['queue_depth{pool="good"} 0']);
  expect((await warned).message).toBe('no numbers');
});

describe('options', () => {
  it('change the names', () => {
    expect(prometheusMetrics({ prefix: '' }).render()).toContain('\nstore_errors_total 0\n');
  });

  it.each([
    [{ prefix: '1st' }, 'prefix', '"1st"'],
    [{ prefix: 'a-b' }, 'prefix', '"a-b"'],
    [{ build: { 'no-label': 'x' } }, 'build', '"no-label"'],
    [{ build: { __name__: 'x' } }, 'build', '"__name__"'],
  ])('are refused where Prometheus would not take them: %j', (options, name, got) => {
    expect(() => prometheusMetrics(options)).toThrow(
      new RegExp(`^prometheusMetrics: \`${name}\` must be .*, got ${got}$`),
    );
  });
});
