import { breaker, consecutiveFailures } from '@plimsoll/balancer';
import { expect, it } from 'vitest';

import { noConnection, rig, serverFault, START_EPOCH_MS, throttled } from './rig.ts';

const health = breaker({
  trip: [consecutiveFailures({ failures: 5 })],
  resetMs: 60_000,
  successes: 3,
});

it('is empty when all is well', () => {
  const { watch, run } = rig([{ id: 'a' }, { id: 'b' }]);
  run(10, 20);
  expect(watch.view().attention).toEqual([]);
  expect(watch.view().targets[0]).toMatchObject({ state: 'healthy', reason: '' });
});

it('tells why a target cools down and when it is back', () => {
  const { watch, run, behave } = rig([{ id: 'a' }, { id: 'b' }]);
  run(1, 10);
  behave('a', { failure: throttled });
  run(10, 10);
  const [first, ...others] = watch.view().attention;
  expect(others).toEqual([]);
  expect(first).toMatchObject({
    target: 'a',
    kind: 'cooling',
    reason: '429, tokens per minute used up',
    untilLabel: 'back in',
  });
  const leftMs = first!.untilEpochMs! - START_EPOCH_MS - 11_000;
  expect(leftMs).toBeGreaterThan(50_000);
  expect(leftMs).toBeLessThan(51_000);
  expect(watch.view().targets[0]).toMatchObject({ state: 'cooling', untilTotalMs: 60_000 });
});

it('tells which target of a quota group was refused', () => {
  const { watch, run, behave } = rig([
    { id: 'a', quotaGroup: 'team' },
    { id: 'b', quotaGroup: 'team' },
    { id: 'c' },
  ]);
  behave('a', { failure: { ...throttled, scope: 'quota_group' } });
  run(3, 10);
  const reasons = watch.view().attention.map(({ target, reason }) => [target, reason]);
  expect(reasons).toEqual([
    ['a', '429, tokens per minute used up'],
    ['b', '429, tokens per minute used up, same quota group as a'],
  ]);
});

it('tells what opened a breaker, from the first failure to the last', () => {
  const { watch, run, behave } = rig([{ id: 'a' }, { id: 'b' }], { health });
  run(5, 20);
  behave('a', { failure: serverFault });
  run(5, 2);
  const [first] = watch.view().attention;
  expect(first).toMatchObject({ target: 'a', kind: 'open', untilLabel: 'next probe in' });
  expect(first!.reason).toMatch(/^5 × 502 in [345] s$/);
  expect(watch.view().targets[0]).toMatchObject({
    state: 'open',
    breaker: { probesOk: 0, probesNeeded: 3 },
    errorNote: '5 × 502',
  });
});

it('tells how far a target has come on its way back', () => {
  const { watch, run, behave } = rig([{ id: 'a' }, { id: 'b' }], { health });
  behave('a', { failure: serverFault });
  run(5, 20);
  behave('a', { firstContentMs: 4000 });
  run(63, 2);
  const half = watch.view().attention[0]!;
  expect(half).toMatchObject({ kind: 'recovering', untilEpochMs: null, untilLabel: null });
  expect(half.reason).toMatch(/^5 × 502 in 1 s, [012] of 3 probes passed$/);
  behave('a', { firstContentMs: 10 });
  run(10, 2);
  const back = watch.view().attention[0]!;
  expect(back).toMatchObject({ kind: 'recovering', untilLabel: 'full weight in' });
  expect(back.reason).toMatch(/^5 × 502 in 1 s, now at \d+% of its weight$/);
  expect(watch.view().targets[0]).toMatchObject({ state: 'recovering', untilTotalMs: 30_000 });
  run(30, 2);
  expect(watch.view().attention).toEqual([]);
});

it('tells that a target drains, with what is still in flight there', async () => {
  const { watch, run, behave, pool } = rig([{ id: 'a' }, { id: 'b' }]);
  behave('a', { firstContentMs: 5000 });
  run(2, 20);
  void pool.drain('a');
  run(1, 2);
  const [first] = watch.view().attention;
  expect(first).toMatchObject({ target: 'a', kind: 'draining', untilLabel: null });
  expect(first!.reason).toMatch(/^\d+ requests in flight$/);
  run(6, 2);
  expect(watch.view().attention[0]!.reason).toBe('nothing in flight');
});

it('tells a limit of which less than 15 % is left', () => {
  const { watch, run } = rig([{ id: 'a', limits: { itpm: 13_000 } }]);
  run(40, 2);
  expect(watch.view().attention).toEqual([]);
  run(25, 2);
  const { attention, targets } = watch.view();
  expect(attention).toHaveLength(1);
  expect(attention[0]).toMatchObject({
    target: 'a',
    kind: 'little_quota',
    // Two requests of 100 tokens a second are 12,000 a minute.
    reason: '7% of input tokens per minute left',
    untilLabel: 'resets in',
  });
  const [quota] = targets[0]!.quotas;
  expect(quota).toMatchObject({ dimension: 'input/min', isShared: false });
  expect(attention[0]!.untilEpochMs).toBe(quota!.resetEpochMs);
});

it('puts first what matters most, and of equal kind what is over first', () => {
  const { watch, run, behave, pool } = rig(
    ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id })),
    { health },
  );
  void pool.drain('a');
  behave('b', { failure: { ...throttled, retryAfterMs: 90_000 } });
  behave('c', { failure: throttled });
  behave('d', { failure: noConnection });
  run(10, 40);
  const order = watch.view().attention.map(({ target, kind }) => `${target} ${kind}`);
  expect(order).toEqual(['d open', 'c cooling', 'b cooling', 'a draining']);
});

it('says it in words of its own: what a provider wrote may quote the request', () => {
  const { watch, run, behave } = rig([{ id: 'a' }, { id: 'b' }, { id: 'c' }], { health });
  behave('a', { failure: throttled });
  behave('b', { failure: serverFault });
  run(10, 20);
  const rows = watch.decisions(1000);
  const all = [watch.view(), watch.summary(), watch.history(), watch.events(), rows];
  const explained = rows.map(({ callId }) => watch.explained(callId));
  expect(JSON.stringify([all, explained])).not.toContain('secret');
});
