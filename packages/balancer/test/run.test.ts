import { isPlimsollError, type Target } from '@plimsoll/core';
import { expect, it } from 'vitest';

import type { RunAttempt } from '../src/run.ts';
import { rig } from './rig.ts';

/** Lets promises settle. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function* items<Item>(list: readonly Item[], error?: Error): AsyncGenerator<Item> {
  for (const item of list) yield item;
  if (error !== undefined) throw error;
}

const status = (code: number): Error =>
  Object.assign(new Error(`status ${code}`), { status: code });

it('gives back what the callback returned, and the lease with it', async () => {
  const { pool, inFlight } = rig([{ id: 'a', provider: undefined as never, data: { key: 1 } }]);
  const answer = await pool.run({}, async (target, attempt) => {
    expect(inFlight()).toBe(1);
    attempt.usage({ inputTokens: 3, outputTokens: 4 });
    return `${target.id} ${attempt.number}`;
  });
  expect(answer).toBe('a 1');
  expect(inFlight()).toBe(0);
  expect(pool.stats().targets[0]).toMatchObject({ inputTokens: 3, outputTokens: 4, served: 1 });
});

it('fails over on what the client library throws', async () => {
  const { pool } = rig(['a', 'b']);
  const seen: string[] = [];
  const answer = await pool.run({}, async (target) => {
    seen.push(target.id);
    if (target.id === 'a') throw status(503);
    return target.id;
  });
  expect(answer).toBe('b');
  expect(seen).toEqual(['a', 'b']);
});

it('rejects with the code, what happened, and the thrown error as cause', async () => {
  const { pool, inFlight } = rig([
    { id: 'a', provider: undefined as never },
    { id: 'b', provider: undefined as never },
  ]);
  const error: unknown = await pool.run({}, () => Promise.reject(status(400))).catch((e) => e);
  expect(isPlimsollError(error) && error.code).toBe('ERR_PLIMSOLL_FAILED');
  expect(error).toMatchObject({
    message: '1 attempt failed, the last on a: status 400',
    cause: { message: 'status 400' },
    failure: { failure: { kind: 'bad_request' } },
  });
  expect(inFlight()).toBe(0);
});

it('fails over in a stream until its first content, then hands it on with the lease', async () => {
  const { pool, inFlight } = rig(['a', 'b']);
  const stream = await pool.run({ isStream: true }, async (target, attempt) =>
    attempt.stream(
      target.id === 'a' ? items(['', ''], status(500)) : items(['', 'Hello', ' world']),
      {
        isContent: (text) => text !== '',
        usage: (text) => (text === ' world' ? { inputTokens: 1, outputTokens: 2 } : undefined),
      },
    ),
  );
  expect(inFlight()).toBe(1);
  const texts: string[] = [];
  for await (const text of stream) texts.push(text);
  expect(texts).toEqual(['', 'Hello', ' world']);
  expect(inFlight()).toBe(0);
  expect(pool.stats().targets[1]).toMatchObject({ served: 1, outputTokens: 2 });
});

it('throws to the reader when a stream breaks after its content', async () => {
  const { pool, inFlight } = rig(['a', 'b']);
  const stream = await pool.run({ isStream: true }, async (_target, attempt) =>
    attempt.stream(items(['Hello'], new Error('reset'))),
  );
  const texts: string[] = [];
  await expect(async () => {
    for await (const text of stream) texts.push(text);
  }).rejects.toThrow('reset');
  expect(texts).toEqual(['Hello']);
  expect(inFlight()).toBe(0);
  expect(pool.stats()).toMatchObject({ failed: 1, attempts: 1 });
});

it('ends the lease when the reader leaves the loop', async () => {
  const { pool, inFlight } = rig(['a']);
  let isReturned = false;
  async function* endless(): AsyncGenerator<number> {
    try {
      for (let count = 0; ; count++) yield count;
    } finally {
      isReturned = true;
    }
  }
  const stream = await pool.run({}, async (_target, attempt) => attempt.stream(endless()));
  for await (const count of stream) if (count === 3) break;
  expect(isReturned).toBe(true);
  expect(inFlight()).toBe(0);
});

it('ends a stream nobody reads, and its reader hears of it', async () => {
  const { pool, inFlight, clock } = rig(['a']);
  const stream = await pool.run({ isStream: true }, async (_target, attempt) =>
    attempt.stream(items(['one', 'two'])),
  );
  clock.advance(60_010);
  expect(inFlight()).toBe(0);
  const read = async (): Promise<void> => {
    for await (const text of stream) expect(text).toBe('one');
  };
  await expect(read()).rejects.toMatchObject({ code: 'ERR_PLIMSOLL_STREAM' });
});

it('aborts the attempt’s signal when the caller goes away, and rejects', async () => {
  const { pool, inFlight } = rig(['a']);
  const caller = new AbortController();
  let signal: AbortSignal | undefined;
  const running = pool.run(
    {},
    (_target: Target, attempt: RunAttempt) => {
      signal = attempt.signal;
      return new Promise<never>(() => {});
    },
    { signal: caller.signal },
  );
  await settle();
  caller.abort();
  await expect(running).rejects.toMatchObject({ code: 'ERR_PLIMSOLL_ABORTED' });
  expect(signal?.aborted).toBe(true);
  expect(inFlight()).toBe(0);
  await expect(
    pool.run({}, () => Promise.resolve(1), { signal: caller.signal }),
  ).rejects.toMatchObject({ code: 'ERR_PLIMSOLL_ABORTED' });
});

it('aborts the signal of an attempt that takes too long, and goes on elsewhere', async () => {
  const { pool, clock } = rig(['a', 'b']);
  const signals: AbortSignal[] = [];
  const running = pool.run({ isStream: true }, (target, attempt) => {
    signals.push(attempt.signal);
    return target.id === 'b' ? Promise.resolve('b') : new Promise<string>(() => {});
  });
  await settle();
  clock.advance(30_010);
  expect(await running).toBe('b');
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
});

it('makes no call for a caller who left in the same turn', async () => {
  const { pool, inFlight } = rig(['a']);
  const caller = new AbortController();
  let calls = 0;
  const running = pool.run({}, () => Promise.resolve(calls++), { signal: caller.signal });
  caller.abort();
  await expect(running).rejects.toMatchObject({ code: 'ERR_PLIMSOLL_ABORTED' });
  await settle();
  expect(calls).toBe(0);
  expect(inFlight()).toBe(0);
});

it('aborts what is begun after the attempt was given up', async () => {
  const { pool } = rig(['a']);
  const caller = new AbortController();
  const gate = Promise.withResolvers<void>();
  let signal: AbortSignal | undefined;
  let isReturned = false;
  const source: AsyncIterable<string> = {
    [Symbol.asyncIterator]: () => ({
      next: () => Promise.resolve({ done: false, value: 'x' }),
      return: () => {
        isReturned = true;
        return Promise.resolve({ done: true, value: undefined });
      },
    }),
  };
  const running = pool.run(
    {},
    async (_target: Target, attempt: RunAttempt) => {
      await gate.promise;
      signal = attempt.signal;
      return attempt.stream(source);
    },
    { signal: caller.signal },
  );
  await settle();
  caller.abort();
  await expect(running).rejects.toMatchObject({ code: 'ERR_PLIMSOLL_ABORTED' });
  gate.resolve();
  await settle();
  expect(signal?.aborted).toBe(true);
  expect(isReturned).toBe(true);
});
