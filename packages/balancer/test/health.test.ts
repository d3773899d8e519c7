import type { Failure, Health } from '@plimsoll/core';
import { seededRandom } from '@plimsoll/core';
import { manualClock } from '@plimsoll/testkit';
import { expect, it } from 'vitest';

import { bayesianFailures } from '../src/health/bayesian-failures.ts';
import { breaker as breakerHealth, type BreakerOptions } from '../src/health/breaker.ts';
import { consecutiveFailures } from '../src/health/consecutive-failures.ts';
import { rig, serverFault } from './rig.ts';

const callerFault: Failure = { ...serverFault, verdict: 'fail', isHealthFailure: false };

function breaker(options: BreakerOptions & { failures?: number } = {}): {
  health: Health;
  changes: string[];
} {
  const changes: string[] = [];
  const { failures = 5, ...rest } = options;
  const trip = [consecutiveFailures({ failures })];
  const health = breakerHealth({ trip, ...rest }).create({
    random: seededRandom(1),
    clock: manualClock(),
    onChange: (_slot, state) => changes.push(state),
  });
  health.resize(1);
  health.reset(0);
  return { health, changes };
}

function attempt(health: Health, failure: Failure | undefined, nowMs: number): void {
  health.onEnd(0, health.onStart(0, nowMs), failure, nowMs);
}

it('opens after five failures in a row', () => {
  const { health } = breaker();
  for (let count = 0; count < 4; count++) attempt(health, serverFault, 0);
  attempt(health, undefined, 0);
  for (let count = 0; count < 4; count++) attempt(health, serverFault, 0);
  expect(health.admits(0, 0)).toBe(true);
  attempt(health, serverFault, 0);
  expect(health.admits(0, 0)).toBe(false);
  expect(health.retryAtMs(0, 0)).toBe(60_000);
});

it('does not count what the caller did wrong', () => {
  const { health } = breaker({ failures: 1 });
  attempt(health, callerFault, 0);
  expect(health.isHealthy(0, 0)).toBe(true);
});

it('lets one probe through when the time is up, and closes on its first content', () => {
  const { health, changes } = breaker({ failures: 1, resetMs: 1000 });
  attempt(health, serverFault, 0);
  expect(health.admits(0, 999)).toBe(false);
  expect(health.admits(0, 1000)).toBe(true);
  const token = health.onStart(0, 1000);
  expect(health.admits(0, 1000)).toBe(false);
  health.onContent(0, token, 1500);
  expect(health.isHealthy(0, 1500)).toBe(true);
  expect(changes).toEqual(['open', 'half_open', 'closed']);
});

it('frees the probe when its caller goes away', () => {
  const { health } = breaker({ failures: 1, resetMs: 1000 });
  attempt(health, serverFault, 0);
  const token = health.onStart(0, 1000);
  expect(health.admits(0, 1000)).toBe(false);
  health.onEnd(0, token, callerFault, 1100);
  expect(health.admits(0, 1100)).toBe(true);
});

it('stays open longer with each failed probe, up to the longest time', () => {
  const { health } = breaker({ failures: 1, resetMs: 1000, maxResetMs: 3000 });
  let nowMs = 0;
  const openMs: number[] = [];
  for (let time = 0; time < 6; time++) {
    attempt(health, serverFault, nowMs);
    openMs.push(health.retryAtMs(0, nowMs) - nowMs);
    nowMs = health.retryAtMs(0, nowMs);
  }
  expect(openMs[0]).toBe(1000);
  expect(openMs[1]).toBeGreaterThanOrEqual(1000);
  expect(openMs[1]).toBeLessThan(2000);
  for (const ms of openMs.slice(2)) {
    expect(ms).toBeGreaterThanOrEqual(1500);
    expect(ms).toBeLessThan(3000);
  }
});

it('ignores news from before the breaker opened', () => {
  const { health } = breaker({ failures: 1, resetMs: 1000 });
  const early = health.onStart(0, 0);
  attempt(health, serverFault, 0);
  health.onContent(0, early, 10);
  health.onEnd(0, early, undefined, 20);
  expect(health.isHealthy(0, 20)).toBe(false);
});

it('closes after as many successes as it is told to want', () => {
  const { health, changes } = breaker({ failures: 1, resetMs: 1000, probes: 2, successes: 3 });
  attempt(health, serverFault, 0);
  const first = health.onStart(0, 1000);
  const second = health.onStart(0, 1000);
  expect(health.admits(0, 1000)).toBe(false);
  const spent = health.onContent(0, first, 1100);
  expect(health.admits(0, 1100)).toBe(true);
  health.onEnd(0, spent, undefined, 1200);
  health.onEnd(0, second, undefined, 1300);
  expect(changes).toEqual(['open', 'half_open']);
  attempt(health, undefined, 1400);
  expect(changes).toEqual(['open', 'half_open', 'closed']);
});

it('ejects by statistics no more than its share of the targets, but always one', () => {
  const made = breakerHealth({ trip: [bayesianFailures()], maxEjectedRatio: 0.5 }).create({
    random: seededRandom(1),
    clock: manualClock(),
    onChange() {},
  });
  made.resize(3);
  for (let slot = 0; slot < 3; slot++) made.reset(slot);
  for (let slot = 0; slot < 3; slot++) {
    for (let count = 0; count < 20; count++) {
      made.onEnd(slot, made.onStart(slot, 0), serverFault, 0);
    }
  }
  expect([0, 1, 2].map((slot) => made.isHealthy(slot, 0))).toEqual([false, true, true]);
  expect(made.admitsInPanic(0, 0)).toBe(true);
  expect(made.admitsInPanic(1, 0)).toBe(false);
});

it('probes at once when an active probe finds an open target reachable', () => {
  const { health } = breaker({ failures: 1, resetMs: 60_000 });
  attempt(health, serverFault, 0);
  health.onProbe(0, serverFault, 5000);
  expect(health.admits(0, 5000)).toBe(false);
  health.onProbe(0, undefined, 10_000);
  expect(health.admits(0, 10_000)).toBe(true);
  expect(health.isHealthy(0, 10_000)).toBe(false);
});

it('names the option, its value and what is accepted', () => {
  expect(() => consecutiveFailures({ failures: 0 })).toThrow(
    'consecutiveFailures: `failures` must be an integer >= 1, got 0',
  );
  expect(() => breakerHealth({ resetMs: 10, maxResetMs: 5 })).toThrow(
    'breaker: `maxResetMs` must be milliseconds >= resetMs, got 5',
  );
});

it('keeps a pool off a dead target but for probes', () => {
  const { provider, start, clock } = rig(['dead', 'alive']);
  for (let second = 0; second < 600; second++) {
    start();
    if (provider.last.target.id === 'dead') provider.last.fail();
    provider.last.answer();
    clock.advance(1000);
  }
  const onDead = provider.attempts.filter(({ target }) => target.id === 'dead');
  // Five to open it; then a probe after 60 s, after up to 120 s, up to 240 s and up to 300 s.
  expect(onDead.length).toBeGreaterThanOrEqual(5 + 2);
  expect(onDead.length).toBeLessThanOrEqual(5 + 5);
});

it('refuses at once with the earliest time when every breaker is open', async () => {
  const { provider, start } = rig(['a', 'b'], {
    health: breakerHealth({ trip: [consecutiveFailures({ failures: 1 })] }),
  });
  start();
  provider.last.fail();
  provider.last.fail();
  const { heard } = start();
  expect(heard.log).toEqual([]);
  await Promise.resolve();
  expect(heard.failure).toMatchObject({
    code: 'ERR_PLIMSOLL_UNAVAILABLE',
    message: 'no target of default is usable now (a: unhealthy, b: unhealthy)',
    retryAfterMs: 60_000,
    attempts: 0,
  });
});
