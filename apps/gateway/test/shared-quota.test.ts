import { setTimeout as pass } from 'node:timers/promises';

import type { Failure } from '@plimsoll/core';
import { createClient } from 'redis';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { describeWithRedis, redisServer, type RedisServer } from './redis-server.ts';
import { type Engine, engines, offer, type Served, SlidingSecond } from './shared-fleet.ts';

// Five engines, each with a fleet and a connection of its own, share one limit by the second through a real Redis, in real
// time, against an upstream that judges every second there is. Bounds of waits leave room for a busy machine.

const RPS = 200;

let redis: RedisServer;
let upstream: SlidingSecond;
let all: Engine[];

const served = (): Served[] => all.flatMap((engine) => engine.served);
const errors = (): unknown[] => served().flatMap(({ error }) => error ?? []);
const shares = (): number[] =>
  all.map((engine) => engine.pool.stats().targets[0]!.quotas[0]!.limit / RPS);
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

const throttled: Failure = {
  kind: 'throttle',
  verdict: 'cooldown',
  message: 'status 429',
  retryAfterMs: 1000,
  isHealthFailure: false,
};
const broken: Failure = {
  kind: 'server',
  verdict: 'failover',
  message: 'status 500',
  isHealthFailure: true,
};

/** The wait that one request in twenty exceeds, of those offered in a time. */
function waitMs(fromMs: number, untilMs: number): number {
  const waits = served()
    .filter(({ offeredAtMs }) => offeredAtMs >= fromMs && offeredAtMs < untilMs)
    .map((one) => one.waitMs)
    .toSorted((a, b) => a - b);
  return waits[Math.floor(waits.length * 0.95)]!;
}

describeWithRedis('five engines that share 200 requests a second', () => {
  beforeEach(async () => {
    redis = await redisServer();
    upstream = new SlidingSecond(RPS);
    all = await engines(redis.url, 5, upstream, ['key'], { rps: RPS });
    // Until everyone has its part.
    await offer(all, { perS: RPS / 2, seconds: 1 });
  });

  afterEach(async () => {
    for (const engine of all) await engine.close();
    await redis[Symbol.asyncDispose]();
  });

  it.each([
    ['equal parts', [1, 1, 1, 1, 1]],
    ['half of it at one of them', [8, 4, 2, 1, 1]],
  ])(
    'are refused by the upstream less than once in a hundred at 105 %%, and use it: %s',
    async (_, weights) => {
      const { fromMs, untilMs } = await offer(all, { perS: 1.05 * RPS, seconds: 6, weights });
      const sent = upstream.arrivals.length;
      const usedRatio = upstream.acceptedBetween(fromMs + 1000, untilMs) / (5 * RPS);
      expect(errors()).toEqual([]);
      expect(upstream.refused() / sent).toBeLessThanOrEqual(0.01);
      expect(upstream.mostInASecond()).toBeLessThanOrEqual(1.02 * RPS);
      expect(usedRatio).toBeGreaterThan(0.9);
    },
    30_000,
  );

  it('go on with equal parts while Redis is stopped, and share again when it is back', async () => {
    const traffic = offer(all, { perS: 0.8 * RPS, seconds: 7 });
    const fromMs = performance.now();
    await pass(3000);
    await redis.stop();
    const stoppedMs = performance.now();
    await pass(2000);
    for (const share of shares()) expect(Math.abs(share - 0.2)).toBeLessThanOrEqual(0.01);
    await redis.start();
    const backMs = performance.now();
    await traffic;
    expect(errors()).toEqual([]);
    expect(upstream.refused() / upstream.arrivals.length).toBeLessThanOrEqual(0.01);
    expect(waitMs(stoppedMs, backMs)).toBeLessThan(waitMs(fromMs + 1000, stoppedMs) + 250);
    // With one engine left to ask for it, shares move again.
    await offer([all[0]!], { perS: 0.5 * RPS, seconds: 2 });
    expect(shares()[0]).toBeGreaterThan(0.5);
    expect(sum(shares())).toBeLessThanOrEqual(1.02);
  }, 30_000);

  it('make no request wait for a Redis that answers half a second late', async () => {
    const client = createClient({ url: redis.url });
    await client.connect();
    const traffic = offer(all, { perS: 0.8 * RPS, seconds: 6 });
    const fromMs = performance.now();
    await pass(2000);
    const slowMs = performance.now();
    for (let pause = 0; pause < 4; pause++) {
      await client.sendCommand(['CLIENT', 'PAUSE', '500', 'ALL']);
      await client.ping();
    }
    const quickMs = performance.now();
    client.destroy();
    await traffic;
    expect(quickMs - slowMs).toBeGreaterThan(1800);
    expect(errors()).toEqual([]);
    expect(upstream.refused() / upstream.arrivals.length).toBeLessThanOrEqual(0.01);
    expect(waitMs(slowMs, quickMs)).toBeLessThan(waitMs(fromMs + 500, slowMs) + 250);
  }, 30_000);
});

describeWithRedis('engines that learn of each other', () => {
  it('leave alone what one of them was told to, within 100 ms, each for its own time', async () => {
    const many = new SlidingSecond(1000);
    await using server = await redisServer();
    const group = await engines(server.url, 3, many, ['cooled', 'broken', 'good'], { rps: 900 });
    const [first, ...others] = group as [Engine, ...Engine[]];
    const state = ({ pool }: Engine, target: string): string =>
      pool.stats().targets.find(({ id }) => id === target)!.state;
    const states = (target: string): string[] => others.map((other) => state(other, target));
    const quick = { interval: 1, timeout: 5000 };
    const until = async (target: string, wanted: string): Promise<number> => {
      const sinceMs = performance.now();
      await vi.waitFor(() => expect(states(target)).toEqual([wanted, wanted]), quick);
      return performance.now() - sinceMs;
    };

    first.provider.failure = throttled;
    first.request({ pin: 'cooled' });
    await vi.waitFor(() => expect(state(first, 'cooled')).toBe('cooling'), quick);
    expect(await until('cooled', 'cooling')).toBeLessThan(100);

    first.provider.failure = broken;
    for (let failure = 0; failure < 5; failure++) first.request({ pin: 'broken' });
    await vi.waitFor(() => expect(state(first, 'broken')).toBe('open'), quick);
    expect(await until('broken', 'cooling')).toBeLessThan(100);
    first.provider.failure = undefined;
    expect(states('good')).toEqual(['healthy', 'healthy']);

    // The cool-down is over, the breaker is not.
    expect(await until('cooled', 'healthy')).toBeLessThan(1100);
    expect(states('broken')).toEqual(['cooling', 'cooling']);
    for (const engine of group) await engine.close();
  }, 20_000);
});

describeWithRedis('five engines that share 3 requests a second', () => {
  it('take turns: less than one for each is used by all of them, and not exceeded', async () => {
    const few = new SlidingSecond(3);
    await using server = await redisServer();
    const group = await engines(server.url, 5, few, ['key'], { rps: 3 });
    const { fromMs, untilMs } = await offer(group, { perS: 3, seconds: 8 });
    const usedRatio = few.acceptedBetween(fromMs + 1000, untilMs) / (7 * 3);
    for (const engine of group) await engine.close();
    expect(group.flatMap((engine) => engine.served.flatMap(({ error }) => error ?? []))).toEqual(
      [],
    );
    expect(few.mostInASecond(100)).toBeLessThanOrEqual(3);
    // 20 in 8 seconds are offered; a turn takes two renewals to reach the next one.
    expect(usedRatio).toBeGreaterThan(0.6);
  }, 30_000);
});
