import { expect, it, vi } from 'vitest';

import { describeWithRedis, freePort, redisServer } from './redis-server.ts';
import { gatewayOf, hello, targetOf, type TestGateway, upstreams } from './rig.ts';

const ask = (gateway: TestGateway): Promise<Response> =>
  gateway.post('/v1/chat/completions', { model: 'chat', messages: hello });

describeWithRedis('gateways that share a Redis', () => {
  it('have a day’s limit in common', async () => {
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
  }, 15_000);
});

it('a Redis that is not there keeps no gateway from starting and serving', async () => {
  await using list = await upstreams(1);
  await using gateway = await gatewayOf({
    pools: { chat: { targets: [targetOf('a', list[0]!, { limits: { rpd: 4 } })] } },
    state: { redis: `redis://127.0.0.1:${await freePort()}` },
  });
  expect((await ask(gateway)).status).toBe(200);
});
