import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe } from 'vitest';

export const hasRedisServer: boolean = spawnSync('redis-server', ['--version']).status === 0;

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

/** A server of its own, on a free port of loopback, that keeps nothing. */
export class RedisServer {
  #port = 0;
  #process: ChildProcess | undefined;
  #folder: string | undefined;

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`;
  }

  /** Starts it, on the port that it had before. */
  async start(): Promise<void> {
    this.#port ||= await freePort();
    this.#folder ??= mkdtempSync(join(tmpdir(), 'plimsoll-redis-'));
    const options = ['--port', String(this.#port), '--bind', '127.0.0.1', '--save', ''];
    const server = spawn('redis-server', [...options, '--dir', this.#folder], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#process = server;
    let log = '';
    server.stdout.setEncoding('utf8');
    for await (const text of server.stdout) {
      log += text as string;
      if (log.includes('Ready to accept connections')) break;
    }
    if (!log.includes('Ready to accept connections')) throw new Error(`redis-server: ${log}`);
  }

  /** Stops it at once; what it knew is lost. */
  async stop(): Promise<void> {
    const server = this.#process;
    if (server === undefined) return;
    this.#process = undefined;
    server.kill('SIGKILL');
    await once(server, 'exit');
  }

  async remove(): Promise<void> {
    await this.stop();
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
