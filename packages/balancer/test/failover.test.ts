import { ChunkKind } from '@plimsoll/core';
import { expect, it } from 'vitest';

import { HandProvider, rig } from './rig.ts';

it('fails over invisibly before the first content', () => {
  const { provider, start } = rig(['a', 'b']);
  const { heard } = start({ isStream: true });
  provider.last.sink.onHead('head of a');
  provider.last.sink.onChunk('role of a', ChunkKind.event);
  provider.last.fail();
  provider.last.sink.onHead('head of b');
  provider.last.sink.onChunk('role of b', ChunkKind.event);
  expect(heard.log).toEqual([]);
  provider.last.sink.onChunk('text of b', ChunkKind.content);
  provider.last.sink.onEnd({});
  expect(heard.log).toEqual(['head of b', 'role of b', 'text of b', 'end']);
  expect(heard.result).toMatchObject({ attempts: 2, target: { id: 'b' } });
});

it('never replays after content: the caller hears an error', () => {
  const { provider, start } = rig(['a', 'b']);
  const { heard } = start({ isStream: true });
  provider.last.content('half an ans');
  provider.last.fail({ message: 'connection reset' });
  expect(provider.attempts).toHaveLength(1);
  expect(heard.log).toEqual(['head', 'half an ans', 'ERR_PLIMSOLL_STREAM']);
  expect(heard.failure).toMatchObject({
    isCommitted: true,
    message: 'the answer broke off on a: connection reset',
  });
});

it('tries no target twice while another is left', () => {
  const { provider, start } = rig(['a', 'b', 'c']);
  start();
  provider.last.fail();
  provider.last.fail();
  expect(provider.attempts.map(({ target }) => target.id)).toEqual(['a', 'b', 'c']);
});

it('tries a server fault once more after a back-off when there is no other target', () => {
  const { provider, start, clock } = rig(['a'], { retry: { backoffMs: 100 } });
  const { heard } = start();
  provider.last.fail();
  expect(provider.attempts).toHaveLength(1);
  clock.advance(110);
  expect(provider.attempts).toHaveLength(2);
  provider.last.fail();
  clock.advance(10_000);
  expect(provider.attempts).toHaveLength(2);
  expect(heard.failure).toMatchObject({ code: 'ERR_PLIMSOLL_FAILED', attempts: 2 });
});

it('hands the fault of the request itself back at once', () => {
  const { provider, start } = rig(['a', 'b']);
  const { heard } = start();
  provider.last.fail({ kind: 'bad_request', verdict: 'fail', isHealthFailure: false });
  expect(provider.attempts).toHaveLength(1);
  expect(heard.failure).toMatchObject({ code: 'ERR_PLIMSOLL_FAILED', attempts: 1 });
});

it('takes a prompt that is too long only to a target with a larger window', () => {
  const { provider, start } = rig([
    { id: 'a', capabilities: { contextWindow: 8000 } },
    { id: 'b', capabilities: { contextWindow: 8000 } },
    { id: 'c', capabilities: { contextWindow: 128_000 } },
  ]);
  const { heard } = start();
  const tooLong = {
    kind: 'too_long',
    verdict: 'conditional',
    needs: 'larger_context',
    isHealthFailure: false,
  } as const;
  provider.last.fail(tooLong);
  expect(provider.last.target.id).toBe('c');
  provider.last.fail(tooLong);
  expect(heard.failure?.failure?.kind).toBe('too_long');
});

it('takes what a policy refused to another provider only where the pool says so', () => {
  const refusal = { kind: 'policy', verdict: 'fail', isHealthFailure: false } as const;
  const other = new HandProvider('other');
  const targets = ['a', 'b', { id: 'c', provider: other }];
  const strict = rig(targets);
  const { heard } = strict.start();
  strict.provider.last.fail(refusal);
  expect(heard.failure).toMatchObject({ attempts: 1, failure: { kind: 'policy' } });
  const loose = rig(targets, { retry: { policyFailover: true } });
  const { heard: answered } = loose.start();
  loose.provider.last.fail(refusal);
  expect(loose.provider.attempts).toHaveLength(1);
  other.last.answer();
  expect(answered.result).toMatchObject({ attempts: 2, target: { id: 'c' } });
});

it('cools the quota group for the stated time, and no longer', () => {
  const { provider, start, clock } = rig([
    { id: 'a', quotaGroup: 'org', model: 'm' },
    { id: 'b', quotaGroup: 'org', model: 'm' },
    { id: 'c', quotaGroup: 'other', model: 'm' },
  ]);
  start();
  provider.last.fail({
    kind: 'throttle',
    verdict: 'cooldown',
    scope: 'quota_group',
    retryAfterMs: 2000,
    isHealthFailure: false,
  });
  expect(provider.last.target.id).toBe('c');
  clock.advance(1999);
  start();
  expect(provider.last.target.id).toBe('c');
  clock.advance(1);
  start();
  expect(provider.last.target.id).toBe('a');
});

it('keeps the longer of two cool-downs', () => {
  const { provider, start, clock } = rig(['a', 'b']);
  const throttle = { kind: 'throttle', verdict: 'cooldown', isHealthFailure: false } as const;
  start();
  start();
  provider.attempts[0]!.fail({ ...throttle, retryAfterMs: 9000 });
  provider.attempts[1]!.fail({ ...throttle, retryAfterMs: 1000 });
  clock.advance(8999);
  start();
  expect(provider.last.target.id).toBe('b');
  clock.advance(1);
  start();
  expect(provider.last.target.id).toBe('a');
});

it('makes at most 1.2 attempts per request and 20 more in a total outage', () => {
  const { provider, start, pool } = rig(['a', 'b', 'c'], {
    health: {
      name: 'blind',
      create: () => ({
        resize() {},
        reset() {},
        admits: () => true,
        isHealthy: () => true,
        onStart: () => 0,
        onContent: () => 0,
        onProbe() {},
        free() {},
        admitsInPanic: () => false,
        onEnd() {},
        retryAtMs: (_slot, nowMs) => nowMs,
      }),
    },
  });
  for (let request = 1; request <= 1000; request++) {
    const before = provider.attempts.length;
    start();
    for (let index = before; index < provider.attempts.length; index++) {
      provider.attempts[index]!.fail({ kind: 'network' });
    }
    expect(provider.attempts.length).toBeLessThanOrEqual(1.2 * request + 20);
  }
  expect(provider.attempts).toHaveLength(1220);
  expect(pool.stats().failed).toBe(1000);
});
