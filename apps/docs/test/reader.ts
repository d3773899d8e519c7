import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The ports that guides name; a reader of the tests gets free ones instead, so that several can read at once. */
const GUIDE_PORTS = ['8787', '8788'];

/** Somebody who follows a guide: writes its files into an empty folder and types its commands, one shell to the end. */
export class Reader implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'plimsoll-guide-'));
  /** By the ports of the guide. */
  readonly #ports: ReadonlyMap<string, string>;
  readonly #servers: ChildProcess[] = [];

  private constructor(ports: readonly number[]) {
    this.#ports = new Map(GUIDE_PORTS.map((port, index) => [port, String(ports[index])]));
    const bin = join(this.#folder, '.bin');
    mkdirSync(bin);
    const program = join(bin, 'plimsoll');
    const cli = join(root, 'apps/gateway/src/cli.ts');
    writeFileSync(
      program,
      `#!/bin/sh\nexec '${process.execPath}' --conditions=@plimsoll/source '${cli}' "$@"\n`,
    );
    chmodSync(program, 0o755);
  }

  static async open(): Promise<Reader> {
    return new Reader(await Promise.all(GUIDE_PORTS.map(freePort)));
  }

  /** Saves a file the guide shows. */
  write(name: string, text: string): void {
    const path = join(this.#folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, this.#here(text));
  }

  /** Types commands, and gives back all they print; what they export, and functions, stay. */
  async type(commands: string): Promise<{ readonly output: string; readonly exitCode: number }> {
    const state = join(this.#folder, '.environment');
    const script = `touch ${state}; . ${state}\n${this.#here(commands)}\ncode=$?; { export -p; declare -f; } > ${state}; exit $code`;
    const child = this.#spawn(script);
    let output = '';
    child.stdout!.on('data', (data: Buffer) => (output += data));
    child.stderr!.on('data', (data: Buffer) => (output += data));
    const [exitCode] = (await once(child, 'close')) as [number];
    return { output: this.#there(output), exitCode };
  }

  /** Starts a server in a second terminal; resolves when it says where it listens. */
  async serve(command: string): Promise<void> {
    const state = join(this.#folder, '.environment');
    const child = this.#spawn(`touch ${state}; . ${state}\n${this.#here(command)}`, true);
    this.#servers.push(child);
    let output = '';
    await new Promise<void>((resolve, reject) => {
      const hear = (data: Buffer): void => {
        output += data;
        if (output.includes('listens on')) resolve();
      };
      child.stdout!.on('data', hear);
      child.stderr!.on('data', hear);
      child.on('close', () => reject(new Error(`it ended:\n${output}`)));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers) {
      if (server.exitCode !== null) continue;
      process.kill(-server.pid!, 'SIGTERM');
      await once(server, 'close');
    }
    rmSync(this.#folder, { recursive: true });
  }

  #spawn(script: string, isServer = false): ChildProcess {
    return spawn('bash', ['-c', script], {
      cwd: this.#folder,
      // A server gets a process group of its own, so that ending it ends what the shell started.
      detached: isServer,
      env: {
        PATH: [join(this.#folder, '.bin'), dirname(process.execPath), process.env['PATH']].join(
          delimiter,
        ),
        HOME: this.#folder,
        PLIMSOLL_PORT: this.#ports.get('8787'),
        NO_COLOR: '1',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  #here(text: string): string {
    for (const [guide, own] of this.#ports) text = text.replaceAll(guide, own);
    return text;
  }

  #there(text: string): string {
    for (const [guide, own] of this.#ports) text = text.replaceAll(own, guide);
    return text;
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
