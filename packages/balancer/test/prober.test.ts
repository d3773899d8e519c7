import type { Failure, Target } from '@plimsoll/core';
import { expect, it } from 'vitest';

import { breaker } from '../src/health/breaker.ts';
import { consecutiveFailures } from '../src/health/consecutive-failures.ts';
import { HandProvider, rig, serverFault } from './rig.ts';

class ProbedProvider extends HandProvider {
  readonly probes: {
    target: Target;
    done: (failure: Failure | undefined) => void;
    isAborted: boolean;
  }[] = [];

  probe(target: Target, done: (failure: Failure | undefined) => void): { abort(): void } {
    const probe = { target, done, isAborted: false };
    this.probes.push(probe);
    return { abort: () => void (probe.isAborted = true) };
  }
}

const health = breaker({ trip: [consecutiveFailures({ failures: 2 })], resetMs: 60_000 });

it('asks each target on an interval, spread by a tenth', () => {
  const provider = new ProbedProvider();
  const { clock, pool } = rig(
    [
      { id: 'a', provider },
      { id: 'b', provider },
    ],
    {
      probe: { everyMs: 10_000 },
    },
  );
  for (let second = 0; second < 100; second++) {
    clock.advance(1000);
    for (const probe of provider.probes) probe.done(undefined);
  }
  const ofA = provider.probes.filter(({ target }) => target.id === 'a').length;
  expect(ofA).toBeGreaterThanOrEqual(8);
  expect(ofA).toBeLessThanOrEqual(11);
  void pool.close();
  const before = provider.probes.length;
  clock.advance(60_000);
  expect(provider.probes).toHaveLength(before);
});

it('opens the breaker on probes that fail or are not answered, and tries out what answers again', () => {
  const provider = new ProbedProvider();
  const { clock, pool } = rig([{ id: 'a', provider }], { health, probe: { everyMs: 1000 } });
  const state = (): string => pool.stats().targets[0]!.state;
  clock.advance(1200);
  provider.probes[0]!.done(serverFault);
  expect(state()).toBe('healthy');
  clock.advance(1200);
  clock.advance(5100);
  expect(provider.probes[1]!.isAborted).toBe(true);
  expect(state()).toBe('open');
  clock.advance(1200);
  provider.probes.at(-1)!.done(undefined);
  expect(state()).toBe('half_open');
});

it('sends a real request to targets without traffic, and learns their speed from it', () => {
  const provider = new HandProvider();
  const { clock, pool, start, fleet } = rig(
    [
      { id: 'a', provider },
      { id: 'b', provider },
    ],
    {
      probe: { everyMs: 1000, request: { payload: 'ping', isStream: true } },
    },
  );
  clock.advance(1100);
  for (let round = 0; round < 4; round++) {
    start({ isStream: true });
    provider.last.answer();
    clock.advance(550);
  }
  const probed = provider.attempts.filter((attempt) => attempt.target.id === 'b');
  expect(probed).toHaveLength(1);
  clock.advance(200);
  probed[0]!.answer();
  expect(fleet.estimates.samples[1]).toBe(1);
  expect(fleet.estimates.firstContentMs[1]).toBeGreaterThan(0);
  expect(pool.stats().targets[1]).toMatchObject({ picks: 0, inFlight: 0 });
});

it('ends a probing request that takes too long, and one under way when the pool closes', () => {
  const provider = new HandProvider();
  const { clock, pool, inFlight } = rig([{ id: 'a', provider }], {
    health,
    probe: { everyMs: 1000, timeoutMs: 500, request: { payload: 'ping' } },
  });
  clock.advance(3500);
  expect(provider.attempts.length).toBeGreaterThanOrEqual(1);
  expect(provider.attempts[0]!.isAborted).toBe(true);
  void pool.close();
  expect(inFlight()).toBe(0);
});

it('names a bad option', () => {
  expect(() => rig(['a'], { probe: { everyMs: 10 } })).toThrow(
    'balancer: `probe.everyMs` must be ms >= 100, got 10',
  );
});
