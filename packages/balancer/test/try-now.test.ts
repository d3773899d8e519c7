import { expect, it } from 'vitest';

import { breaker } from '../src/health/breaker.ts';
import { consecutiveFailures } from '../src/health/consecutive-failures.ts';
import { rig } from './rig.ts';

const quick = breaker({ trip: [consecutiveFailures({ failures: 1 })], resetMs: 60_000 });
const throttle = { kind: 'throttle', verdict: 'cooldown', isHealthFailure: false } as const;

it('ends a cool-down, after which one request tries the target out', () => {
  const { pool, provider, start } = rig(['a', 'b']);
  start();
  provider.last.fail({ ...throttle, retryAfterMs: 60_000 });
  provider.last.answer();
  expect(pool.tryNow('a')).toBe(true);
  start();
  start();
  expect(provider.attempts.slice(-2).map(({ target }) => target.id)).toEqual(['a', 'b']);
});

it('tells that a cool-down ended', () => {
  const { pool, provider, start } = rig(['a', 'b']);
  start();
  provider.last.fail({ ...throttle, retryAfterMs: 60_000 });
  const told: string[] = [];
  pool.on('target', ({ target, change }) => told.push(`${target.id} ${change}`));
  pool.tryNow('a');
  expect(told).toEqual(['a closed']);
});

it('lets an open breaker probe at once', () => {
  const { pool, provider, start } = rig(['a', 'b'], { health: quick });
  start();
  provider.last.fail();
  provider.last.answer();
  expect(pool.stats().targets[0]).toMatchObject({ state: 'open' });
  expect(pool.tryNow('a')).toBe(true);
  start();
  expect(provider.last.target.id).toBe('a');
  provider.last.answer();
  expect(pool.stats().targets[0]).toMatchObject({ state: 'healthy' });
});

it('says when there is nothing to end', () => {
  const { pool } = rig(['a']);
  expect(pool.tryNow('a')).toBe(false);
  expect(() => pool.tryNow('c')).toThrow('has no target "c"');
});

it('serves a request that waits for the end of the cool-down', () => {
  const { pool, provider, start } = rig(['a']);
  const { call } = start();
  provider.last.fail({ ...throttle, retryAfterMs: 8000 });
  call.abort();
  start();
  expect(provider.attempts).toHaveLength(1);
  pool.tryNow('a');
  expect(provider.attempts).toHaveLength(2);
});
