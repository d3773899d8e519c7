import { expect, it } from 'vitest';

import { rig } from '../rig.ts';

const throttle = { kind: 'throttle', verdict: 'cooldown', isHealthFailure: false } as const;

it('waits for concurrency and goes on the moment a place is given back', () => {
  const { provider, start, inFlight } = rig([{ id: 'a', limits: { concurrency: 1 } }]);
  start();
  const second = start();
  const third = start();
  expect(provider.attempts).toHaveLength(1);
  provider.last.answer();
  expect(provider.attempts).toHaveLength(2);
  provider.last.answer();
  expect(second.heard.log).toEqual(['head', 'hello', 'end']);
  provider.last.answer();
  expect(third.heard.log).toEqual(['head', 'hello', 'end']);
  expect(inFlight()).toBe(0);
});

it('spreads twelve at once by free capacity, and a stream holds its place', () => {
  const { provider, start, inFlight } = rig([
    { id: 'a', limits: { concurrency: 1 } },
    { id: 'b', limits: { concurrency: 3 } },
  ]);
  for (let count = 0; count < 12; count++) start({ isStream: true });
  expect(provider.attempts.map(({ target }) => target.id)).toEqual(['a', 'b', 'b', 'b']);
  provider.attempts[0]!.content();
  expect(provider.attempts).toHaveLength(4);
  provider.attempts[0]!.sink.onEnd({});
  expect(provider.attempts).toHaveLength(5);
  expect(inFlight()).toBe(4);
});

it('refuses after the longest wait, with the earliest time', () => {
  const { provider, start, clock } = rig(['a']);
  start();
  provider.last.fail({ ...throttle, retryAfterMs: 12_000 });
  clock.advance(3000);
  const { heard } = start();
  clock.advance(8980);
  expect(provider.attempts).toHaveLength(1);
  clock.advance(100);
  expect(provider.attempts).toHaveLength(2);
  provider.last.answer();
  expect(heard.result?.latencyMs).toBeGreaterThanOrEqual(9000);

  const busy = rig([{ id: 'a', limits: { concurrency: 1 } }]);
  busy.start({ isStream: true });
  busy.provider.last.content();
  const { heard: late } = busy.start();
  busy.clock.advance(9990);
  expect(late.failure).toBeUndefined();
  busy.clock.advance(20);
  expect(late.failure).toMatchObject({ code: 'ERR_PLIMSOLL_CAPACITY', attempts: 0 });
});

it('refuses at once what would have to wait past its deadline', async () => {
  const { provider, start } = rig(['a']);
  start();
  provider.last.fail({ ...throttle, retryAfterMs: 5000 });
  const { heard: patient } = start({ timeoutMs: 6000 });
  const { heard } = start({ timeoutMs: 4000 });
  await Promise.resolve();
  expect(heard.failure).toMatchObject({ code: 'ERR_PLIMSOLL_CAPACITY', retryAfterMs: 5000 });
  expect(patient.failure).toBeUndefined();
});

it('refuses at once what would have to wait too long, and what finds the queue full', async () => {
  const { provider, start } = rig(['a']);
  start();
  provider.last.fail({ ...throttle, retryAfterMs: 30_000 });
  const { heard } = start();
  await Promise.resolve();
  expect(heard.failure).toMatchObject({ code: 'ERR_PLIMSOLL_CAPACITY', retryAfterMs: 30_000 });

  const small = rig([{ id: 'a', limits: { concurrency: 1 } }], { queue: { maxLength: 2 } });
  for (let count = 0; count < 3; count++) small.start();
  const full = small.start();
  await Promise.resolve();
  expect(full.heard.failure?.code).toBe('ERR_PLIMSOLL_CAPACITY');
});

it('never waits for health', async () => {
  const { provider, start } = rig(['a']);
  for (let count = 0; count < 5; count++) {
    start();
    provider.last.fail({ kind: 'network' });
  }
  const { heard } = start();
  await Promise.resolve();
  expect(heard.failure).toMatchObject({ code: 'ERR_PLIMSOLL_UNAVAILABLE', attempts: 0 });
});

it('lets nobody overtake, but for those who wait for another target', () => {
  const { provider, pool, start } = rig([
    { id: 'a', limits: { concurrency: 1 } },
    { id: 'b', limits: { concurrency: 1 } },
  ]);
  start({ pin: 'a' });
  start({ pin: 'b' });
  const onA = start({ pin: 'a' });
  const anywhere = start();
  const onB = start({ pin: 'b' });
  provider.attempts[1]!.answer();
  expect(pool.queue.size).toBe(2);
  expect(anywhere.call.target?.id).toBe('b');
  provider.attempts[0]!.answer();
  expect(onA.call.target?.id).toBe('a');
  expect(onB.call.target).toBeUndefined();
  provider.attempts[2]!.answer();
  expect(onB.call.target?.id).toBe('b');
});

it('takes turns between tenants', () => {
  const { provider, start } = rig([{ id: 'a', limits: { concurrency: 1 } }]);
  start({ tenant: 'bulk' });
  for (let count = 0; count < 10; count++) start({ tenant: 'bulk' });
  const premium = start({ tenant: 'premium', priority: 1 });
  provider.last.answer();
  expect(premium.call.target?.id).toBe('a');
});

it('forgets who leaves, and refuses all when the pool closes', () => {
  const { provider, pool, start, inFlight } = rig([{ id: 'a', limits: { concurrency: 1 } }]);
  start();
  const left = start();
  const stays = start();
  left.call.abort();
  void pool.close(1000);
  expect(stays.heard.failure?.code).toBe('ERR_PLIMSOLL_CLOSED');
  provider.last.answer();
  expect(provider.attempts).toHaveLength(1);
  expect(inFlight()).toBe(0);
});

it('serves who waits when a target is added or enabled', () => {
  const { provider, pool, start } = rig([{ id: 'a', limits: { concurrency: 1 } }]);
  start();
  start();
  pool.add({ id: 'b', provider });
  expect(provider.last.target.id).toBe('b');
});

it('names a bad option', () => {
  expect(() => rig(['a'], { queue: { maxLength: -1 } })).toThrow(
    'balancer: `queue.maxLength` must be an integer >= 0, got -1',
  );
});
