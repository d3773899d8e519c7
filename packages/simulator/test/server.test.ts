import { balancer, type BalancerOptions, type TargetOptions } from '@plimsoll/balancer';
import { roundRobin } from '@plimsoll/strategy-round-robin';
import { describe, expect, test } from 'vitest';

import {
  brownOut,
  constant,
  delay,
  failures,
  hang,
  lowerLimit,
  outage,
  poisson,
  processorSharing,
  queue,
  recorded,
  type Report,
  type ServerOptions,
  simulate,
  type SimulationOptions,
  throttling,
} from '../src/index.ts';
import { BARE, patient } from './rig.ts';

/** Servers `a`, `b`, … by turns; 100 tokens at 100 per second for each request, so one second. */
function run(
  servers: Record<string, Partial<ServerOptions>>,
  options: Partial<SimulationOptions>,
  pool: Partial<BalancerOptions> = BARE,
): Promise<Report> {
  const service = queue({ places: 1000, tokensPerS: 100 });
  return simulate({
    durationS: 100,
    warmUpS: 0,
    arrivals: recorded([1]),
    lengths: { input: constant(0), output: constant(100) },
    servers: Object.fromEntries(
      Object.entries(servers).map(([name, server]) => [
        name,
        { service, roundTripMs: 0, baseWork: 0, ...server },
      ]),
    ),
    balancer: patient(roundRobin(), pool),
    ...options,
  });
}

const NO_WAITING: Partial<BalancerOptions> = { ...BARE, queue: { maxLength: 0 } };

/** One arrival each second from 0.5 s on. */
const everySecond = recorded(Array.from({ length: 100 }, (_, index) => index + 0.5));

describe('faults', () => {
  test('a brown-out slows what is under way', async () => {
    const faults = [brownOut({ fromS: 1.5, untilS: 5, speed: 0.1 })];
    // Half is done at 1.5 s; a tenth of the speed does 35 tokens of the other half until 5 s; the rest takes 0.15 s.
    const { latencyMs } = await run({ a: { faults } }, {});
    expect(latencyMs.mean).toBeCloseTo(500 + 3500 + 150, 6);
  });

  test('faults that overlap add up', async () => {
    const faults = [brownOut({ speed: 0.5 }), brownOut({ fromS: 2, untilS: 4, speed: 0.5 })];
    // 50 tokens until 2 s, 50 more at 25 per second.
    const { latencyMs } = await run({ a: { faults } }, {});
    expect(latencyMs.mean).toBeCloseTo(1000 + 2000, 6);
  });

  test('a hang stops everything, and it goes on afterwards', async () => {
    const { latencyMs } = await run({ a: { faults: [hang({ fromS: 1.5, untilS: 8 })] } }, {});
    expect(latencyMs.mean).toBeCloseTo(1000 + 6500, 6);
  });

  test('a hang is met by the time limit for the first content', async () => {
    const report = await run(
      { a: { faults: [hang()] }, b: {} },
      { arrivals: recorded([1, 2]) },
      {
        timeouts: { firstContentMs: 3000 },
      },
    );
    expect(report.successRatio).toBe(1);
    expect(report.targets.map(({ abandoned }) => abandoned)).toEqual([1, 0]);
    expect(report.targets.map(({ attempts }) => attempts)).toEqual([1, 2]);
    // A second attempt is no pick.
    expect(report.targets.map(({ picks }) => picks)).toEqual([1, 1]);
    // At most one tick of 10 ms late.
    expect(report.latencyMs.max).toBeGreaterThanOrEqual(4000);
    expect(report.latencyMs.max).toBeLessThanOrEqual(4010);
  });

  test('a server fails fast, in its window only', async () => {
    const faults = [failures({ fromS: 20, untilS: 40, status: 503 })];
    const report = await run({ a: { faults } }, { arrivals: everySecond });
    expect(report.failed).toBe(20);
    expect(report.failures).toEqual({ ERR_PLIMSOLL_FAILED: 20 });
    expect(report.errorsPer1000).toBe(200);
  });

  test('a share of the requests fails', async () => {
    const faults = [failures({ ratio: 0.1 })];
    const report = await run({ a: { faults } }, { arrivals: poisson({ perS: 50 }) });
    // 3 sqrt(0.1 x 0.9 / 5000) = 0.013.
    expect(Math.abs(1 - report.successRatio - 0.1)).toBeLessThan(0.013);
  });

  test('an outage breaks streams off and refuses new ones', async () => {
    const faults = [outage({ fromS: 2, untilS: 5 })];
    const report = await run({ a: { faults } }, { arrivals: recorded([1.5, 3, 6]) });
    expect(report.failures).toEqual({ ERR_PLIMSOLL_STREAM: 1, ERR_PLIMSOLL_FAILED: 1 });
    expect(report.served).toBe(1);
  });

  test('throttling answers with 429 for a while, and says how long to wait', async () => {
    const faults = [throttling({ fromS: 1, untilS: 2, retryAfterS: 10 })];
    const report = await run({ a: { faults } }, { arrivals: recorded([1.5, 5, 13]) }, NO_WAITING);
    // The second comes in the cool-down of 10 s.
    expect(report.targets[0]).toMatchObject({ attempts: 2, throttled: 1, served: 1 });
  });

  test('a lower limit lets as much through as it says', async () => {
    const faults = [lowerLimit({ fromS: 20, requestsPerMinute: 6, counting: 'window' })];
    const report = await run({ a: { faults } }, { arrivals: everySecond }, NO_WAITING);
    // 20 before it, and from 20 s on at most 6 in each of two minutes.
    expect(report.served).toBeGreaterThan(25);
    expect(report.served).toBeLessThanOrEqual(32);
  });

  test('a delay is not changed by what comes after its start', async () => {
    const faults = [hang({ fromS: 1.1, untilS: 1.2 }), brownOut({ fromS: 2, speed: 0.5 })];
    const service = delay(constant(400));
    const report = await run({ a: { service, faults } }, { arrivals: recorded([1, 3]) });
    expect([report.latencyMs.p50, report.latencyMs.max]).toEqual([400, 800]);
  });

  test.for([
    ['brownOut: `speed` must be a finite number > 0, got 0', () => brownOut({ speed: 0 })],
    ['hang: `untilS` must be seconds > 3, got 3', () => hang({ fromS: 3, untilS: 3 })],
    ['failures: `ratio` must be > 0 to 1, got 1.5', () => failures({ ratio: 1.5 })],
    ['throttling: `ratio` must be > 0 to 1, got 2', () => throttling({ ratio: 2 })],
    [
      'lowerLimit: `requestsPerMinute` must be a finite number > 0, got 0',
      () => lowerLimit({ requestsPerMinute: 0 }),
    ],
    [
      'failures: `status` must be a status from 500 to 599, got 429',
      () => failures({ status: 429 }),
    ],
  ] as const)('%s', ([message, make]) => {
    expect(make).toThrow(message);
  });
});

describe('quotas', () => {
  // What is served also depends on how the engine tries a target again after its cool-down, so it is bounded here;
  // quota.test.ts has the exact counts.
  const quota = { requestsPerMinute: 10, counting: 'window' } as const;

  test('requests over the limit are answered with 429, and the balancer waits as told', async () => {
    const report = await run({ a: { quota } }, { arrivals: everySecond });
    const { served, throttled } = report.targets[0]!;
    expect(report.served).toBe(served);
    expect(served).toBeGreaterThan(15);
    expect(served).toBeLessThanOrEqual(20);
    // One answer tells that the limit is reached; the 80 requests too many did not each have to ask.
    expect(throttled).toBeGreaterThanOrEqual(1);
    expect(throttled).toBeLessThan(20);
    expect(report.throttledPer1000).toBe(throttled * 10);
  });

  test('targets of one quota group share its limit', async () => {
    const target = { quotaGroup: 'organisation' };
    const shared = await run(
      { a: { quota, target }, b: { quota, target } },
      { arrivals: everySecond },
    );
    const apart = await run({ a: { quota }, b: { quota } }, { arrivals: everySecond });
    expect(shared.served).toBeLessThanOrEqual(20);
    expect(apart.served).toBeGreaterThan(30);
    expect(apart.served).toBeLessThanOrEqual(40);
  });

  test('the limit of a group holds for each model by itself', async () => {
    const target = (model: string) => ({ quotaGroup: 'organisation', model });
    const servers = { a: { quota, target: target('m') }, b: { quota, target: target('n') } };
    const report = await run(servers, { arrivals: everySecond });
    expect(report.served).toBeGreaterThan(30);
  });

  test('a limit of the server itself counts besides that of the group', async () => {
    const ownQuota = { requestsPerMinute: 4, counting: 'window' } as const;
    const report = await run({ a: { quota, ownQuota } }, { arrivals: everySecond });
    expect(report.served).toBeLessThanOrEqual(8);
    expect(report.served).toBeGreaterThan(4);
  });

  test('a request larger than the limit is refused for good', async () => {
    const report = await run({ a: { quota: { tokensPerMinute: 99 } } }, {});
    expect(report.failures).toEqual({ ERR_PLIMSOLL_FAILED: 1 });
  });
});

describe('prompt caches', () => {
  const lengths = { input: constant(5000), output: constant(100) };
  const prefix = { key: 'system', tokens: 4000 };
  const target: Partial<TargetOptions> = {
    price: { input: 10, cachedInput: 1, output: 20 },
  };
  // Work without the cache: 100 tokens for the prompt and 100 for the answer.
  const uncachedMs = 2000;
  const cachedMs = 1200;

  test('a prefix is read once, until it is forgotten', async () => {
    const report = await run(
      { a: { promptCache: { ttlS: 10 }, target } },
      { lengths, traits: () => ({ prefix }), arrivals: recorded([1, 5, 15, 40]) },
    );
    const times = [uncachedMs, cachedMs, cachedMs, uncachedMs];
    expect(report.latencyMs.mean).toBeCloseTo(times.reduce((sum, ms) => sum + ms, 0) / 4, 6);
    // Uncached 5,000 at $10, cached 4,000 at $1 and 1,000 at $10, 100 out at $20, per million.
    expect(report.costUsd).toBeCloseTo((2 * 52_000 + 2 * 16_000) / 1e6, 9);
  });

  test('a prefix below the least length is not cached', async () => {
    const report = await run(
      { a: { promptCache: { minTokens: 4001 } } },
      { lengths, traits: () => ({ prefix }), arrivals: recorded([1, 5]) },
    );
    expect(report.latencyMs.max).toBeCloseTo(uncachedMs, 6);
    expect(report.latencyMs.p50).toBeCloseTo(uncachedMs, 6);
  });

  test('targets of one cache domain share a cache, others do not', async () => {
    const promptCache = {};
    const arrivals = recorded([1, 10]);
    const traits = (): { prefix: typeof prefix } => ({ prefix });
    const shared = await run(
      {
        a: { promptCache, target: { cacheDomain: 'one' } },
        b: { promptCache, target: { cacheDomain: 'one' } },
      },
      { lengths, traits, arrivals },
    );
    const apart = await run(
      { a: { promptCache }, b: { promptCache } },
      { lengths, traits, arrivals },
    );
    expect(shared.latencyMs.p50).toBeCloseTo(cachedMs, 6);
    expect(apart.latencyMs.p50).toBeCloseTo(uncachedMs, 6);
  });
});

test('several keys of one server are several targets on one capacity', async () => {
  const service = processorSharing({ tokensPerS: 100, streamTokensPerS: 100 });
  const report = await run(
    { a: { service, quota: { requestsPerMinute: 1 } } },
    {
      arrivals: recorded([1, 1]),
      balancer: ({ fleet, providers }) =>
        balancer({
          strategy: roundRobin(),
          fleet,
          targets: ['key-1', 'key-2'].map((id) => ({ id, provider: providers['a']! })),
        }),
    },
  );
  expect(report.targets.map(({ id, served }) => [id, served])).toEqual([
    ['key-1', 1],
    ['key-2', 1],
  ]);
  expect(report.latencyMs.max).toBeCloseTo(2000, 6);
});

test('a probe tells whether the server can be reached', async () => {
  const seen: unknown[] = [];
  await run(
    { a: { roundTripMs: 10, faults: [outage({ fromS: 2 })] } },
    {
      arrivals: recorded([1, 3]),
      balancer: (gateway) => {
        const pool = patient(roundRobin(), BARE)(gateway);
        const server = gateway.providers['a']!;
        const target = { id: 'a' } as never;
        return {
          start(request, sink) {
            server.probe!(target, (failure) => seen.push(failure?.code));
            return pool.start(request, sink);
          },
          stats: () => pool.stats(),
        };
      },
    },
  );
  expect(seen).toEqual([undefined, 'ECONNREFUSED']);
});

test.for([
  ['simulate: `servers.a.roundTripMs` must be a finite number >= 0, got -1', { roundTripMs: -1 }],
  [
    "simulate: `servers[].quota.counting` must be 'bucket' or 'window', got \"sliding\"",
    { quota: { counting: 'sliding' as never } },
  ],
  [
    'simulate: `servers[].promptCache.ttlS` must be a finite number > 0, got 0',
    { promptCache: { ttlS: 0 } },
  ],
] as const)('%s', async ([message, server]) => {
  await expect(run({ a: server }, {})).rejects.toThrow(message);
});
