import type { StrategyDefinition } from '@plimsoll/core';
import { expect, it } from 'vitest';

import { rig } from './rig.ts';

/** Takes turns, as a stand-in for a strategy that promises shares. */
const turns: StrategyDefinition = {
  name: 'turns',
  honoursWeights: false,
  expectedShare: 'equal',
  create() {
    let slots: Int32Array = new Int32Array(0);
    let next = 0;
    return {
      update: (snapshot) => void (slots = snapshot.slots),
      pick(view) {
        for (let step = 0; step < slots.length; step++) {
          const at = (next + step) % slots.length;
          if (!view.admits(slots[at]!)) continue;
          if (!view.peek) next = at + 1;
          view.trace?.score(slots[at]!, step);
          view.trace?.step('its turn');
          return slots[at]!;
        }
        return -1;
      },
    };
  },
};

it('counts requests, shares, errors, times, tokens and cost per target', () => {
  const { provider, pool, start, clock } = rig([
    { id: 'a', price: { input: 1, output: 10, cachedInput: 0.1 } },
    'b',
  ]);
  start();
  clock.advance(250);
  provider.last.content();
  clock.advance(750);
  provider.last.sink.onEnd({
    usage: { inputTokens: 1000, cachedInputTokens: 400, outputTokens: 100 },
  });
  start();
  provider.last.fail();
  provider.last.answer();
  const stats = pool.stats();
  expect(stats).toMatchObject({ requests: 2, succeeded: 2, failed: 0, aborted: 0, attempts: 3 });
  expect(stats.targets[0]).toMatchObject({
    id: 'a',
    picks: 2,
    share: 1,
    served: 1,
    attempts: 2,
    failures: 1,
    errorRatio: 0.5,
    averageLatencyMs: 1000,
    averageFirstContentMs: 250,
    inputTokens: 1000,
    outputTokens: 100,
    inFlight: 0,
    lastUsedEpochMs: Date.UTC(2026, 0, 1) + 1000,
  });
  expect(stats.targets[0]!.costUsd).toBeCloseTo(0.0006 + 0.00004 + 0.001, 12);
  expect(stats.targets[1]).toMatchObject({ id: 'b', picks: 0, served: 1, attempts: 1 });
  expect(stats.table()[0]).toEqual({
    target: 'a',
    state: 'healthy',
    requests: 2,
    share: '100.0%',
    expected: '–',
    served: 1,
    attempts: 2,
    errors: '50.0%',
    latency: '1000 ms',
    'first content': '250 ms',
    'in flight': 0,
    'last used': '00:00:01',
  });
});

it('shows the share a strategy promises, over the targets in good health', () => {
  const { provider, pool, start, clock } = rig(['a', 'b', 'c'], { strategy: turns });
  for (let count = 0; count < 30; count++) {
    start();
    provider.last.answer();
  }
  void pool.drain('c');
  for (let count = 0; count < 30; count++) {
    start();
    provider.last.answer();
    clock.advance(300);
  }
  const { targets } = pool.stats();
  expect(targets.map(({ picks }) => picks)).toEqual([25, 25, 10]);
  expect(targets.map(({ expectedShare }) => expectedShare)).toEqual([25 / 60, 25 / 60, 10 / 60]);
});

it('explains what would be chosen, why not the others, and what next, and changes nothing', () => {
  const { provider, pool, start } = rig(
    ['a', { id: 'b', limits: { concurrency: 1 } }, { id: 'c', tags: ['eu'] }, 'd'],
    { strategy: turns },
  );
  start();
  start();
  void pool.drain('d');
  const explanation = pool.explain({});
  expect(explanation).toMatchObject({
    target: 'c',
    order: ['c', 'a'],
    path: ['its turn'],
    candidates: [
      { target: 'a', reason: 'admissible' },
      { target: 'b', reason: 'concurrency' },
      { target: 'c', reason: 'admissible', score: 0 },
      { target: 'd', reason: 'draining' },
    ],
  });
  expect(pool.explain({ tags: ['us'] })).toMatchObject({ target: undefined, order: [] });
  expect(pool.explain({ pin: 'a' }).candidates.map(({ reason }) => reason)).toEqual([
    'admissible',
    'pin',
    'pin',
    'draining',
  ]);
  start();
  expect(provider.last.target.id).toBe('c');
});

it('keeps residency whatever fails', async () => {
  const { provider, pool, start } = rig([
    { id: 'us', region: 'us-east-1' },
    { id: 'eu', region: 'eu-west-1' },
    { id: 'nowhere' },
  ]);
  const { heard } = start({ residency: ['eu'] });
  expect(provider.last.target.id).toBe('eu');
  provider.last.fail({ kind: 'network' });
  expect(provider.attempts).toHaveLength(1);
  expect(heard.failure?.code).toBe('ERR_PLIMSOLL_FAILED');
  void pool.drain('eu');
  const { heard: refused } = start({ residency: ['eu'] });
  await Promise.resolve();
  expect(refused.failure).toMatchObject({
    code: 'ERR_PLIMSOLL_NO_TARGET',
    message:
      'no target of default can serve this request (us: region, eu: draining, nowhere: region)',
  });
});

it('keeps recent decisions with their outcome', () => {
  const { provider, pool, start } = rig(['a', 'b'], { decisions: 3 });
  start();
  provider.last.fail({ message: 'status 500' });
  provider.last.answer();
  const [second, first] = pool.decisions();
  expect(first).toMatchObject({
    callId: 1,
    attempt: 1,
    target: 'a',
    outcome: 'failed',
    failure: 'status 500',
  });
  expect(second).toMatchObject({
    attempt: 2,
    target: 'b',
    outcome: 'success',
    candidates: [
      { target: 'a', reason: 'tried' },
      { target: 'b', reason: 'admissible' },
    ],
  });
  for (let count = 0; count < 10; count++) {
    start();
    provider.last.answer();
  }
  expect(pool.decisions().map(({ callId }) => callId)).toEqual([11, 10, 9]);
  expect(pool.decisions(1)).toHaveLength(1);
});

it('tells listeners of successes, failed attempts and changes; one that throws disturbs nothing', async () => {
  const { provider, pool, start } = rig(['a', 'b']);
  const told: string[] = [];
  const warning = new Promise<Error>((resolve) => process.once('warning', resolve));
  pool.onSuccess(() => {
    throw new Error('listener');
  });
  pool.onSuccess(({ target, attempts }) => told.push(`${target.id} after ${attempts}`));
  const stop = pool.onError(({ message }, target) => told.push(`${target.id}: ${message}`));
  pool.on('target', ({ target, change }) => told.push(`${target.id} ${change}`));
  start();
  provider.last.fail();
  provider.last.answer();
  stop();
  start();
  provider.last.fail();
  void pool.drain('b');
  expect(told).toEqual(['a: status 500', 'b after 2', 'b draining']);
  expect((await warning).message).toBe('listener');
});

it('survives a strategy that breaks its contract', async () => {
  let answer: () => number = () => 99;
  const { provider, start } = rig(['a', 'b'], {
    strategy: { ...turns, create: () => ({ update() {}, pick: () => answer() }) },
  });
  const warnings: string[] = [];
  process.on('warning', ({ message }) => warnings.push(message));
  start();
  answer = () => {
    throw new Error('bug');
  };
  start();
  expect(provider.attempts.map(({ target }) => target.id)).toEqual(['a', 'a']);
  await new Promise((resolve) => process.nextTick(resolve));
  expect(warnings).toEqual([
    'strategy turns chose 99, which is not admissible',
    'strategy turns threw Error: bug',
  ]);
});

it('tells failovers, requests given up, and the kind and scope of cool-downs', () => {
  const { provider, pool, start } = rig(['a', 'b']);
  const told: unknown[] = [];
  pool.on('failover', ({ from, to, failure }) => told.push([from.id, to.id, failure.kind]));
  pool.on('aborted', ({ callId, operation }) => told.push([callId, operation]));
  pool.on('target', ({ change, scope, kind }) => told.push([change, scope, kind]));
  const { call } = start({ operation: 'chat' });
  const scope = 'quota_group';
  provider.last.fail({ kind: 'throttle', verdict: 'cooldown', scope, retryAfterMs: 1000 });
  call.abort();
  expect(told).toEqual([
    ['cooling', 'quota_group', 'throttle'],
    ['a', 'b', 'throttle'],
    [call.id, 'chat'],
  ]);
  expect(pool.stats().targets).toMatchObject([
    { attempts: 1, failures: 1, aborted: 0 },
    { attempts: 1, failures: 0, aborted: 1 },
  ]);
});

it('tells of an attempt that the deadline ended as of one that failed', () => {
  const { provider, pool, start, clock } = rig(['a']);
  const told: unknown[] = [];
  pool.on('attemptFailed', ({ target, failure }) => told.push([target.id, failure.kind]));
  start({ isStream: true, timeoutMs: 1000 });
  provider.last.sink.onConnect();
  clock.advance(1100);
  expect(told).toEqual([['a', 'timeout']]);
});

it('tells how many requests wait', () => {
  const { pool, start } = rig([{ id: 'a', limits: { concurrency: 1 } }]);
  start();
  start();
  expect(pool.stats().queued).toBe(1);
});

it('counts first picks at home and elsewhere, as a strategy tells them', () => {
  const kept: StrategyDefinition = {
    name: 'kept',
    honoursWeights: false,
    expectedShare: 'none',
    create: () => ({
      update() {},
      pick(view, { hashKey }) {
        const slot = [0, 1].find((one) => view.admits(one)) ?? -1;
        if (slot !== -1 && hashKey !== undefined) view.noteAffinity?.(slot === 0);
        return slot;
      },
    }),
  };
  const { pool, provider, start } = rig(['a', 'b'], { strategy: kept });
  const request = { hashKey: 'user-1' };
  start(request);
  start({});
  start({ ...request, pin: 'b' });
  pool.explain(request);
  expect(pool.stats().affinity).toEqual({ home: 1, overflow: 0 });
  start(request);
  provider.last.fail();
  // The retry went to b, but the first pick was at home.
  expect(pool.stats().affinity).toEqual({ home: 2, overflow: 0 });
  void pool.drain('a');
  start(request);
  expect(pool.stats().affinity).toEqual({ home: 2, overflow: 1 });
});
