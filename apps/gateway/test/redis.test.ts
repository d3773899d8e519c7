import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';

import { expect, it, vi } from 'vitest';

import { gatewayOf, hello, targetOf, type TestGateway, upstreams } from './rig.ts';

const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
if (!hasRedis) console.warn('Skipped: gateways that share a Redis: apt-get install redis-server');

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A server of this test's own, that keeps nothing. */
async function redisServer(): Promise<AsyncDisposable & { url: string }> {
  const port = await freePort();
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', tmpdir()];
  const child = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'ignore'] });
  for await (const text of child.stdout) if (String(text).includes('Ready to accept')) break;
  return {
    url: `redis://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

const ask = (gateway: TestGateway): Promise<Response> =>
  gateway.post('/v1/chat/completions', { model: 'chat', messages: hello });

it.skipIf(!hasRedis)(
  'two gateways on one Redis share a day’s limit',
  async () => {
    await using redis = await redisServer();
    await using list = await upstreams(1);
    const file = {
      pools: {
        chat: { targets: [targetOf('a', list[0]!, { limits: { rpd: 4 } })], queue: { maxWait: 0 } },
      },
      state: { redis: redis.url },
    };
    await using one = await gatewayOf(file);
    await using two = await gatewayOf(file);
    for (let request = 0; request < 4; request++) expect((await ask(one)).status).toBe(200);
    expect((await ask(one)).status).toBe(429);
    // The other one hears of it with its next round.
    await vi.waitFor(
      () => {
        const [quota] = two.pool('chat').balancer.stats().targets[0]!.quotas;
        expect(quota?.used).toBe(4);
      },
      { timeout: 5000, interval: 50 },
    );
    expect((await ask(two)).status).toBe(429);
    expect(list[0]!.requests).toHaveLength(4);
  },
  15_000,
);

it('a Redis that is not there keeps no gateway from starting and serving', async () => {
  await using list = await upstreams(1);
  await using gateway = await gatewayOf({
    pools: { chat: { targets: [targetOf('a', list[0]!, { limits: { rpd: 4 } })] } },
    state: { redis: `redis://127.0.0.1:${await freePort()}` },
  });
  expect((await ask(gateway)).status).toBe(200);
});
