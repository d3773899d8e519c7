import { sharedStoreContract } from '@plimsoll/testkit';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, beforeAll } from 'vitest';

import { redisStore } from '../src/index.ts';
import { describeWithRedis, RedisServer } from './server.ts';

// What a contract is about is not how busy the machine is.
const timeLimitMs = 10_000;

describeWithRedis('with redis-server', () => {
  const server = new RedisServer();
  const ends: (() => void)[] = [];
  beforeAll(() => server.start());
  afterAll(async () => {
    for (const end of ends) end();
    await server.remove();
  });

  for (const RESP of [2, 3] as const) {
    sharedStoreContract({
      name: `node-redis, RESP${RESP}`,
      async open(place) {
        const client = createClient({ url: server.url, RESP });
        await client.connect();
        ends.push(() => client.destroy());
        return redisStore({ client, prefix: `node-${RESP}-${place}`, timeLimitMs });
      },
    });
  }

  sharedStoreContract({
    name: 'ioredis',
    open(place) {
      const client = new Redis(server.url);
      ends.push(() => client.disconnect());
      return redisStore({ client, prefix: `io-${place}`, timeLimitMs });
    },
  });
});
