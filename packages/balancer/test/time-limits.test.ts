import { ChunkKind } from '@plimsoll/core';
import { expect, it } from 'vitest';

import { rig } from './rig.ts';

it('gives up connecting after 5 s', () => {
  const { provider, start, clock } = rig(['a', 'b']);
  start();
  clock.advance(4990);
  expect(provider.attempts).toHaveLength(1);
  clock.advance(20);
  expect(provider.attempts[0]!.isAborted).toBe(true);
  expect(provider.last.target.id).toBe('b');
});

it('gives up on a stream without content after 30 s, counted anew from each event of the model', () => {
  const { provider, start, clock } = rig(['a', 'b']);
  start({ isStream: true });
  const { sink } = provider.last;
  sink.onConnect();
  clock.advance(20_000);
  sink.onChunk('role', ChunkKind.event);
  clock.advance(20_000);
  sink.onChunk(': ping', ChunkKind.filler);
  clock.advance(9980);
  expect(provider.attempts).toHaveLength(1);
  clock.advance(30);
  expect(provider.last.target.id).toBe('b');
});

it('ends a stream that stalls for 60 s with an error', () => {
  const { provider, start, clock } = rig(['a', 'b']);
  const { heard } = start({ isStream: true });
  provider.last.content();
  clock.advance(59_980);
  provider.last.sink.onChunk('more', ChunkKind.content);
  clock.advance(59_980);
  expect(heard.failure).toBeUndefined();
  clock.advance(40);
  expect(heard.failure).toMatchObject({
    code: 'ERR_PLIMSOLL_STREAM',
    message: 'the answer broke off on a: nothing for 60000 ms',
    failure: { kind: 'timeout', isHealthFailure: true },
  });
});

it('ends a stream its caller does not read, and blames nobody', () => {
  const { provider, start, clock } = rig(['a']);
  const { call, heard } = start({ isStream: true });
  provider.last.content();
  call.pause();
  expect(provider.last.isPaused).toBe(true);
  clock.advance(60_020);
  expect(heard.failure?.failure).toMatchObject({
    message: 'the caller read nothing for 60000 ms',
    isHealthFailure: false,
  });
  expect(provider.last.isAborted).toBe(true);
});

it('does not count the time a caller pauses as a stall', () => {
  const { provider, start, clock } = rig(['a']);
  const { call, heard } = start({ isStream: true });
  provider.last.content();
  clock.advance(50_000);
  call.pause();
  clock.advance(50_000);
  call.resume();
  clock.advance(50_000);
  expect(heard.failure).toBeUndefined();
  expect(provider.last.isPaused).toBe(false);
});

it('holds one deadline over all attempts of a stream', () => {
  const { provider, start, clock } = rig(['a', 'b', 'c'], { timeouts: { firstContentMs: 25_000 } });
  const { heard } = start({ isStream: true });
  for (let second = 0; second < 61; second++) {
    clock.advance(1000);
    if (!provider.last.isAborted) provider.last.sink.onConnect();
  }
  expect(provider.attempts).toHaveLength(3);
  expect(heard.failure).toMatchObject({ code: 'ERR_PLIMSOLL_DEADLINE', attempts: 3 });
  expect(heard.failure!.latencyMs).toBeLessThanOrEqual(60_010);
  expect(provider.last.isAborted).toBe(true);
});

it('gives a request that is no stream the total time', () => {
  const { provider, start, clock } = rig(['a', 'b']);
  const { heard } = start();
  provider.last.sink.onConnect();
  clock.advance(599_990);
  expect(heard.failure).toBeUndefined();
  clock.advance(20);
  expect(heard.failure?.code).toBe('ERR_PLIMSOLL_DEADLINE');
  expect(provider.attempts).toHaveLength(1);
});

it('lets the caller shorten the deadline, and does not blame the target for that', () => {
  const { provider, start, clock } = rig(['a']);
  const { heard } = start({ timeoutMs: 2000 });
  provider.last.sink.onConnect();
  clock.advance(2010);
  expect(heard.failure).toMatchObject({
    code: 'ERR_PLIMSOLL_DEADLINE',
    failure: { isHealthFailure: false },
  });
});

it('ends a stream that never ends after the total time', () => {
  const { provider, start, clock } = rig(['a']);
  const { heard } = start({ isStream: true });
  provider.last.content();
  for (let second = 0; second < 601; second++) {
    clock.advance(1000);
    provider.last.sink.onChunk('.', ChunkKind.content);
  }
  expect(heard.failure).toMatchObject({
    code: 'ERR_PLIMSOLL_STREAM',
    message: 'the answer broke off on a: the answer took more than 600000 ms',
  });
});
