import { type ManualClock, manualClock } from '@plimsoll/testkit';
import type { SharedStore } from '@plimsoll/core';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { redisStore } from '../src/index.ts';
import { type Fate, LossyClient } from './lossy-client.ts';
import { describeWithRedis, RedisServer } from './server.ts';

const fates: readonly Fate[] = [
  'answered',
  'answered',
  'done twice',
  'answer lost',
  'never arrives',
];

describeWithRedis('answers and commands that are lost', () => {
  const server = new RedisServer();
  const clients: Redis[] = [];
  let fleets = 0;

  beforeAll(async () => {
    await server.start();
    for (let member = 0; member < 3; member++) clients.push(new Redis(server.url));
    await Promise.all(clients.map((client) => client.ping()));
  });
  afterAll(async () => {
    for (const client of clients) client.disconnect();
    await server.remove();
  });

  /** A fleet that nobody was in before; its time limits are over when the clock is moved. */
  function fleet(): { members: Member[]; clock: ManualClock; close: () => Promise<unknown> } {
    const [clock, prefix] = [manualClock(), `fleet-${fleets++}`];
    const members = clients.map((redis) => {
      const client = new LossyClient(redis);
      return { client, store: redisStore({ client, prefix, clock }) };
    });
    const close = (): Promise<unknown> => Promise.all(members.map(({ store }) => store.close()));
    return { members, clock, close };
  }

  test('an add that rejects counts for nothing in the end, one that resolves counts once', async () => {
    const step = fc.record({
      member: fc.nat(2),
      used: fc.integer({ min: -50, max: 50 }),
      fate: fc.constantFrom(...fates),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const { members, clock, close } = fleet();
        let expected = 0;
        const use = (used: number): { key: string; period: string; used: number } => ({
          key: 'a',
          period: '2099-01-01',
          used,
        });
        for (const { member, used, fate } of steps) {
          const { store, client } = members[member]!;
          const isDone = await call(clock, client, fate, () => store.add([use(used)]));
          if (isDone) expected += used;
        }
        for (const { store } of members) await store.add([]);
        const [total] = await members[0]!.store.add([use(0)]);
        expect(total!.used).toBe(expected);
        await close();
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  test('what members believe to have is never more than the limit', async () => {
    const step = fc.record({
      member: fc.nat(2),
      demand: fc.constantFrom(0, 1, 10, 1000),
      fate: fc.constantFrom(...fates),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const { members, clock, close } = fleet();
        const beliefs = [0, 0, 0];
        for (const { member, demand, fate } of steps) {
          const { store, client } = members[member]!;
          const claims = [{ key: 'limit', demand }];
          await call(clock, client, fate, async () => {
            const [grant] = await store.lease(claims, 60_000);
            beliefs[member] = grant!.share;
          });
          const millionths = beliefs.map((share) => Math.round(share * 1e6));
          expect(millionths.reduce((sum, part) => sum + part, 0)).toBeLessThanOrEqual(1_000_000);
        }
        await close();
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  test('shares come to those that the demands ask for within four rounds', async () => {
    const demand = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1_000_000 }));
    await fc.assert(
      fc.asyncProperty(fc.tuple(demand, demand, demand), fc.nat(5), async (demands, before) => {
        const { members, close } = fleet();
        for (let lease = 0; lease < before; lease++) {
          await members[lease % 3]!.store.lease([{ key: 'limit', demand: lease ** 5 }], 60_000);
        }
        let shares: number[] = [];
        for (let round = 0; round < 4; round++) {
          shares = [];
          for (const [at, { store }] of members.entries()) {
            const [grant] = await store.lease([{ key: 'limit', demand: demands[at]! }], 60_000);
            shares.push(grant!.share);
          }
        }
        const total = demands.reduce((sum, one) => sum + one, 0);
        for (const [at, share] of shares.entries()) {
          const fair = total === 0 ? 1 / 3 : (demands[at]! + (0.05 * total) / 3) / (1.05 * total);
          // A part is a whole number of millionths, and rounding may leave two of them to nobody.
          expect(Math.abs(share - fair)).toBeLessThan(3e-6);
        }
        await close();
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  test('a member whose lease ended while the server was away comes back with an equal part', async () => {
    const { members, clock, close } = fleet();
    const lease = async (member: number, demand: number): Promise<number> => {
      const [grant] = await members[member]!.store.lease([{ key: 'limit', demand }], 60_000);
      return grant!.share;
    };
    for (let round = 0; round < 4; round++) {
      await lease(0, 9);
      await lease(1, 1);
    }
    expect(await lease(0, 9)).toBe(0.880952);
    clock.advance(60_000);
    await clients[2]!.flushall();
    // An engine uses the limit by the members it knew; so does this one, until the others are back.
    expect(await lease(0, 9)).toBe(0.5);
    expect(await lease(1, 1)).toBe(0.119048);
    expect(await lease(0, 9)).toBe(0.880952);
    await close();
  });

  /** Makes a call whose commands have the fate; whether it resolved. */
  async function call(
    clock: ManualClock,
    client: LossyClient,
    fate: Fate,
    make: () => Promise<unknown>,
  ): Promise<boolean> {
    client.fate = fate;
    const promise = make().then(
      () => true,
      () => false,
    );
    if (fate === 'answer lost' || fate === 'never arrives') {
      // The command goes out in the call itself, or, by its text, when the server does not know its hash.
      await client.done;
      await new Promise((resolve) => setImmediate(resolve));
      await client.done;
      clock.advance(250);
    }
    const isDone = await promise;
    client.fate = 'answered';
    return isDone;
  }
});

interface Member {
  readonly store: SharedStore;
  readonly client: LossyClient;
}
