import { setTimeout as wait } from 'node:timers/promises';

import { optionError, type PeriodUse, type SharedStore } from '@plimsoll/core';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { redisStore, type RedisStoreOptions } from '../src/index.ts';
import { describeWithRedis, RedisServer } from './server.ts';
import { soon } from './soon.ts';

const use: PeriodUse = { key: 'a', period: '2099-01-01', used: 1 };

test('refuses options that make no sense', () => {
  const client = createClient();
  const wrong: [Partial<RedisStoreOptions>, Error][] = [
    [
      { client: {} as never },
      optionError('redisStore', 'client', 'a client of redis or ioredis', {}),
    ],
    [
      { client: undefined as never },
      optionError('redisStore', 'client', 'a client of redis or ioredis', undefined),
    ],
    [{ prefix: '' }, optionError('redisStore', 'prefix', 'a text', '')],
    [{ timeLimitMs: 0 }, optionError('redisStore', 'timeLimitMs', 'finite and > 0', 0)],
    [{ timeLimitMs: NaN }, optionError('redisStore', 'timeLimitMs', 'finite and > 0', NaN)],
  ];
  for (const [options, error] of wrong) {
    expect(() => redisStore({ client, ...options })).toThrow(error);
  }
});

describeWithRedis('with redis-server', () => {
  const server = new RedisServer();
  let admin: Redis;
  const ends: (() => unknown)[] = [];

  beforeAll(async () => {
    await server.start();
    admin = new Redis(server.url);
  });
  afterAll(async () => {
    for (const end of ends) await end();
    admin.disconnect();
    await server.remove();
  });

  async function open(prefix: string, options?: Partial<RedisStoreOptions>): Promise<SharedStore> {
    const client = createClient({ url: server.url });
    await client.connect();
    // How busy the machine is must not fail a test.
    const store = redisStore({ client, prefix, timeLimitMs: 10_000, ...options });
    ends.push(() => store.close().then(() => client.destroy()));
    return store;
  }

  test('loses nothing of what several clients add at once', async () => {
    const stores = await Promise.all(Array.from({ length: 4 }, () => open('together')));
    const adds = stores.flatMap((store) =>
      Array.from({ length: 50 }, (_, at) => store.add([use, { ...use, key: 'b', used: at / 8 }])),
    );
    await Promise.all(adds);
    expect(await stores[0]!.load(Date.now())).toEqual([
      { ...use, used: 200 },
      { ...use, key: 'b', used: 612.5 },
    ]);
  });

  test('sums of fractions are those of decimals', async () => {
    const store = await open('fractions');
    await store.add([{ ...use, used: 0.1 }]);
    expect(await store.add([{ ...use, used: 0.2 }])).toEqual([{ ...use, used: 0.3 }]);
    expect(await store.add([{ ...use, used: 1e-7 }])).toEqual([{ ...use, used: 0.3000001 }]);
    expect(await store.add([{ ...use, used: 1e15 }])).toEqual([{ ...use, used: 1e15 + 0.3000001 }]);
  });

  test('a notice is heard within 100 ms', async () => {
    const [a, b] = [await open('quick'), await open('quick')];
    const heardAtMs = new Map<string, number>();
    b.subscribe(({ target }) => heardAtMs.set(target, performance.now()));
    const publish = (target: string): void =>
      a.publish({
        kind: 'cooling',
        target,
        scope: 'key',
        untilEpochMs: Date.now() + 60_000,
        reason: 'said to wait',
      });
    publish('first');
    await soon(() => expect(heardAtMs.has('first')).toBe(true));
    const tookMs: number[] = [];
    for (let round = 0; round < 31; round++) {
      const from = performance.now();
      publish(`round-${round}`);
      while (!heardAtMs.has(`round-${round}`)) await wait(1);
      tookMs.push(heardAtMs.get(`round-${round}`)! - from);
    }
    tookMs.sort((x, y) => x - y);
    // The median: on a machine that runs six things at once single ones come late, whatever the store does.
    expect(tookMs[15]).toBeLessThan(100);
  });

  test('grants that end by the clock of the server never add up to more than the limit', async () => {
    const ttlMs = 40;
    const members = await Promise.all(Array.from({ length: 3 }, () => open('silence')));
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ member: fc.nat(2), demand: fc.nat(100) }) },
      { weight: 1, arbitrary: fc.constant('silence' as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 30 }), async (steps) => {
        const beliefs = members.map(() => ({ millionths: 0, endsAtMs: 0 }));
        for (const step of steps) {
          if (step === 'silence') {
            await wait(ttlMs / 2);
            continue;
          }
          const endsAtMs = performance.now() + ttlMs;
          const claims = [{ key: 'limit', demand: step.demand }];
          const [grant] = await members[step.member]!.lease(claims, ttlMs);
          beliefs[step.member] = { millionths: Math.round(grant!.share * 1e6), endsAtMs };
          const nowMs = performance.now();
          const sum = beliefs
            .filter((belief) => belief.endsAtMs > nowMs)
            .reduce((total, { millionths }) => total + millionths, 0);
          expect(sum).toBeLessThanOrEqual(1_000_000);
        }
      }),
      { numRuns: 12, seed: 1 },
    );
  });

  test('a newcomer has its part at its second renewal', async () => {
    const [a, b] = [await open('newcomer'), await open('newcomer')];
    const share = async (store: SharedStore): Promise<number> => {
      const [grant] = await store.lease([{ key: 'limit', demand: 1 }], 60_000);
      // What it sent after the answer, on the same connection, has arrived then.
      await store.get('key');
      return grant!.share;
    };
    expect([await share(a), await share(b), await share(a), await share(b)]).toEqual([
      1, 0, 0.5, 0.5,
    ]);
  });

  test('parts are multiples of the unit, and all units are given out', async () => {
    const members = await Promise.all(Array.from({ length: 5 }, () => open('units')));
    let parts: number[] = [];
    for (let round = 0; round < 4; round++) {
      parts = [];
      for (const member of members) {
        const claims = [{ key: 'limit', demand: 1, unit: 1 / 12 }];
        const [grant] = await member.lease(claims, 60_000);
        await member.get('key');
        parts.push(grant!.share * 12);
      }
    }
    // 2.4 of 12 for each.
    expect(parts.map(Math.round).toSorted((a, b) => a - b)).toEqual([2, 2, 2, 3, 3]);
  });

  test('where units are fewer than members these take turns, each after what was used has left', async () => {
    const members = await Promise.all(Array.from({ length: 5 }, () => open('turns')));
    const windowRounds = 4;
    /** When each member used a unit last, in rounds. */
    const usedAt = members.map(() => -Infinity);
    const uses = members.map(() => 0);
    for (let round = 0; round < 40; round++) {
      for (const [at, member] of members.entries()) {
        const used = round - usedAt[at]! < windowRounds ? 0.5 : 0;
        const [grant] = await member.lease([{ key: 'limit', demand: 1, unit: 0.5, used }], 60_000);
        await member.get('key');
        if (grant!.share < 0.5 || used > 0) continue;
        usedAt[at] = round;
        uses[at]!++;
        const inWindow = usedAt.filter((other) => round - other < windowRounds).length;
        expect(inWindow).toBeLessThanOrEqual(2);
      }
    }
    // 2 in 4 rounds would be 20; what is given up is used by the next one a round later.
    expect(uses.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(15);
    expect(Math.max(...uses) - Math.min(...uses)).toBeLessThanOrEqual(1);
  });

  test('a unit goes from who does not need it to who does', async () => {
    const [idle, busy] = [await open('idle'), await open('idle')];
    const share = async (store: SharedStore, demand: number): Promise<number> => {
      const [grant] = await store.lease([{ key: 'limit', demand, unit: 1 }], 60_000);
      await store.get('key');
      return grant!.share;
    };
    expect([await share(idle, 0), await share(busy, 1), await share(idle, 0)]).toEqual([1, 0, 0]);
    expect(await share(busy, 1)).toBe(1);
  });

  test('rejects a unit or a use that makes no sense', async () => {
    const store = await open('nonsense');
    for (const claim of [{ unit: 0 }, { unit: 1.5 }, { unit: NaN }, { used: -1 }, { used: NaN }]) {
      await expect(store.lease([{ key: 'limit', demand: 1, ...claim }], 1000)).rejects.toThrow(
        RangeError,
      );
    }
  });

  test('every key ends by itself, and is forgotten when the stores are', async () => {
    const prefix = 'ends';
    const store = await open(prefix);
    await store.add([use, { ...use, period: '2099-01' }]);
    await store.put('key', 'value', 60_000);
    await store.lease([{ key: 'limit', demand: 1 }], 60_000);
    const untilEpochMs = Date.now() + 60_000;
    store.publish({ kind: 'open', target: 't', scope: 'target', untilEpochMs, reason: 'r' });
    await store.get('key');
    const keys = (await admin.keys(`${prefix}:*`)).sort();
    expect(keys.map((key) => key.replace(/[-\da-f]{36}$/, 'MEMBER'))).toEqual([
      'ends:call:MEMBER',
      'ends:lease:limit',
      'ends:notices',
      'ends:notices-until',
      'ends:periods',
      'ends:use:2099-01',
      'ends:use:2099-01-01',
      'ends:value:key',
    ]);
    for (const key of keys) expect(await admin.pttl(key), key).toBeGreaterThan(0);
    const overAtMs = Date.UTC(2099, 0, 2, 12);
    expect(await admin.pexpiretime('ends:use:2099-01-01')).toBe(overAtMs + 2 * 24 * 3_600_000);
    await store.close();
    expect(await admin.keys(`${prefix}:call:*`)).toEqual([]);
    expect(await admin.keys(`${prefix}:lease:*`)).toEqual([]);
  });

  test('leaves the client open that was handed in, and closes its own connection', async () => {
    const connections = async (): Promise<number> =>
      String(await admin.call('CLIENT', 'LIST'))
        .trim()
        .split('\n').length;
    const client = createClient({ url: server.url });
    await client.connect();
    const before = await connections();
    const store = redisStore({ client, prefix: 'closing' });
    const stop = store.subscribe(() => {});
    await soon(async () => expect(await connections()).toBe(before + 1));
    stop();
    await soon(async () => expect(await connections()).toBe(before));
    store.subscribe(() => {});
    await soon(async () => expect(await connections()).toBe(before + 1));
    await store.close();
    await soon(async () => expect(await connections()).toBe(before));
    expect(await client.ping()).toBe('PONG');
    client.destroy();
  });

  test('tells of messages that are no notices and of listeners that throw, and goes on', async () => {
    const errors: unknown[] = [];
    const [a, b] = [
      await open('odd'),
      await open('odd', {
        onError: (error) => {
          errors.push(error);
          throw new Error('who counts errors may fail too');
        },
      }),
    ];
    const heard: string[] = [];
    b.subscribe(({ target }) => {
      heard.push(target);
      throw new Error('the listener failed');
    });
    const untilEpochMs = Date.now() + 60_000;
    const publish = (target: string): void =>
      a.publish({ kind: 'closed', target, scope: 'target', untilEpochMs, reason: 'r' });
    publish('one');
    await soon(() => expect(heard).toEqual(['one']));
    await admin.publish('odd:notices', 'hello');
    await admin.publish('odd:notices', '{"member":"x"}');
    publish('two');
    await soon(() => expect(heard).toEqual(['one', 'two']));
    expect(errors.map(String)).toEqual([
      'Error: the listener failed',
      expect.stringMatching(/^SyntaxError: /),
      'Error: not a notice: {"member":"x"}',
      'Error: the listener failed',
    ]);
  });

  test('a server that refuses commands is an error of the call', async () => {
    const client = new Redis(server.url);
    ends.push(() => client.disconnect());
    const store = redisStore({ client, prefix: 'refused' });
    await admin.set('refused:use:2099-01-01', 'a text');
    await expect(store.add([use])).rejects.toMatchObject({
      code: 'ERR_PLIMSOLL_STORE',
      message: expect.stringContaining('WRONGTYPE'),
      cause: expect.any(Error),
    });
    await store.close();
  });
});
