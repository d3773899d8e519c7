import { expect, it } from 'vitest';

import { bayesianFailures } from '../src/health/bayesian-failures.ts';
import { breaker } from '../src/health/breaker.ts';
import { consecutiveFailures } from '../src/health/consecutive-failures.ts';
import { admissionRatio, resolveSlowStart } from '../src/slow-start.ts';
import { Heard, rig } from './rig.ts';

const quick = breaker({ trip: [consecutiveFailures({ failures: 1 })], resetMs: 1000 });
const throttle = { kind: 'throttle', verdict: 'cooldown', isHealthFailure: false } as const;

/** Share of the next `count` requests that the first target gets. */
function shareOfFirst({ provider, start }: ReturnType<typeof rig>, count: number): number {
  let first = 0;
  for (let index = 0; index < count; index++) {
    start();
    if (provider.last.target.id === 'a') first++;
    provider.last.answer();
  }
  return first / count;
}

// Envoy: max(min_weight, (t / window)^(1 / aggression)).
it.each([
  [0, 1, 0.1],
  [3000, 1, 0.1],
  [15_000, 1, 0.5],
  [15_000, 2, Math.sqrt(0.5)],
  [30_000, 1, 1],
  [90_000, 1, 1],
])('admits by the formula: %i ms after the return, aggression %i', (sinceMs, aggression, ratio) => {
  expect(admissionRatio(sinceMs, resolveSlowStart({ aggression }))).toBeCloseTo(ratio, 12);
});

it('gives a target its share back slowly once its breaker has closed', () => {
  const pool = rig(['a', 'b'], { health: quick });
  pool.start();
  pool.provider.last.fail();
  pool.provider.last.answer();
  pool.clock.advance(1000);
  pool.start();
  expect(pool.provider.last.target.id).toBe('a');
  pool.provider.last.answer();
  // 3 sigma of 2,000 draws at 0.1 and at 0.5 are 0.020 and 0.034.
  expect(Math.abs(shareOfFirst(pool, 2000) - 0.1)).toBeLessThan(0.02);
  pool.clock.advance(15_000);
  expect(Math.abs(shareOfFirst(pool, 2000) - 0.5)).toBeLessThan(0.034);
  pool.clock.advance(15_000);
  expect(shareOfFirst(pool, 100)).toBe(1);
});

it('gives the last admissible target everything, however fresh it is', () => {
  const pool = rig(['a'], { health: quick });
  pool.start();
  pool.provider.last.fail({ kind: 'network' });
  pool.clock.advance(1000);
  pool.start();
  pool.provider.last.answer();
  expect(shareOfFirst(pool, 200)).toBe(1);
});

it('can be told to give it back at once', () => {
  const pool = rig(['a', 'b'], { health: quick, slowStart: false });
  pool.start();
  pool.provider.last.fail();
  pool.provider.last.answer();
  pool.clock.advance(1000);
  expect(shareOfFirst(pool, 100)).toBe(1);
});

it('tries a throttled target with one request before the others follow', () => {
  const { provider, start, clock } = rig(['a', 'b']);
  start();
  provider.last.fail({ ...throttle, retryAfterMs: 5000 });
  provider.last.answer();
  clock.advance(5000);
  start({ isStream: true });
  const trial = provider.last;
  expect(trial.target.id).toBe('a');
  for (let count = 0; count < 20; count++) {
    start();
    expect(provider.last.target.id).toBe('b');
  }
  trial.content();
  start();
  expect(provider.last.target.id).toBe('a');
});

it('tries again with the next request when the one that tried was given up', () => {
  const { provider, start, clock } = rig(['a', 'b']);
  start();
  provider.last.fail({ ...throttle, retryAfterMs: 5000 });
  clock.advance(5000);
  const { call } = start();
  call.abort();
  start();
  expect(provider.last.target.id).toBe('a');
});

it('lets a target that was told to grow slowly do so after its cool-down', () => {
  const pool = rig(['a', 'b']);
  pool.start();
  pool.provider.last.fail({ ...throttle, kind: 'ramp', retryAfterMs: 5000 });
  pool.provider.last.answer();
  pool.clock.advance(5000);
  expect(shareOfFirst(pool, 500)).toBeLessThan(0.2);
});

it('waits for the only target when it names its time and the deadline allows that', () => {
  const { provider, start, clock } = rig(['a']);
  const { heard } = start({ isStream: true });
  provider.last.fail({ ...throttle, retryAfterMs: 2000 });
  clock.advance(1990);
  expect(provider.attempts).toHaveLength(1);
  clock.advance(20);
  expect(provider.attempts).toHaveLength(2);
  provider.last.answer();
  expect(heard.result).toMatchObject({ attempts: 2 });
});

it('says how long to wait when the deadline does not allow it', () => {
  const { provider, start } = rig(['a']);
  const { heard } = start({ isStream: true });
  provider.last.fail({ ...throttle, retryAfterMs: 90_000 });
  expect(heard.failure).toMatchObject({ code: 'ERR_PLIMSOLL_FAILED', retryAfterMs: 90_000 });
});

it.each([
  [{ ...throttle, retryAfterMs: 30_000 }, 'ERR_PLIMSOLL_CAPACITY', undefined],
  [{ kind: 'auth', verdict: 'cooldown', scope: 'key' }, 'ERR_PLIMSOLL_UNAVAILABLE', 'auth'],
  [{ kind: 'money', verdict: 'cooldown', scope: 'account' }, 'ERR_PLIMSOLL_UNAVAILABLE', 'money'],
] as const)('says what all targets are left alone for: %j', async (failure, code, kind) => {
  const { provider, start } = rig(['a']);
  start();
  provider.last.fail({ ...failure, message: 'no more', isHealthFailure: false });
  const { heard } = start();
  await Promise.resolve();
  expect(provider.attempts).toHaveLength(1);
  expect(heard.failure).toMatchObject({ code, attempts: 0 });
  expect(heard.failure?.failure?.kind).toBe(kind);
  // The message of the failure is another caller's: it may quote that one's request.
  expect(heard.failure?.message).toContain(`a: cooling, ${failure.kind} (500)`);
  expect(heard.failure?.message).not.toContain('no more');
});

it('tries a target once the time it named has passed, whatever was learned of its limit', () => {
  const { provider, start, clock } = rig(['a']);
  const all = Array.from({ length: 20 }, () => start({ isStream: true }).heard);
  const [refused, ...others] = provider.attempts.splice(0);
  refused!.fail({ ...throttle, retryAfterMs: 10_000 });
  for (const attempt of others) attempt.answer();
  clock.advance(10_010);
  expect(provider.attempts).toHaveLength(1);
  provider.last.answer();
  expect(all.every((heard) => heard.result !== undefined)).toBe(true);
  // Who comes now waits for the learned limit.
  start({ isStream: true });
  expect(provider.attempts).toHaveLength(1);
});

it('lets one of many waiting requests try the target out, and the others follow', () => {
  const { provider, start, clock, inFlight } = rig(['a']);
  const waiting = Array.from({ length: 5 }, () => start({ isStream: true }).heard);
  for (const attempt of provider.attempts) attempt.fail({ ...throttle, retryAfterMs: 2000 });
  clock.advance(2010);
  expect(inFlight()).toBe(1);
  provider.last.content();
  clock.advance(100);
  expect(inFlight()).toBe(5);
  for (const attempt of provider.attempts.slice(5)) attempt.answer();
  expect(waiting.every((heard) => heard.result !== undefined)).toBe(true);
});

it('holds a cool-down of a group against targets that join it later', () => {
  const { provider, pool, start, clock } = rig([{ id: 'a', quotaGroup: 'org' }, 'b']);
  start();
  provider.last.fail({ ...throttle, kind: 'money', scope: 'account' });
  pool.add({ id: 'c', provider, quotaGroup: 'org' });
  expect(pool.explain({}).candidates.map(({ reason }) => reason)).toEqual([
    'cooling',
    'admissible',
    'cooling',
  ]);
  clock.advance(6 * 3_600_000);
  expect(pool.explain({}).order).toEqual(['a', 'b', 'c']);
});

it('remembers 150 cool-downs at once, each with its own expiry', () => {
  const ids = Array.from({ length: 150 }, (_, index) => `t${index}`);
  const { provider, pool, start, clock } = rig([...ids, 'spare']);
  for (let index = 0; index < 150; index++) {
    start();
    provider.last.fail({ ...throttle, retryAfterMs: 1000 * (index + 1) });
    provider.last.answer();
  }
  for (const elapsed of [1, 50, 149, 150]) {
    clock.advance(elapsed * 1000 - clock.now());
    const cooling = pool.explain({}).candidates.filter(({ reason }) => reason === 'cooling');
    expect(cooling).toHaveLength(150 - elapsed);
  }
});

it('leaves a target alone for minutes that does not have its model, unless the caller named it', () => {
  const noModel = { kind: 'model_access', verdict: 'failover', isHealthFailure: false } as const;
  const { provider, pool, start, clock } = rig([
    { id: 'a', model: 'm' },
    { id: 'b', model: '*' },
  ]);
  start();
  provider.last.fail(noModel);
  provider.last.fail(noModel);
  expect(pool.explain({}).order).toEqual(['b']);
  clock.advance(300_000);
  expect(pool.explain({}).order).toEqual(['a', 'b']);
});

it('cools a region of one provider only', () => {
  const { provider, pool, start } = rig([
    { id: 'a', region: 'us' },
    { id: 'b', region: 'us' },
    { id: 'c', region: 'eu' },
    'd',
  ]);
  start();
  provider.last.fail({ ...throttle, kind: 'overload', scope: 'region' });
  expect(pool.explain({}).order).toEqual(['c', 'd']);
});

it('uses ejected targets in panic, but none that is cooling or failed in a row', async () => {
  const health = breaker({
    trip: [bayesianFailures(), consecutiveFailures({ failures: 30 })],
    maxEjectedRatio: 1,
  });
  const { provider, pool, start, clock } = rig(['ejected', 'cooling'], { health, panicRatio: 0.5 });
  while (pool.stats().targets[0]!.state === 'healthy') {
    start();
    provider.last.fail();
    provider.last.answer();
  }
  start();
  expect(provider.last.target.id).toBe('cooling');
  provider.last.fail({ ...throttle, kind: 'overload', retryAfterMs: 5000 });
  clock.advance(300);
  start();
  expect(provider.last.target.id).toBe('ejected');
  void pool.drain('ejected');
  const heard = new Heard();
  pool.start({ payload: undefined }, heard);
  await Promise.resolve();
  expect(heard.failure).toMatchObject({ code: 'ERR_PLIMSOLL_UNAVAILABLE', attempts: 0 });
});
