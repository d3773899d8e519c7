import type { StrategyDefinition } from '@plimsoll/core';
import { leastBusy } from '@plimsoll/strategy-least-busy';
import { random } from '@plimsoll/strategy-random';
import { roundRobin } from '@plimsoll/strategy-round-robin';
import { describe, expect, test } from 'vitest';

import {
  constant,
  failures,
  poisson,
  processorSharing,
  recorded,
  type Report,
  simulate,
  type SimulationOptions,
  tenants,
} from '../src/index.ts';
import { alike, BARE, patient } from './rig.ts';

const service = processorSharing({ tokensPerS: 2560, streamTokensPerS: 80 });

function run(options: Partial<SimulationOptions> = {}): Promise<Report> {
  return simulate({
    durationS: 60,
    arrivals: poisson({ perS: 20 }),
    servers: alike(4, { service }),
    balancer: patient(random()),
    ...options,
  });
}

describe('seeds', () => {
  test('equal ones give equal reports', async () => {
    expect(await run({ seed: 7 })).toEqual(await run({ seed: 7 }));
  });

  test('different ones do not', async () => {
    const [one, other] = [await run({ seed: 7 }), await run({ seed: 8 })];
    expect(one.latencyMs.mean).not.toBe(other.latencyMs.mean);
  });

  test('another strategy gets the same requests', async () => {
    const one = await run();
    const other = await run({ balancer: patient(leastBusy()) });
    expect(other.requests).toBe(one.requests);
    expect(other.outputTokensPerS).toBe(one.outputTokensPerS);
    expect(other.targets.map(({ picks }) => picks)).not.toEqual(
      one.targets.map(({ picks }) => picks),
    );
  });
});

test('the warm-up is not counted', async () => {
  const arrivals = recorded([1, 2, 8, 9]);
  const lengths = { input: constant(0), output: constant(30) };
  const servers = alike(4, { service, target: { price: { input: 0, output: 1 } } });
  const report = await run({ durationS: 10, warmUpS: 5, arrivals, lengths, servers });
  expect(report.requests).toBe(2);
  expect(report.outputTokensPerS).toBeCloseTo(60 / 5, 9);
  expect(report.costUsd).toBeCloseTo(60 / 1e6, 12);
  expect(report.targets.reduce((sum, { picks }) => sum + picks, 0)).toBe(2);
  expect(report.throughputPerS).toBeCloseTo(2 / 5, 9);
  // The timeline shows all of the run.
  expect(report.timeline.reduce((sum, { requests }) => sum + requests, 0)).toBe(4);
});

test('requests under way at the end are finished, later ones do not come', async () => {
  const report = await run({
    durationS: 10,
    warmUpS: 0,
    arrivals: recorded([{ atS: 9.9, outputTokens: 800 }, 10.1]),
  });
  expect(report.served).toBe(1);
  expect(report.latencyMs.max).toBeGreaterThan(10_000);
});

test('a request that no target can serve fails before time goes on', async () => {
  const waitedMs: number[] = [];
  const report = await run({
    warmUpS: 0,
    traits: (index) => (index === 3 ? { pin: 'nowhere' } : {}),
    balancer: (gateway) => {
      const pool = patient(random())(gateway);
      pool.on('failure', ({ latencyMs }) => waitedMs.push(latencyMs));
      return pool;
    },
  });
  expect(report.failures).toEqual({ ERR_PLIMSOLL_NO_TARGET: 1 });
  expect(report.served).toBe(report.requests - 1);
  expect(waitedMs).toEqual([0]);
});

test('an answer has whole tokens, one at least', async () => {
  const outputTokens = async (length: number): Promise<number> => {
    const lengths = { input: constant(0), output: constant(length) };
    const arrivals = recorded([1]);
    const report = await run({ durationS: 2, warmUpS: 0, arrivals, lengths });
    return report.outputTokensPerS * 2;
  };
  expect(await outputTokens(0)).toBe(1);
  expect(await outputTokens(7.6)).toBe(8);
});

describe('gateways', () => {
  test('draw from streams of their own', async () => {
    const drawn = new Set<number>();
    const noting: StrategyDefinition = {
      ...random(),
      create(context) {
        drawn.add(context.random.float());
        return random().create(context);
      },
    };
    await run({ durationS: 1, gateways: 8, balancer: patient(noting) });
    expect(drawn.size).toBe(8);
  });

  test('share the servers but not what they know', async () => {
    // Each of eight gateways sees an eighth of what is in flight, so turns by in-flight counts get worse.
    const perS = 32;
    const options = { arrivals: poisson({ perS }), balancer: patient(leastBusy()) };
    const one = await run({ ...options, gateways: 1 });
    const eight = await run({ ...options, gateways: 8 });
    expect(eight.requests).toBe(one.requests);
    expect(eight.slowdown.mean).toBeGreaterThan(one.slowdown.mean);
  });

  test('a global view brings them together again', async () => {
    const perS = 32;
    const own = await run({
      arrivals: poisson({ perS }),
      balancer: patient(leastBusy()),
      gateways: 8,
    });
    const shared = await run({
      arrivals: poisson({ perS }),
      balancer: (gateway) => patient(gateway.globalView(leastBusy(), { refreshS: 0.01 }))(gateway),
      gateways: 8,
    });
    expect(shared.slowdown.mean).toBeLessThan(own.slowdown.mean);
  });
});

test('a warm-up failure is not counted either', async () => {
  const servers = alike(1, { service, faults: [failures({ untilS: 5 })] });
  const balancer = patient(roundRobin(), BARE);
  const report = await run({ servers, warmUpS: 10, balancer });
  expect(report.failures).toEqual({});
  expect(report.errorsPer1000).toBe(0);
});

test('tenants follow the law of Zipf', async () => {
  const seen = new Map<string, number>();
  const of = tenants({ count: 10, exponent: 1, prefixTokens: 2000 });
  const report = await run({
    arrivals: poisson({ perS: 100 }),
    traits: (index, random) => {
      const traits = of(index, random);
      seen.set(traits.hashKey!, (seen.get(traits.hashKey!) ?? 0) + 1);
      expect(traits.prefix).toEqual({ key: traits.hashKey, tokens: 2000 });
      return traits;
    },
  });
  // The first of ten has 1 / (1 + 1/2 + … + 1/10) = 0.3414 of some 6,000; 3 sqrt(p (1 - p) / 6000) = 0.0184.
  const total = [...seen.values()].reduce((sum, count) => sum + count, 0);
  expect(total).toBeGreaterThanOrEqual(report.requests);
  expect(Math.abs(seen.get('tenant-0')! / total - 0.3414)).toBeLessThan(0.0184);
  expect(seen.size).toBe(10);
});

test.for([
  ['simulate: `durationS` must be a finite number > 0, got 0', { durationS: 0 }],
  ['simulate: `seed` must be an integer from 0 to 2^32 - 1, got -1', { seed: -1 }],
  ['simulate: `warmUpS` must be < 60, got 60', { warmUpS: 60 }],
  ['simulate: `gateways` must be an integer >= 1, got 0', { gateways: 0 }],
  ['simulate: `servers` must be at least one server, got 0', { servers: {} }],
  ['simulate: `slo.latencyMs` must be milliseconds > 0, got 0', { slo: { latencyMs: 0 } }],
] as const)('%s', async ([message, options]) => {
  await expect(run(options)).rejects.toThrow(message);
});
