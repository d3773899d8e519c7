import { expect, it } from 'vitest';

import { gatewayOf, hello, inParallel, targetOf, upstreams } from './rig.ts';

const chat = { model: 'chat', messages: hello };

/** The samples of one metric on a page. */
function samples(page: string, name: string): string[] {
  return page
    .split('\n')
    .filter((line) => line.startsWith(`plimsoll_${name}{`) || line.startsWith(`plimsoll_${name} `))
    .map((line) => line.slice('plimsoll_'.length));
}

it('/metrics tells requests, attempts, failovers, shares and states', async () => {
  await using list = await upstreams(2);
  await using gateway = await gatewayOf({
    pools: {
      chat: {
        targets: list.map((upstream, index) => targetOf('ab'[index]!, upstream)),
        health: { breaker: { failures: 1, reset: '1h' } },
      },
    },
  });
  await gateway.client.chat.completions.create(chat);
  await gateway.client.chat.completions.create(chat);
  await list[0]!.close();
  // Of two turns one is that of the target that is gone.
  await gateway.client.chat.completions.create(chat);
  await gateway.client.chat.completions.create(chat);

  const response = await fetch(`${gateway.url}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const page = await response.text();
  expect(samples(page, 'requests_total')).toEqual([
    'requests_total{pool="chat",operation="chat",outcome="success"} 4',
    'requests_total{pool="chat",operation="chat",outcome="failure"} 0',
    'requests_total{pool="chat",operation="chat",outcome="aborted"} 0',
  ]);
  expect(samples(page, 'attempts_total')).toEqual([
    'attempts_total{pool="chat",target="a",outcome="success",error_class=""} 1',
    'attempts_total{pool="chat",target="a",outcome="aborted",error_class=""} 0',
    'attempts_total{pool="chat",target="b",outcome="success",error_class=""} 3',
    'attempts_total{pool="chat",target="b",outcome="aborted",error_class=""} 0',
    'attempts_total{pool="chat",target="a",outcome="failure",error_class="network"} 1',
  ]);
  expect(samples(page, 'failovers_total')).toEqual([
    'failovers_total{pool="chat",from="a",to="b",reason="network"} 1',
  ]);
  expect(samples(page, 'breaker_transitions_total')).toEqual([
    'breaker_transitions_total{target="a",to="open"} 1',
  ]);
  expect(page).toContain('plimsoll_target_state{target="a",state="open"} 1\n');
  expect(samples(page, 'request_duration_seconds_count')).toEqual([
    'request_duration_seconds_count{pool="chat",operation="chat"} 4',
  ]);
  expect(samples(page, 'time_to_first_token_seconds_count')).toEqual([
    'time_to_first_token_seconds_count{pool="chat",operation="chat"} 0',
  ]);
  expect(samples(page, 'build_info')[0]).toMatch(/^build_info\{version="\d+\.\d+\.\d+",node="\d+/);
});

it('/metrics holds no key, no prompt and no name of a client', async () => {
  await using list = await upstreams(1);
  const key = 'sk-caller';
  const hash = await crypto.subtle.digest('SHA-256', Buffer.from(key));
  await using gateway = await gatewayOf({
    clients: [{ id: 'planted-client', keySha256: Buffer.from(hash).toString('hex') }],
    pools: { chat: { targets: [targetOf('a', list[0]!, { apiKey: 'sk-planted' })] } },
  });
  const messages = [{ role: 'user' as const, content: 'planted-prompt' }];
  await gateway.client.chat.completions.create({ ...chat, messages, user: 'planted-user' });
  list[0]!.always({ status: 401, body: { error: { message: 'Incorrect API key: sk-planted' } } });
  await inParallel(3, 1, () => gateway.post('/v1/chat/completions', { ...chat, messages }));

  const page = await (await fetch(`${gateway.url}/metrics`)).text();
  expect(page).toContain('outcome="success"} 1');
  expect(page).not.toMatch(/planted|sk-/);
});

it('/metrics is not there where the configuration says so', async () => {
  await using list = await upstreams(1);
  await using gateway = await gatewayOf({
    metrics: { prometheus: false },
    pools: { chat: { targets: [targetOf('a', list[0]!)] } },
  });
  const response = await fetch(`${gateway.url}/metrics`);
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ error: { code: 'unknown_path' } });
});

it('/metrics asks for its token where there is one', async () => {
  await using gateway = await gatewayOf({
    pools: { chat: { targets: [{ id: 'a', provider: 'simulated', model: 'm' }] } },
    metrics: { token: 'scrape' },
  });
  const page = (authorization?: string): Promise<Response> =>
    fetch(`${gateway.url}/metrics`, { headers: authorization ? { authorization } : {} });
  const refused = await page();
  expect(refused.status).toBe(401);
  expect(refused.headers.get('www-authenticate')).toBe('Bearer');
  expect(await refused.json()).toMatchObject({ error: { code: 'invalid_metrics_token' } });
  // The admin API's token is another one.
  expect((await page('Bearer tea')).status).toBe(401);
  const read = await page('Bearer scrape');
  expect(read.status).toBe(200);
  expect(await read.text()).toContain('plimsoll_build_info');
});

it('/metrics tells the gateway’s own time, keys at home, and configurations read anew', async () => {
  await using list = await upstreams(2);
  const file = {
    pools: {
      chat: {
        strategy: 'consistent-hash',
        targets: list.map((upstream, index) => targetOf('ab'[index]!, upstream)),
      },
    },
  };
  await using gateway = await gatewayOf(file);
  for (const user of ['ann', 'bob', 'ann', undefined]) {
    await gateway.client.chat.completions.create({ ...chat, ...(user && { user }) });
  }
  gateway.write(file);
  expect((await gateway.admin('POST', 'reload')).status).toBe(200);
  gateway.write({ pools: {} });
  expect((await gateway.admin('POST', 'reload')).status).not.toBe(200);

  const page = await (await fetch(`${gateway.url}/metrics`)).text();
  expect(samples(page, 'overhead_seconds_count')).toEqual([
    'overhead_seconds_count{pool="chat"} 4',
  ]);
  const [sum] = samples(page, 'overhead_seconds_sum');
  const seconds = Number(sum!.split(' ')[1]);
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThan(4);
  expect(samples(page, 'affinity_hits_total')).toEqual([
    'affinity_hits_total{pool="chat",result="home"} 3',
    'affinity_hits_total{pool="chat",result="overflow"} 0',
  ]);
  expect(samples(page, 'config_reloads_total')).toEqual([
    'config_reloads_total{result="success"} 1',
    'config_reloads_total{result="failure"} 1',
  ]);
});
