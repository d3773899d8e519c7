import { once } from 'node:events';

import { isPlimsollError, type Notice, type PeriodUse, type SharedStore } from '@plimsoll/core';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { redisStore } from '../src/index.ts';
import { describeWithRedis, RedisServer } from './server.ts';
import { soon } from './soon.ts';

const TIME_LIMIT_MS = 100;
const use: PeriodUse = { key: 'a', period: '2099-01-01', used: 1 };

interface Fixture {
  readonly store: SharedStore;
  readonly errors: unknown[];
  readonly isReady: () => boolean;
}

describeWithRedis('a server that is away, slow or new', () => {
  const server = new RedisServer();
  const admin = new Redis({ host: '127.0.0.1', lazyConnect: true, retryStrategy: () => 10 });
  const ends: (() => unknown)[] = [];
  let prefixes = 0;

  beforeAll(async () => {
    await server.start();
    admin.options.port = server.port;
    admin.on('error', () => {});
    await admin.connect();
  });
  afterAll(async () => {
    for (const end of ends) await end();
    admin.disconnect();
    await server.remove();
  });

  async function nodeRedis(prefix: string): Promise<Fixture> {
    const client = createClient({ url: server.url, socket: { reconnectStrategy: () => 10 } });
    const errors: unknown[] = [];
    const onError = (error: unknown): void => void errors.push(error);
    const store = redisStore({ client, prefix, timeLimitMs: TIME_LIMIT_MS, onError });
    await client.connect();
    ends.push(() => store.close().then(() => client.destroy()));
    return { store, errors, isReady: () => client.isReady };
  }

  async function ioRedis(prefix: string): Promise<Fixture> {
    const client = new Redis(server.url, { retryStrategy: () => 10 });
    const errors: unknown[] = [];
    const onError = (error: unknown): void => void errors.push(error);
    const store = redisStore({ client, prefix, timeLimitMs: TIME_LIMIT_MS, onError });
    await once(client, 'ready');
    ends.push(() => store.close().then(() => client.disconnect()));
    const isReady = (): boolean => client.status === 'ready';
    return { store, errors, isReady };
  }

  describe.each([
    ['node-redis', nodeRedis],
    ['ioredis', ioRedis],
  ])('%s', (_, connect) => {
    const open = (): Promise<Fixture> => connect(`outage-${prefixes}`);

    test('rejects in time while the server is stopped, and goes on when it is back', async () => {
      prefixes++;
      const [a, b] = [await open(), await open()];
      const heard: Notice[] = [];
      b.store.subscribe((notice) => heard.push(notice));
      for (let round = 0; round < 3; round++) {
        for (const { store } of [a, b]) {
          await persist(() => store.lease([{ key: 'limit', demand: 1 }], 60_000));
        }
      }
      a.store.publish(noticeOf('before'));
      await soon(() => expect(heard.map(({ target }) => target)).toEqual(['before']));
      await persist(() => a.store.add([use]));

      await server.stop();
      await soon(() => expect([a.isReady(), b.isReady()]).toEqual([false, false]));
      const from = performance.now();
      a.store.publish(noticeOf('away'));
      const calls = [
        a.store.add([use]),
        a.store.load(0),
        a.store.put('key', 'value', 1000),
        a.store.get('key'),
        a.store.lease([{ key: 'limit', demand: 1 }], 60_000),
      ];
      const tooLate = expect.objectContaining({
        code: 'ERR_PLIMSOLL_STORE',
        message: `redisStore: not sent within ${TIME_LIMIT_MS} ms`,
      });
      for (const end of await Promise.allSettled(calls)) {
        expect(end).toEqual({ status: 'rejected', reason: tooLate });
      }
      // Generous for a busy machine; without a limit it would be for as long as the server is away.
      expect(performance.now() - from).toBeLessThan(10 * TIME_LIMIT_MS);
      expect(a.errors).toContainEqual(tooLate);

      await server.start();
      await soon(() => expect([a.isReady(), b.isReady()]).toEqual([true, true]));
      // The server lost all it knew, and what was not sent in time was not sent later.
      expect(await persist(() => a.store.add([use]))).toEqual([use]);
      // Nobody grows before the others have come back, though the server believes that there is nobody else.
      const shares: number[] = [];
      for (const { store } of [a, b, a, b]) {
        const [grant] = await persist(() => store.lease([{ key: 'limit', demand: 1 }], 60_000));
        shares.push(grant!.share);
      }
      expect(shares).toEqual([0.5, 0.5, 0.5, 0.5]);
      a.store.publish(noticeOf('after'));
      await soon(() => expect(heard.map(({ target }) => target)).toContain('after'));
    });

    test('a listener that lost its connection is told what it missed', async () => {
      prefixes++;
      const [a, b] = [await open(), await open()];
      const heard: string[] = [];
      b.store.subscribe(({ target }) => heard.push(target));
      a.store.publish(noticeOf('before'));
      await soon(() => expect(heard).toContain('before'));
      // In one step for the server: nobody can be back in between.
      await admin.multi().call('CLIENT', 'KILL', 'TYPE', 'pubsub').exec();
      a.store.publish(noticeOf('meanwhile'));
      await soon(() => expect(heard).toContain('meanwhile'));
    });

    test('counts each add once on a server that answers late', async () => {
      prefixes++;
      const { store } = await open();
      await persist(() => store.add([use]));
      await admin.call('CLIENT', 'PAUSE', '500', 'ALL');
      let calls = 0;
      const from = performance.now();
      const totals = await persist(() => {
        calls++;
        return store.add([use]);
      });
      // All those that rejected arrived, one after the other, when the pause was over.
      expect(performance.now() - from).toBeGreaterThan(400);
      expect(calls).toBeGreaterThanOrEqual(3);
      expect(totals).toEqual([{ ...use, used: 2 }]);
      expect(await persist(() => store.add([use]))).toEqual([{ ...use, used: 3 }]);
    });

    test('takes the answer that came while the process stood still for longer than the limit', async () => {
      prefixes++;
      const { store } = await open();
      await persist(() => store.put('key', 'value', 60_000));
      const value = store.get('key');
      const from = performance.now();
      while (performance.now() - from < 3 * TIME_LIMIT_MS);
      expect(await value).toBe('value');
    });

    test('goes on when the server has forgotten the scripts', async () => {
      prefixes++;
      const { store } = await open();
      await persist(() => store.add([use]));
      await admin.call('SCRIPT', 'FLUSH');
      expect(await persist(() => store.add([use]))).toEqual([{ ...use, used: 2 }]);
    });
  });

  test('a client that never connects: calls reject, close does not hang', async () => {
    const client = createClient({ url: server.url });
    const store = redisStore({ client, timeLimitMs: 20 });
    const calls = [store.add([use]), store.get('key')];
    const closed = store.close();
    const ends = await Promise.allSettled(calls);
    expect(ends.map((end) => String((end as PromiseRejectedResult).reason))).toEqual([
      'PlimsollError: redisStore: not sent within 20 ms',
      'PlimsollError: redisStore: not sent within 20 ms',
    ]);
    await closed;
  });

  test('a call made before the client is connected goes out when it is', async () => {
    const client = new Redis(server.url);
    ends.push(() => client.disconnect());
    const store = redisStore({ client, prefix: 'early', timeLimitMs: 10_000 });
    expect(client.status).not.toBe('ready');
    expect(await store.add([use])).toEqual([use]);
    await store.close();
  });
});

/** Makes a call again until it resolves, as an engine does. */
async function persist<Result>(call: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!isPlimsollError(error)) throw error;
    }
  }
}

function noticeOf(target: string): Notice {
  return {
    kind: 'cooling',
    target,
    scope: 'key',
    untilEpochMs: Date.now() + 60_000,
    reason: 'said to wait',
  };
}
