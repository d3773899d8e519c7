import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';

import { itWithPrometheus, PrometheusServer } from './prometheus-server.ts';
import { gatewayOf, hello, inParallel, targetOf, upstreams } from './rig.ts';

const deploy = fileURLToPath(new URL('../../../deploy/', import.meta.url));

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

const panels = (
  JSON.parse(readFileSync(`${deploy}grafana/plimsoll.json`, 'utf8')) as { panels: Panel[] }
).panels;

/** The queries of the dashboard, as Grafana sends them with everything selected. */
const queries = panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => ({
    title,
    expression: expr.replaceAll('$__rate_interval', '1m').replaceAll(/"\$\w+"/g, '".*"'),
  })),
);

function promtool(...args: string[]): { said: string; code: number | null } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  return { said: stdout + stderr, code: status };
}

itWithPrometheus('the alert rules and the scrape configuration are right', () => {
  expect(promtool('check', 'rules', `${deploy}prometheus/alerts.yaml`)).toMatchObject({ code: 0 });
  expect(promtool('check', 'config', `${deploy}prometheus/prometheus.yaml`).code).toBe(0);
});

itWithPrometheus('every alert fires when it should, and not before', () => {
  const { said, code } = promtool('test', 'rules', `${deploy}prometheus/alerts.test.yaml`);
  expect(said).toContain('SUCCESS');
  expect(code).toBe(0);
  const names = readFileSync(`${deploy}prometheus/alerts.yaml`, 'utf8').matchAll(/alert: (\w+)/g);
  const tests = readFileSync(`${deploy}prometheus/alerts.test.yaml`, 'utf8');
  for (const [, name] of names) expect(tests).toContain(`alertname: ${name}`);
});

it('the panels of the dashboard have ids of their own', () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  expect(queries.length).toBeGreaterThan(20);
});

itWithPrometheus('a Prometheus that scrapes the gateway knows what it did', async () => {
  await using list = await upstreams(2);
  await using gateway = await gatewayOf({
    pools: {
      chat: {
        strategy: 'weighted-round-robin',
        targets: [
          targetOf('a', list[0]!, { weight: 3, price: { input: 1, output: 2 } }),
          targetOf('b', list[1]!, { weight: 1, limits: { rpm: 6000 } }),
        ],
      },
    },
  });
  await using prometheus = new PrometheusServer();
  await prometheus.start(gateway.url, `${deploy}prometheus/alerts.yaml`);
  await inParallel(40, 4, (index) =>
    gateway
      .post('/v1/chat/completions', { model: 'chat', messages: hello, stream: index % 2 === 0 })
      .then((response) => response.text()),
  );
  list[0]!.always({ status: 400, body: { error: { message: 'no', code: 'bad' } } });
  list[1]!.always({ status: 400, body: { error: { message: 'no', code: 'bad' } } });
  await (await gateway.post('/v1/chat/completions', { model: 'chat', messages: hello })).text();

  // A rate takes two scrapes.
  const failed = 'plimsoll_requests_total{outcome="failure"} == 1';
  await prometheus.until(`count_over_time((${failed})[1m:100ms]) >= 3`);
  const valueOf = async (expression: string): Promise<number> =>
    Number((await prometheus.query(expression))[0]?.value[1]);
  expect(await valueOf('up{job="plimsoll"}')).toBe(1);
  expect(await valueOf('plimsoll_requests_total{outcome="success"}')).toBe(40);
  expect(await valueOf('sum(plimsoll_attempts_total)')).toBe(41);
  expect(await valueOf('plimsoll_attempts_total{error_class="bad_request"}')).toBe(1);
  expect(await valueOf('plimsoll_time_to_first_token_seconds_count')).toBe(20);
  expect(await valueOf('plimsoll_expected_share{target="a"}')).toBe(0.75);
  expect(await valueOf('plimsoll_fairness_index')).toBeGreaterThan(0.99);
  expect(await valueOf('plimsoll_ratelimit_limit{target="b",window="60s"}')).toBe(6000);
  expect(await valueOf('plimsoll_overhead_seconds_count')).toBe(41);
  expect(await valueOf('plimsoll_fairness_bound')).toBe(0.1);
  const told = await prometheus.query('count by (__name__) ({__name__=~"plimsoll_.+"})');
  expect(told.map(({ metric }) => metric['__name__']!.slice('plimsoll_'.length)).sort()).toEqual([
    'affinity_hits_total',
    'attempts_total',
    'build_info',
    'config_reloads_total',
    'cost_usd_total',
    'expected_share',
    'fairness_bound',
    'fairness_index',
    'in_flight',
    'overhead_seconds_bucket',
    'overhead_seconds_count',
    'overhead_seconds_sum',
    'queue_depth',
    'ratelimit_limit',
    'ratelimit_remaining',
    'request_duration_seconds_bucket',
    'request_duration_seconds_count',
    'request_duration_seconds_sum',
    'requests_total',
    'selection_share',
    'store_errors_total',
    'target_state',
    'time_to_first_token_seconds_bucket',
    'time_to_first_token_seconds_count',
    'time_to_first_token_seconds_sum',
    'tokens_total',
  ]);
  // An alert that waits for its time is pending; nothing is wrong here but one request in 41.
  expect(await prometheus.query('ALERTS{alertstate="firing"}')).toEqual([]);

  // What happened never has no series yet: breakers, cool-downs and failovers.
  const silent = ['Breakers', 'Cool-downs', 'Failovers'];
  for (const { title, expression } of queries) {
    const found = await prometheus.query(expression);
    expect([title, found.length > 0]).toEqual([title, !silent.includes(title)]);
  }
});
