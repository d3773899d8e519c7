// CPU of one attempt in this process, beside a bare dispatch of undici that only counts bytes.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { AttemptSink, Target, WireHead } from '@plimsoll/core';
import { type Dispatcher, Pool } from 'undici';
import { openai } from '../src/index.ts';

const CONCURRENCY = 16;
const ROUNDS = 15;

const child = fork(new URL('upstream.ts', import.meta.url), {
  execArgv: ['--conditions=@plimsoll/source'],
});
const [port] = (await once(child, 'message')) as [number];
const origin = `http://127.0.0.1:${port}`;

const target: Target = {
  id: 'a',
  model: '*',
  weight: 1,
  tier: 0,
  tags: [],
  quotaGroup: 'a',
  cacheDomain: 'a',
};

type Send = (body: Buffer, json: Record<string, unknown>, done: () => void) => void;

const pool = new Pool(origin, { connections: null, headersTimeout: 0, bodyTimeout: 0 });
class Counter implements Dispatcher.DispatchHandler {
  bytes = 0;
  readonly #done: () => void;
  constructor(done: () => void) {
    this.#done = done;
  }
  onRequestStart(): void {}
  onResponseStart(): void {}
  onResponseData(_: unknown, chunk: Buffer): void {
    this.bytes += chunk.length;
  }
  onResponseEnd(): void {
    this.#done();
  }
  onResponseError(_: unknown, error: Error): void {
    throw error;
  }
}
const headers = ['content-type', 'application/json', 'authorization', 'Bearer sk-1'];
const bare: Send = (body, _, done) =>
  pool.dispatch(
    { origin, path: '/v1/chat/completions', method: 'POST', headers, body },
    new Counter(done),
  );

const provider = openai({ baseUrl: `${origin}/v1`, apiKey: 'sk-1' });
class Sink implements AttemptSink<WireHead, Uint8Array> {
  bytes = 0;
  readonly #done: () => void;
  constructor(done: () => void) {
    this.#done = done;
  }
  onConnect(): void {}
  onHead(): void {}
  onChunk(chunk: Uint8Array): void {
    this.bytes += chunk.length;
  }
  onEnd(): void {
    this.#done();
  }
  onError(failure: unknown): void {
    throw failure;
  }
}
const adapter: Send = (body, json, done) =>
  provider.attempt(
    target,
    { payload: { dialect: 'openai', path: '/chat/completions', json, body } },
    new Sink(done),
  );

/** CPU microseconds, user and system, per request. */
async function cpuUs(send: Send, json: Record<string, unknown>, requests: number): Promise<number> {
  const body = Buffer.from(JSON.stringify(json));
  const before = process.cpuUsage();
  await new Promise<void>((resolve) => {
    let started = 0;
    let ended = 0;
    const next = (): void => {
      if (started++ < requests) send(body, json, done);
    };
    const done = (): void => {
      if (++ended === requests) resolve();
      else next();
    };
    for (let lane = 0; lane < CONCURRENCY; lane++) next();
  });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / requests;
}

const chat = { model: 'gpt-5-mini', messages: [{ role: 'user', content: 'How is the sea?' }] };
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1]!;

const table: Record<string, object> = {};
for (const [what, json, requests] of [
  ['small chat completion', chat, 2000],
  ['stream of 50 events', { ...chat, stream: true }, 300],
] as const) {
  const pairs: [number, number][] = [];
  for (let round = -3; round < ROUNDS; round++) {
    // Whichever goes second finds warmer caches: they take turns.
    const first = round % 2 === 0 ? bare : adapter;
    const one = await cpuUs(first, json, requests);
    const other = await cpuUs(first === bare ? adapter : bare, json, requests);
    if (round >= 0) pairs.push(first === bare ? [one, other] : [other, one]);
  }
  const ratios = pairs.map(([ofBare, ofAdapter]) => ofAdapter / ofBare).sort((a, b) => a - b);
  table[what] = {
    'bare µs': +median(pairs.map(([ofBare]) => ofBare)).toFixed(1),
    'adapter µs': +median(pairs.map(([, ofAdapter]) => ofAdapter)).toFixed(1),
    'median ratio': +median(ratios).toFixed(2),
    'ratios from': +ratios[0]!.toFixed(2),
    to: +ratios.at(-1)!.toFixed(2),
  };
}
console.table(table);
await provider.close!();
await pool.destroy();
child.disconnect();
