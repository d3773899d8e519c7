import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe } from 'vitest';

const hasRedisServer = spawnSync('redis-server', ['--version']).status === 0;

/** Tests that need a real server: without one they are reported as skipped, with what would run them. */
export function describeWithRedis(title: string, tests: () => void): void {
  if (hasRedisServer) {
    describe(title, tests);
  } else {
    const reason = 'needs redis-server: apt-get install redis-server';
    // The usual report of vitest names no skipped test.
    console.warn(`Skipped: ${title}: ${reason}`);
    describe.skip(`${title} (${reason})`, tests);
  }
}

/** A Redis of its own, on a port of loopback, that keeps nothing. */
export class RedisServer implements AsyncDisposable {
  readonly #port: number;
  readonly #folder = mkdtempSync(join(tmpdir(), 'plimsoll-redis-'));
  #process: ChildProcess | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`;
  }

  /** Starts it, also again after it was stopped. */
  async start(): Promise<void> {
    const options = ['--port', String(this.#port), '--bind', '127.0.0.1', '--save', ''];
    const server = spawn('redis-server', [...options, '--dir', this.#folder], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#process = server;
    for await (const text of server.stdout) {
      if (String(text).includes('Ready to accept connections')) return;
    }
    throw new Error('redis-server did not start');
  }

  /** Ends it at once; what it knew is lost. */
  async stop(): Promise<void> {
    const server = this.#process;
    if (server === undefined) return;
    this.#process = undefined;
    server.kill('SIGKILL');
    await once(server, 'exit');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true });
  }
}

/** A server that is running. */
export async function redisServer(): Promise<RedisServer> {
  const server = new RedisServer(await freePort());
  await server.start();
  return server;
}

/** A port of loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
