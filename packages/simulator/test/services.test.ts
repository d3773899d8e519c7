import { constant, delay, processorSharing, queue, type Report, simulate } from '../src/index.ts';
import { recorded, type ServerOptions } from '../src/index.ts';
import { roundRobin } from '@plimsoll/strategy-round-robin';
import { describe, expect, test } from 'vitest';

import { patient } from './rig.ts';

/** Runs requests of the given output tokens, each at its moment, on one server; without prompt, base work and way. */
async function run(
  server: ServerOptions,
  arrivals: readonly { atS: number; outputTokens: number }[],
): Promise<Report> {
  return simulate({
    durationS: 100,
    warmUpS: 0,
    arrivals: recorded(arrivals),
    lengths: { input: constant(0), output: constant(1) },
    servers: { a: { roundTripMs: 0, baseWork: 0, ...server } },
    balancer: patient(roundRobin()),
  });
}

describe('processor sharing', () => {
  const service = processorSharing({ tokensPerS: 100, streamTokensPerS: 50 });

  test('up to the knee every stream has its own speed', async () => {
    const { latencyMs } = await run({ service }, [
      { atS: 1, outputTokens: 100 },
      { atS: 1, outputTokens: 200 },
    ]);
    expect(latencyMs.mean).toBeCloseTo((2000 + 4000) / 2, 6);
  });

  test('beyond it they share the whole', async () => {
    // Four streams at 25 tokens per second until the first ends.
    const { latencyMs } = await run({ service }, [
      { atS: 1, outputTokens: 25 },
      { atS: 1, outputTokens: 100 },
      { atS: 1, outputTokens: 100 },
      { atS: 1, outputTokens: 100 },
    ]);
    // 25 tokens take 1 s; then 75 are left for each of three at 33.3 per second: 2.25 s more.
    expect(latencyMs.p50).toBeCloseTo(3250, 6);
    expect(latencyMs.mean).toBeCloseTo((1000 + 3 * 3250) / 4, 6);
  });
});

describe('a queue', () => {
  test('serves as many as it has places, the others in the order they came', async () => {
    const service = queue({ places: 2, tokensPerS: 10 });
    const { latencyMs, firstContentMs } = await run({ service }, [
      { atS: 1, outputTokens: 10 },
      { atS: 1, outputTokens: 30 },
      { atS: 1, outputTokens: 40 },
      { atS: 1, outputTokens: 10 },
    ]);
    // The third begins after 1 s, when the first ends, and the fourth after 3 s, when the second does.
    expect(latencyMs.mean).toBeCloseTo((1000 + 3000 + 5000 + 4000) / 4, 6);
    expect(firstContentMs.mean).toBeCloseTo((0 + 0 + 1000 + 3000) / 4, 6);
  });

  test('forgets a request that was given up while it waited', async () => {
    const report = await simulate({
      durationS: 100,
      warmUpS: 0,
      arrivals: recorded([1, 2, 3]),
      lengths: { input: constant(0), output: constant(50) },
      servers: {
        a: { service: queue({ places: 1, tokensPerS: 10 }), roundTripMs: 0, baseWork: 0 },
      },
      traits: (index) => (index === 1 ? { timeoutMs: 1000 } : {}),
      balancer: patient(roundRobin()),
    });
    expect(report.failures).toEqual({ ERR_PLIMSOLL_DEADLINE: 1 });
    // The third begins at 6 s, when the first ends.
    expect(report.latencyMs.max).toBeCloseTo(8000, 6);
  });
});

test('a delay is the same for any number of requests', async () => {
  const { latencyMs, firstContentMs } = await run({ service: delay(constant(300)) }, [
    { atS: 1, outputTokens: 1 },
    { atS: 1, outputTokens: 5000 },
  ]);
  expect([latencyMs.mean, latencyMs.max]).toEqual([300, 300]);
  expect(firstContentMs.max).toBe(300);
});

test('the way, the prompt and the base work come before the first content', async () => {
  const report = await simulate({
    durationS: 10,
    warmUpS: 0,
    arrivals: recorded([1]),
    lengths: { input: constant(1000), output: constant(80) },
    servers: { a: { service: queue({ places: 1, tokensPerS: 80 }) } },
    balancer: patient(roundRobin()),
  });
  // 50 ms, and 0.02 x 1000 + 1 tokens at 80 per second; then 80 tokens at 80 per second.
  expect(report.firstContentMs.mean).toBeCloseTo(50 + (21 / 80) * 1000, 6);
  expect(report.latencyMs.mean).toBeCloseTo(50 + (101 / 80) * 1000, 6);
  expect(report.slowdown.mean).toBeCloseTo(1, 9);
});

test.for([
  [
    'processorSharing: `tokensPerS` must be a finite number > 0, got 0',
    () => processorSharing({ tokensPerS: 0, streamTokensPerS: 1 }),
  ],
  ['queue: `places` must be an integer >= 1, got 1.5', () => queue({ places: 1.5, tokensPerS: 1 })],
] as const)('%s', ([message, make]) => {
  expect(make).toThrow(message);
});
