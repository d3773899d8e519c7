import { seededRandom, type StrategyDefinition } from '@plimsoll/core';
import { expect, it } from 'vitest';

import { breaker } from '../src/health/breaker.ts';
import { consecutiveFailures } from '../src/health/consecutive-failures.ts';
import { inOrder, rig } from './rig.ts';

const startEpochMs = Date.UTC(2026, 0, 1);
const byWeight: StrategyDefinition = { ...inOrder, expectedShare: 'by_weight' };
const throttle = { kind: 'throttle', verdict: 'cooldown', isHealthFailure: false } as const;

it('tells until when a target cools down and what for, without the words of the provider', () => {
  const { pool, provider, start, clock } = rig(['a', 'b']);
  clock.advance(500);
  start();
  provider.last.fail({ ...throttle, status: 429, exhausted: 'tokens', retryAfterMs: 30_000 });
  const [a, b] = pool.stats().targets;
  expect(a).toMatchObject({ state: 'cooling', returnEpochMs: startEpochMs + 30_500 });
  expect(a!.cooledBy).toEqual({
    kind: 'throttle',
    status: 429,
    code: undefined,
    exhausted: 'tokens',
    scope: undefined,
    retryAfterMs: 30_000,
  });
  expect(b).toMatchObject({ state: 'healthy', cooledBy: undefined, returnEpochMs: undefined });
  clock.advance(30_000);
  expect(pool.stats().targets[0]!.cooledBy).toBeUndefined();
});

it('hands the failure of a cool-down to those who hear of it', () => {
  const { pool, provider, start } = rig(['a', 'b']);
  const told: unknown[] = [];
  pool.on('target', ({ failure }) => told.push(failure?.status));
  start();
  provider.last.fail({ ...throttle, status: 429, retryAfterMs: 30_000 });
  expect(told).toEqual([429]);
});

it('tells when a breaker lets the next probe through, and how many it has passed', () => {
  const trip = [consecutiveFailures({ failures: 1 })];
  const health = breaker({ trip, resetMs: 60_000, successes: 3 });
  const { pool, provider, start, clock } = rig(['a', 'b'], { health });
  start();
  provider.last.fail();
  provider.last.answer();
  expect(pool.stats().targets[0]).toMatchObject({
    state: 'open',
    returnEpochMs: startEpochMs + 60_000,
    probes: { passed: 0, needed: 3 },
  });
  clock.advance(60_000);
  expect(pool.stats().targets[0]).toMatchObject({ state: 'half_open' });
  start();
  // The probe is under way.
  expect(pool.stats().targets[0]).toMatchObject({ state: 'half_open', returnEpochMs: undefined });
  provider.last.answer();
  expect(pool.stats().targets[0]).toMatchObject({
    state: 'half_open',
    returnEpochMs: undefined,
    probes: { passed: 1, needed: 3 },
  });
  expect(pool.stats().targets[1]!.probes).toBeUndefined();
});

it('promises a target in slow start the part of its share that it is offered', () => {
  const health = breaker({ trip: [consecutiveFailures({ failures: 1 })], resetMs: 1000 });
  const { pool, provider, start, clock } = rig(['a', 'b'], { health, strategy: byWeight });
  start();
  provider.last.fail();
  provider.last.answer();
  expect(pool.stats().targets.map(({ promisedShare }) => promisedShare)).toEqual([0, 1]);
  clock.advance(1000);
  start();
  provider.last.answer();
  clock.advance(15_000);
  const [a, b] = pool.stats().targets;
  // Half of its weight of 1, beside the other's 1.
  expect(a!.promisedShare).toBeCloseTo(1 / 3, 12);
  expect(b!.promisedShare).toBeCloseTo(2 / 3, 12);
  expect(a!.slowStart).toEqual({
    ratio: 0.5,
    sinceEpochMs: startEpochMs + 1000,
    fullEpochMs: startEpochMs + 31_000,
  });
  clock.advance(15_000);
  expect(pool.stats().targets[0]).toMatchObject({ promisedShare: 0.5, slowStart: undefined });
});

it('promises nothing where the strategy does not', () => {
  const { pool } = rig(['a']);
  const [a] = pool.stats().targets;
  expect(a).toMatchObject({ promisedShare: undefined, expectedPicks: undefined });
});

it('tells how long the first of those that wait has waited', () => {
  const { pool, start, clock } = rig([{ id: 'a', limits: { concurrency: 1 } }]);
  start();
  expect(pool.stats()).toMatchObject({ oldestWaitMs: undefined, maxWaitMs: 10_000 });
  start();
  clock.advance(700);
  start();
  clock.advance(300);
  expect(pool.stats()).toMatchObject({ queued: 2, oldestWaitMs: 1000 });
});

it('tells the limit of requests in flight, and when a target was last asked', () => {
  const limited = { id: 'a', limits: { concurrency: 7 } };
  const asked = { name: 'asked', probe: () => ({ abort() {} }), classify: () => undefined };
  const { pool, clock } = rig(
    [limited, { id: 'b', provider: { ...asked, attempt: () => undefined } as never }],
    { probe: { everyMs: 1000 } },
    { random: seededRandom(3) },
  );
  expect(pool.stats().targets.map(({ concurrencyLimit }) => concurrencyLimit)).toEqual([
    7,
    undefined,
  ]);
  clock.advance(1200);
  const [a, b] = pool.stats().targets;
  expect(a!.lastProbeEpochMs).toBeUndefined();
  expect(b!.lastProbeEpochMs! - startEpochMs).toBeGreaterThan(800);
});

it('lists its targets in the order in which they came', () => {
  const { pool } = rig(['b', 'a']);
  pool.add({ id: 'c' });
  expect(pool.targets().map(({ id }) => id)).toEqual(['b', 'a', 'c']);
});
