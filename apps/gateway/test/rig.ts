import { type Config, formatProblem, loadConfig } from '@plimsoll/config';
import { openAIUpstream, type OpenAIUpstream } from '@plimsoll/testkit';
import OpenAI from 'openai';
import { pino } from 'pino';

import { assemble } from '../src/assemble.ts';
import { compose, exporterOf } from '../src/compose.ts';
import type { Page } from '../src/dashboard/page.ts';
import type { ServedPool } from '../src/pool-directory.ts';
import type { Settings } from '../src/settings.ts';

/** A gateway on loopback, in this process. */
export interface TestGateway extends AsyncDisposable {
  /** Without a path. */
  readonly url: string;
  /** The official client, which does not retry unless told to. */
  readonly client: OpenAI;
  readonly pools: readonly ServedPool[];
  /** What was logged, as objects. */
  readonly logged: readonly Record<string, unknown>[];
  pool(name: string): ServedPool;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Asks the admin API, with its token; `path` is below `/admin/`. */
  admin(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly json: AdminAnswer }>;
  /** Makes this the configuration's file, for the next reload. */
  write(file: unknown): void;
  drain(): Promise<void>;
}

/** Whatever the admin API answers: tests look into it. */
// oxlint-disable-next-line typescript/no-explicit-any
export type AdminAnswer = Record<string, any>;

/** Starts a gateway with the configuration in `file`, an object as YAML would give it. */
export async function gatewayOf(file: unknown, folder = '.', page?: Page): Promise<TestGateway> {
  const loaded = loadConfig(JSON.stringify(file), { env: {}, file: 'test' });
  if (loaded.config === undefined) throw new Error(loaded.errors.map(formatProblem).join('\n'));
  return await gatewayWith(loaded.config, folder, page);
}

export async function gatewayWith(config: Config, folder = '.', page?: Page): Promise<TestGateway> {
  const composition = await compose(config, folder);
  if (composition.errors.length > 0) throw new Error(JSON.stringify(composition.errors));
  const logged: Record<string, unknown>[] = [];
  const log = pino({ level: 'debug' }, { write: (line) => void logged.push(JSON.parse(line)) });
  const exporter = await exporterOf(config, (error) => logged.push({ unsent: error }));
  await composition.connect((error) => {
    exporter?.onStoreError();
    logged.push({ error });
  });
  const { pools } = composition;
  const host = '127.0.0.1';
  let written = JSON.stringify({});
  const read = async (): Promise<Settings> => ({
    ...loadConfig(written, { env: {}, file: 'test' }),
    origin: '',
    source: undefined,
    folder,
  });
  const { gateway } = assemble({ composition, read, host, log, exporter, token: 'tea', page });
  const { port } = await gateway.listen(0, '127.0.0.1');
  const url = `http://127.0.0.1:${port}`;
  let drained: Promise<void> | undefined;
  const drain = (graceMs: number): Promise<void> => (drained ??= gateway.drain(graceMs));
  return {
    url,
    client: new OpenAI({ baseURL: `${url}/v1`, apiKey: 'sk-caller', maxRetries: 0 }),
    pools,
    logged,
    pool: (name) => composition.pools.find((pool) => pool.name === name)!,
    post: (path, body, headers) =>
      fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    admin: async (method, path, body) => {
      const headers = { 'content-type': 'application/json', authorization: 'Bearer tea' };
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      const response = await fetch(`${url}/admin/${path}`, { method, headers, ...sent });
      return { status: response.status, json: (await response.json()) as AdminAnswer };
    },
    write: (file) => {
      written = JSON.stringify(file);
    },
    drain: () => drain(1000),
    async [Symbol.asyncDispose]() {
      await drain(0);
      await exporter?.close();
      await composition.close();
    },
  };
}

/** Upstreams on loopback, listening. */
export async function upstreams(count: number): Promise<OpenAIUpstream[] & AsyncDisposable> {
  const list = Array.from({ length: count }, () => openAIUpstream());
  await Promise.all(list.map((upstream) => upstream.listen()));
  return Object.assign(list, {
    async [Symbol.asyncDispose]() {
      await Promise.all(list.map((upstream) => upstream.close()));
    },
  });
}

/** A target that sends to `upstream`, as the configuration writes it. */
export function targetOf(id: string, upstream: OpenAIUpstream, more: object = {}): object {
  return {
    id,
    provider: 'openai',
    model: 'gpt-test',
    apiKey: `sk-${id}`,
    baseUrl: upstream.url,
    ...more,
  };
}

export const hello = [{ role: 'user' as const, content: 'Hello' }];

/** Runs `task` so many times, so many at once. */
export async function inParallel<T>(
  times: number,
  concurrency: number,
  task: (index: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next < times) {
        const index = next++;
        results[index] = await task(index);
      }
    }),
  );
  return results;
}
