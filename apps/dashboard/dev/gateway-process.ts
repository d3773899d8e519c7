import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../gateway/src/cli.ts', import.meta.url));

export const TOKEN = 'tea';

/** A gateway in a process of its own. */
export interface GatewayProcess extends AsyncDisposable {
  readonly url: string;
  /** Sends chat requests one after another, and counts the targets that answered; those that failed are under their status. */
  send(times: number, model?: string): Promise<Record<string, number>>;
}

/** Starts the gateway from its sources with this configuration, on a port of its own. */
export async function gatewayProcess(config: object): Promise<GatewayProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-dashboard-'));
  const file = join(folder, 'plimsoll.json');
  await writeFile(file, JSON.stringify({ ...config, server: { admin: { token: TOKEN } } }));
  const args = ['--conditions=@plimsoll/source', cli, 'serve', '--config', file, '--port', '0'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  // It must not outlive a test that ran out of time.
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const url = await new Promise<string>((resolve, reject) => {
    const said: string[] = [];
    const listen = (line: string): void => {
      said.push(line);
      const address = /Plimsoll listens on (\S+)/.exec(line)?.[1];
      if (address !== undefined) resolve(address);
    };
    createInterface(child.stdout).on('line', listen);
    createInterface(child.stderr).on('line', listen);
    void exit.then((code) =>
      reject(new Error(`The gateway ended with ${code}: ${said.join('\n')}`)),
    );
  });
  return {
    url,
    async send(times, model = 'chat') {
      const counts: Record<string, number> = {};
      for (let sent = 0; sent < times; sent++) {
        const response = await fetch(`${url}/v1/chat/completions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
        });
        await response.arrayBuffer();
        const key = response.ok
          ? (response.headers.get('x-plimsoll-target') ?? '')
          : String(response.status);
        counts[key] = (counts[key] ?? 0) + 1;
      }
      return counts;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await exit;
      process.off('exit', end);
      await rm(folder, { recursive: true });
    },
  };
}
