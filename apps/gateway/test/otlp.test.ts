import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

import { expect, it } from 'vitest';

import { Collector } from './collector.ts';
import { gatewayOf, hello, inParallel, targetOf, upstreams } from './rig.ts';

const chat = { model: 'chat', messages: hello };

it('sends what it did to a collector, and the rest when it ends', async () => {
  await using collector = new Collector();
  await using list = await upstreams(2);
  const endpoint = await collector.start();
  {
    await using gateway = await gatewayOf({
      // No delivery before the end: the interval is longer than the test.
      metrics: { otlp: { endpoint, headers: { authorization: 'Bearer planted' }, interval: '1h' } },
      pools: {
        chat: {
          strategy: 'consistent-hash',
          targets: list.map((upstream, index) => targetOf('ab'[index]!, upstream)),
        },
      },
    });
    for (const stream of [false, true, true]) {
      const response = await gateway.post('/v1/chat/completions', { ...chat, stream, user: 'ann' });
      await response.text();
    }
    expect(collector.deliveries).toEqual([]);
  }
  expect(collector.deliveries).toHaveLength(1);
  const [{ url, headers, resource, values }] = collector.deliveries as [
    (typeof collector.deliveries)[number],
  ];
  expect(url).toBe('/v1/metrics');
  expect(headers).toMatchObject({
    'content-type': 'application/x-protobuf',
    authorization: 'Bearer planted',
  });
  expect(resource).toMatchObject({
    'service.name': 'plimsoll',
    'service.version': expect.stringMatching(/^\d+\.\d+\.\d+/),
    'service.instance.id': expect.stringMatching(/^[\da-f-]{36}$/),
  });
  const told = (name: string) => values.filter((value) => value.name === name);
  expect(told('gen_ai.client.inference.duration')).toEqual([
    {
      name: 'gen_ai.client.inference.duration',
      unit: 's',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-test',
        'gen_ai.response.model': 'gpt-test',
        'plimsoll.pool': 'chat',
      },
      value: 3,
    },
  ]);
  expect(told('gen_ai.client.inference.time_to_first_chunk')).toMatchObject([{ value: 2 }]);
  const [usage] = told('gen_ai.client.inference.usage.output_tokens');
  expect(usage!.value).toBeGreaterThan(0);
  expect(told('plimsoll.affinity_hits')).toMatchObject([
    { attributes: { 'plimsoll.result': 'home' }, value: 3 },
    { attributes: { 'plimsoll.result': 'overflow' }, value: 0 },
  ]);
  expect(told('plimsoll.overhead')[0]!.value).toBeGreaterThan(0);
  expect(JSON.stringify([resource, values])).not.toMatch(/planted|sk-|ann|Hello/);
});

it('sends again and again, with the older names where they are wanted, and a page beside it', async () => {
  await using collector = new Collector();
  await using list = await upstreams(1);
  const endpoint = `${await collector.start()}/`;
  await using gateway = await gatewayOf({
    metrics: { otlp: { endpoint, interval: '100ms', names: 'older' } },
    pools: { chat: { targets: [targetOf('a', list[0]!)] } },
  });
  await gateway.client.chat.completions.create(chat);
  await collector.until(2);
  const { url, values } = collector.deliveries.at(-1)!;
  expect(url).toBe('/v1/metrics');
  expect(values.find(({ name }) => name === 'gen_ai.client.token.usage')).toBeDefined();
  const page = await (await fetch(`${gateway.url}/metrics`)).text();
  expect(page).toContain(
    'plimsoll_requests_total{pool="chat",operation="chat",outcome="success"} 1',
  );
});

it('has no page where only a collector is wanted', async () => {
  await using collector = new Collector();
  await using list = await upstreams(1);
  await using gateway = await gatewayOf({
    metrics: { prometheus: false, otlp: { endpoint: await collector.start() } },
    pools: { chat: { targets: [targetOf('a', list[0]!)] } },
  });
  expect((await fetch(`${gateway.url}/metrics`)).status).toBe(404);
});

it('serves requests and ends in time while the collector is gone, and says so', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  await new Promise((resolve) => taken.close(resolve));
  await using list = await upstreams(1);
  const gateway = await gatewayOf({
    metrics: { otlp: { endpoint: `http://127.0.0.1:${port}`, interval: '100ms' } },
    pools: { chat: { targets: [targetOf('a', list[0]!)] } },
  });
  const statuses = await inParallel(200, 4, async () => {
    const response = await gateway.post('/v1/chat/completions', chat);
    await response.text();
    return response.status;
  });
  expect(new Set(statuses)).toEqual(new Set([200]));
  const startedMs = performance.now();
  await gateway[Symbol.asyncDispose]();
  expect(performance.now() - startedMs).toBeLessThan(5000);
  expect(gateway.logged.filter((line) => 'unsent' in line).length).toBeGreaterThan(0);
});

it('goes on when the collector refuses', async () => {
  await using collector = new Collector();
  collector.status = 400;
  await using list = await upstreams(1);
  await using gateway = await gatewayOf({
    metrics: { otlp: { endpoint: await collector.start(), interval: '100ms' } },
    pools: { chat: { targets: [targetOf('a', list[0]!)] } },
  });
  await gateway.client.chat.completions.create(chat);
  await collector.until(2);
  const unsent = gateway.logged.filter((line) => 'unsent' in line);
  expect(unsent.length).toBeGreaterThan(0);
  expect((unsent[0]!['unsent'] as Error).message).not.toBe('');
});
