import { expect, it } from 'vitest';

import { Hedging } from '../src/hedging.ts';
import { RecentQuantiles } from '../src/quantiles.ts';
import { rig } from './rig.ts';

/** A pool that hedges after 1 s and has earned a hedge by 20 quick requests. */
function hedged(...targets: string[]): ReturnType<typeof rig> {
  const pool = rig(targets, { hedge: { afterMs: 1000 } });
  for (let count = 0; count < 20; count++) {
    pool.start();
    pool.provider.last.answer();
  }
  pool.provider.attempts.length = 0;
  return pool;
}

it('starts a second attempt elsewhere; the first content wins, the other is cancelled and charged', () => {
  const { provider, pool, start, clock, inFlight } = hedged('a', 'b');
  const { heard } = start({ isStream: true, inputTokens: 50 });
  provider.last.sink.onConnect();
  clock.advance(1010);
  expect(provider.attempts.map(({ target }) => target.id)).toEqual(['a', 'b']);
  expect(inFlight()).toBe(2);
  provider.attempts[1]!.content('from b');
  expect(provider.attempts[0]!.isAborted).toBe(true);
  expect(inFlight()).toBe(1);
  provider.attempts[1]!.sink.onEnd({});
  expect(heard.log).toEqual(['head', 'from b', 'end']);
  expect(heard.result).toMatchObject({ attempts: 2, target: { id: 'b' } });
  const [a, b] = pool.stats().targets;
  expect(a).toMatchObject({ inputTokens: 50, failures: 0 });
  expect(b).toMatchObject({ picks: 0, served: 1 });
});

it('goes on with the other when one of the two fails', () => {
  const { provider, start, clock, inFlight } = hedged('a', 'b', 'c');
  const { heard } = start({ isStream: true });
  provider.last.sink.onConnect();
  clock.advance(1010);
  provider.attempts[0]!.fail();
  expect(provider.attempts).toHaveLength(2);
  provider.attempts[1]!.fail();
  expect(provider.last.target.id).toBe('c');
  provider.last.answer();
  expect(heard.result?.attempts).toBe(3);
  expect(inFlight()).toBe(0);
});

it('aborts both when the caller leaves', () => {
  const { provider, start, clock, inFlight } = hedged('a', 'b');
  const { call } = start({ isStream: true });
  provider.last.sink.onConnect();
  clock.advance(1010);
  call.abort();
  expect(provider.attempts.map(({ isAborted }) => isAborted)).toEqual([true, true]);
  expect(inFlight()).toBe(0);
});

it('makes no hedge without another target, without budget, or once content has come', () => {
  const alone = hedged('a');
  alone.start({ isStream: true });
  alone.provider.last.sink.onConnect();
  alone.clock.advance(2000);
  expect(alone.provider.attempts).toHaveLength(1);
  const two = hedged('a', 'b');
  for (let count = 0; count < 5; count++) {
    two.start({ isStream: true });
    two.provider.last.sink.onConnect();
    two.clock.advance(1010);
    for (const attempt of two.provider.attempts) if (!attempt.isAborted) attempt.answer();
  }
  expect(two.provider.attempts).toHaveLength(6);
  const quick = hedged('a', 'b');
  quick.start({ isStream: true });
  quick.provider.last.content();
  quick.clock.advance(2000);
  expect(quick.provider.attempts).toHaveLength(1);
});

it('makes none while much of the pool is slow', () => {
  const { provider, start, clock } = hedged('a', 'b', 'c', 'd');
  for (const pin of ['a', 'b', 'c']) {
    start({ isStream: true, pin });
    provider.last.sink.onConnect();
  }
  clock.advance(1010);
  expect(provider.attempts).toHaveLength(3);
});

it('hedges after a quantile of recent times once there are enough of them', () => {
  const hedging = new Hedging({ afterQuantile: 0.95 });
  for (let count = 1; count <= 49; count++) hedging.observe(count * 10, true, 0);
  expect(hedging.onRequest(true, 0)).toBe(Infinity);
  for (let count = 50; count <= 100; count++) hedging.observe(count * 10, true, 0);
  const delayMs = hedging.onRequest(true, 1000);
  expect(delayMs).toBeGreaterThanOrEqual(950);
  expect(delayMs).toBeLessThan(950 * 1.07);
  expect(hedging.onRequest(false, 1000)).toBe(Infinity);
});

it('forgets times after two windows', () => {
  const recent = new RecentQuantiles(1000);
  for (let count = 0; count < 10; count++) recent.observe(100, 0);
  expect(recent.count(1500)).toBe(10);
  expect(recent.count(2600)).toBe(0);
  expect(recent.quantile(0.5, 2600)).toBeNaN();
});

it.each([
  [{}, '`hedge` must be given either afterMs or afterQuantile'],
  [{ afterMs: 0 }, '`hedge.afterMs` must be milliseconds > 0, got 0'],
  [{ afterQuantile: 1 }, '`hedge.afterQuantile` must be >= 0.5 and < 1, got 1'],
  [{ afterMs: 1, budgetRatio: 0 }, '`hedge.budgetRatio` must be more than 0, at most 1, got 0'],
])('names a bad option: %j', (options, message) => {
  expect(() => new Hedging(options)).toThrow(message);
});
