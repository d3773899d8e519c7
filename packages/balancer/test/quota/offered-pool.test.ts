import type { QuotaLimits } from '@plimsoll/core';
import { describe, expect, it } from 'vitest';

import { bucket, type Enforcer, fixedWindow, judged, slidingWindow } from './enforcers.ts';
import { OfferedPool } from './offered-pool.ts';

// The quota book by itself is simulated in `simulation.test.ts`; here are the pool, its queue, its leases and its sweeps
// of 10 ms around it. Ten simulated minutes after a first one in which the windows fill; seeds are fixed.

const KEYS = 5;
const RPM = 500;
const PHASES_MS = [0, 11_000, 23_000, 37_000, 51_000];

interface Case {
  readonly name: string;
  readonly enforcer: (phaseMs: number) => Enforcer;
  readonly limits: QuotaLimits;
  readonly jitterMs: number;
  /** What the provider admits in a minute, of one key. */
  readonly quota: number;
}

const cases: Case[] = [
  {
    name: 'a fixed window',
    enforcer: (phaseMs) => fixedWindow(RPM, phaseMs),
    limits: { rpm: RPM },
    jitterMs: 250,
    quota: RPM,
  },
  {
    name: 'a sliding window',
    enforcer: () => slidingWindow(RPM),
    limits: { rpm: RPM },
    jitterMs: 250,
    quota: RPM,
  },
  {
    name: 'a bucket',
    enforcer: () => bucket(RPM, RPM),
    limits: { rpm: RPM },
    jitterMs: 250,
    quota: RPM,
  },
  {
    name: 'slices of a second',
    enforcer: (phaseMs) => judged(RPM, phaseMs, 1000),
    limits: { rpm: RPM, judgingMs: 1000 },
    jitterMs: 15,
    // 8 of 8.3 in each second.
    quota: 480,
  },
];

describe.each(cases)('a pool of five keys of 500 a minute, enforced by $name', (one) => {
  const made = (queue?: { maxWaitMs: number }): OfferedPool =>
    new OfferedPool({
      ...one,
      seed: 1,
      enforcers: PHASES_MS.map(one.enforcer),
      ...(queue && { queue }),
    });

  it('is never refused at 95 %, and serves what is offered', async () => {
    const sim = made();
    await sim.offer(0.95 * KEYS * RPM, 1);
    sim.reset();
    await sim.offer(0.95 * KEYS * RPM, 10);
    // All of it; 0.994 by slices, whose limit is 96 % of the other.
    expect(sim.throttled).toBe(0);
    expect(sim.served / sim.offered).toBeGreaterThan(0.98);
  });

  it('is never refused at 120 %, uses 98 %, and tells each it turns away when to come back', async () => {
    const sim = made();
    await sim.offer(1.2 * KEYS * RPM, 1);
    sim.reset();
    await sim.offer(1.2 * KEYS * RPM, 10);
    // 0.993; 0.980 by slices.
    expect(sim.throttled).toBe(0);
    expect(sim.accepted / (10 * KEYS * one.quota)).toBeGreaterThan(0.98);
    expect(sim.retryAtMs.length).toBeGreaterThan(1000);
    expect(sim.retryAtMs).not.toContain(undefined);
  });

  it('admits at the time it named, and not before', async () => {
    const sim = made({ maxWaitMs: 0 });
    for (let sample = 0; sample < 20; sample++) {
      await sim.offer(1.2 * KEYS * RPM, 0.4);
      sim.reset();
      // All at once, until one is turned away.
      while (sim.retryAtMs.length === 0) {
        sim.request();
        await sim.runUntil(sim.clock.now());
      }
      const atMs = sim.retryAtMs[0]!;
      const { accepted: before } = sim;
      expect(atMs).toBeGreaterThan(sim.clock.now());
      await sim.runUntil(atMs - 1);
      sim.request();
      await sim.runUntil(atMs);
      expect(sim.retryAtMs).toHaveLength(2);
      sim.request();
      await sim.runUntil(atMs + 2000);
      expect(sim.retryAtMs).toHaveLength(2);
      expect(sim.throttled).toBe(0);
      expect(sim.accepted).toBeGreaterThan(before);
    }
  });
});

it('three keys of one quota group count once', async () => {
  const shared = slidingWindow(RPM);
  const sim = new OfferedPool({
    seed: 1,
    limits: { rpm: RPM },
    enforcers: [shared, shared, shared],
    quotaGroup: 'org',
    jitterMs: 250,
  });
  await sim.offer(3 * RPM, 1);
  sim.reset();
  await sim.offer(3 * RPM, 5);
  expect(sim.throttled).toBe(0);
  expect(sim.accepted / (5 * RPM)).toBeGreaterThan(0.98);
  expect(sim.accepted / (5 * RPM)).toBeLessThanOrEqual(1);
});
