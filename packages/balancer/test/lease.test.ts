import { ChunkKind } from '@plimsoll/core';
import { expect, it } from 'vitest';

import { rig, serverFault } from './rig.ts';

it('holds the lease of a stream until its last byte', () => {
  const { provider, start, inFlight, clock } = rig(['a']);
  const { heard } = start({ isStream: true });
  expect(inFlight()).toBe(1);
  provider.last.content('one');
  clock.advance(5000);
  provider.last.sink.onChunk('two', ChunkKind.content);
  expect(inFlight()).toBe(1);
  provider.last.sink.onEnd({});
  expect(inFlight()).toBe(0);
  expect(heard.log).toEqual(['head', 'one', 'two', 'end']);
});

it('gives it back once, whatever the provider tells after the end', () => {
  const { provider, start, inFlight } = rig(['a']);
  const { heard } = start();
  provider.last.answer();
  provider.last.sink.onEnd({});
  provider.last.sink.onError(serverFault);
  provider.last.sink.onChunk('late', ChunkKind.content);
  expect(inFlight()).toBe(0);
  expect(heard.log).toEqual(['head', 'hello', 'end']);
});

it('gives it back on an error, and takes another one elsewhere', () => {
  const { provider, start, inFlight } = rig(['a', 'b']);
  start();
  provider.last.fail();
  expect(provider.last.target.id).toBe('b');
  expect(inFlight()).toBe(1);
  provider.last.answer();
  expect(inFlight()).toBe(0);
});

it('gives it back when the caller goes away, aborts upstream and is silent after', () => {
  const { provider, start, inFlight } = rig(['a', 'b']);
  const { call, heard } = start({ isStream: true });
  provider.last.content('one');
  call.abort();
  call.abort();
  expect(provider.last.isAborted).toBe(true);
  expect(inFlight()).toBe(0);
  provider.last.sink.onChunk('two', ChunkKind.content);
  provider.last.fail();
  expect(heard.log).toEqual(['head', 'one']);
  expect(provider.attempts).toHaveLength(1);
});

it('gives it back when a time limit ends the attempt', () => {
  const { provider, start, inFlight, clock } = rig(['a']);
  start({ isStream: true });
  provider.last.sink.onConnect();
  clock.advance(31_000);
  expect(provider.attempts[0]!.isAborted).toBe(true);
  expect(inFlight()).toBe(0);
});

it('lets a caller abort from within its own sink', () => {
  const { provider, pool, inFlight } = rig(['a']);
  const chunks: unknown[] = [];
  pool.start(
    { payload: undefined, isStream: true },
    {
      onHead: (_head, call) => call.abort(),
      onChunk: (chunk) => chunks.push(chunk),
      onEnd: () => chunks.push('end'),
      onError: () => chunks.push('error'),
    },
  );
  provider.last.content();
  expect(chunks).toEqual([]);
  expect(inFlight()).toBe(0);
});

it('leaves no timer behind once all requests ended', () => {
  const { provider, start, clock } = rig(['a']);
  start();
  expect(clock.timers).toBe(1);
  provider.last.answer();
  clock.advance(5000);
  expect(clock.timers).toBe(0);
});
