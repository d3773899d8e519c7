import { ChunkKind } from '@plimsoll/core';
import { expect, it } from 'vitest';

import { rig } from './rig.ts';

it('resolves when the answer is committed and iterates its chunks', async () => {
  const { provider, pool, inFlight } = rig(['a', 'b']);
  const pending = pool.stream({ payload: undefined, isStream: true });
  provider.last.fail();
  provider.last.content('one');
  const answer = await pending;
  expect(answer.head).toBe('head');
  expect(answer.call.target?.id).toBe('b');
  const chunks: unknown[] = [];
  const reading = (async () => {
    for await (const chunk of answer) chunks.push(chunk);
  })();
  await Promise.resolve();
  provider.last.sink.onChunk('two', ChunkKind.content);
  provider.last.sink.onEnd({});
  await reading;
  expect(chunks).toEqual(['one', 'two']);
  expect((await answer.result).attempts).toBe(2);
  expect(inFlight()).toBe(0);
});

it('rejects when nothing was committed', async () => {
  const { provider, pool } = rig(['a']);
  const pending = pool.stream({ payload: undefined });
  provider.last.fail({ verdict: 'fail', message: 'bad' });
  await expect(pending).rejects.toMatchObject({ code: 'ERR_PLIMSOLL_FAILED' });
});

it('throws what broke the answer off, after all that came before', async () => {
  const { provider, pool } = rig(['a']);
  const pending = pool.stream({ payload: undefined, isStream: true });
  provider.last.content('one');
  const answer = await pending;
  provider.last.sink.onChunk('two', ChunkKind.content);
  provider.last.fail();
  const chunks: unknown[] = [];
  await expect(async () => {
    for await (const chunk of answer) chunks.push(chunk);
  }).rejects.toMatchObject({ code: 'ERR_PLIMSOLL_STREAM' });
  expect(chunks).toEqual(['one', 'two']);
  await expect(answer.result).rejects.toMatchObject({ code: 'ERR_PLIMSOLL_STREAM' });
});

it('stops reading upstream while its reader is slow', async () => {
  const { provider, pool } = rig(['a']);
  const pending = pool.stream({ payload: undefined, isStream: true });
  provider.last.content(0);
  const answer = await pending;
  for (let count = 1; count < 64; count++) provider.last.sink.onChunk(count, ChunkKind.content);
  expect(provider.last.isPaused).toBe(true);
  const iterator = answer[Symbol.asyncIterator]();
  for (let count = 0; count < 48; count++) await iterator.next();
  expect(provider.last.isPaused).toBe(false);
});

it('aborts upstream when the reader leaves or the signal fires', async () => {
  const { provider, pool, inFlight } = rig(['a']);
  const first = pool.stream({ payload: undefined, isStream: true });
  provider.last.content();
  for await (const chunk of await first) if (chunk === 'hello') break;
  expect(provider.last.isAborted).toBe(true);
  const caller = new AbortController();
  const second = pool.stream({ payload: undefined }, { signal: caller.signal });
  caller.abort();
  await expect(second).rejects.toMatchObject({ code: 'ERR_PLIMSOLL_ABORTED' });
  expect(provider.last.isAborted).toBe(true);
  expect(inFlight()).toBe(0);
});
