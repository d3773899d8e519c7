import { ChunkKind } from '@plimsoll/core';
import { expect, it } from 'vitest';

import { Pool } from '../src/pool.ts';
import { HandProvider, Heard, inOrder, rig } from './rig.ts';

it('sends new requests to a target as soon as it is added', () => {
  const { provider, pool, start } = rig([{ id: 'a', limits: { concurrency: 1 } }]);
  start();
  pool.add({ id: 'b', provider });
  start();
  expect(provider.last.target.id).toBe('b');
});

it('drains: nothing new, and streams under way finish', async () => {
  const { provider, pool, start } = rig(['a', 'b']);
  const { heard } = start({ isStream: true });
  provider.last.content('one');
  let isDrained = false;
  const drained = pool.drain('a').then(() => (isDrained = true));
  start();
  expect(provider.last.target.id).toBe('b');
  await Promise.resolve();
  expect(isDrained).toBe(false);
  provider.attempts[0]!.sink.onChunk('two', ChunkKind.content);
  provider.attempts[0]!.sink.onEnd({});
  await drained;
  expect(heard.log).toEqual(['head', 'one', 'two', 'end']);
  pool.enable('a');
  start();
  expect(provider.last.target.id).toBe('a');
});

it('gives the slot of a removed target away only after its last lease ended', async () => {
  const { provider, pool, fleet, start } = rig(['a', 'b']);
  start({ isStream: true });
  provider.last.content();
  const removed = pool.remove('a');
  pool.add({ id: 'c', provider });
  expect(fleet.members.map((member) => member?.target.id)).toEqual(['a', 'b', 'c']);
  provider.attempts[0]!.sink.onEnd({});
  await removed;
  pool.add({ id: 'd', provider });
  expect(fleet.members.map((member) => member?.target.id)).toEqual(['d', 'b', 'c']);
  expect(pool.stats().targets.map(({ id, attempts }) => [id, attempts])).toEqual([
    ['b', 0],
    ['c', 0],
    ['d', 0],
  ]);
});

it('may take a removed target back while its old lease is still out', () => {
  const { provider, pool, start, inFlight } = rig(['a', 'b']);
  start({ isStream: true });
  provider.last.content();
  void pool.remove('a');
  pool.add({ id: 'a', provider });
  expect(pool.stats().targets.find(({ id }) => id === 'a')?.inFlight).toBe(0);
  expect(inFlight()).toBe(1);
});

it('uses a target of weight 0 only while no other is admissible', () => {
  const { provider, pool, start } = rig([
    { id: 'standby', weight: 0 },
    { id: 'a', weight: 1, limits: { concurrency: 1 } },
  ]);
  start();
  expect(provider.last.target.id).toBe('a');
  start();
  expect(provider.last.target.id).toBe('standby');
  pool.setWeight('standby', 2);
  start();
  expect(pool.stats().targets.map(({ weight }) => weight)).toEqual([2, 1]);
});

it('shares targets between pools of one fleet: in flight, breaker and draining are the target’s', async () => {
  const one = rig([{ id: 'a', limits: { concurrency: 1 } }]);
  const two = new Pool({
    name: 'two',
    strategy: inOrder,
    fleet: one.fleet,
    targets: [{ id: 'a' }, { id: 'b', provider: one.provider }],
  });
  one.start();
  two.start({ payload: undefined }, new Heard());
  expect(one.provider.last.target.id).toBe('b');
  one.provider.attempts[0]!.answer();
  void one.pool.drain('a');
  expect(two.stats().targets[0]).toMatchObject({ id: 'a', state: 'draining' });
  await one.pool.remove('a');
  expect(one.fleet.members[0]?.target.id).toBe('a');
});

it.each([
  [[{ id: 'a', weight: 1 }, { id: 'b' }], '`targets.b.weight` must be stated for all targets'],
  [[{ id: 'a', weight: -1 }], '`targets.a.weight` must be a number > 0, or 0 for standby, got -1'],
  [[{ id: 'a', weight: Number.NaN }], '`targets.a.weight` must be a number > 0, or 0 for standby'],
  [[{ id: 'a', weight: 0 }], '`targets[].weight` must be > 0 for at least one target, got 0'],
  [[{ id: 'a' }, { id: 'a' }], '`targets[].id` must be unique, got "a"'],
  [[{ id: '' }], '`targets[].id` must be a string that is not empty, got ""'],
  [[{ id: 'a', tier: 0.5 }], '`targets.a.tier` must be an integer >= 0, got 0.5'],
  [
    [{ id: 'a', limits: { concurrency: 0 } }],
    '`targets.a.limits.concurrency` must be an integer >= 1',
  ],
  [[{ id: 'a', price: { input: -1, output: 1 } }], '`targets.a.price.input` must be US dollars'],
])('refuses bad targets with the field and the value: %j', (targets, message) => {
  expect(() => new Pool({ strategy: inOrder, targets })).toThrow(message);
});

it('refuses a second target of the same id with another provider', () => {
  const { pool, fleet } = rig(['a']);
  expect(() => pool.add({ id: 'a' })).toThrow('`targets[].id` must be unique in the pool, got "a"');
  const other = { id: 'a', provider: new HandProvider() };
  expect(() => new Pool({ strategy: inOrder, fleet, targets: [other] })).toThrow(
    '`targets[].id` must be unique in the fleet, got "a"',
  );
  expect(() => pool.setWeight('z', 1)).toThrow('default has no target "z"; it has a');
});

it('closes: refuses, waits for what is in flight, aborts it when the grace is over', async () => {
  const { provider, pool, clock, start, inFlight } = rig(['a']);
  start({ isStream: true });
  provider.last.content();
  const closed = pool.close(1000);
  const { heard } = start();
  await Promise.resolve();
  expect(heard.failure?.code).toBe('ERR_PLIMSOLL_CLOSED');
  clock.advance(1000);
  await closed;
  expect(provider.last.isAborted).toBe(true);
  expect(inFlight()).toBe(0);
});
