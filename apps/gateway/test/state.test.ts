import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { sqliteStore } from '@plimsoll/store-sqlite';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const config = `
pools:
  chat:
    strategy: { use: tiered, within: round-robin }
    targets:
      - { id: free, provider: simulated, model: m, tier: 0, limits: { rpd: 8 }, simulate: { firstToken: 1ms, tokensPerSecond: 100000 } }
      - { id: paid, provider: simulated, model: m, tier: 1, simulate: { firstToken: 1ms, tokensPerSecond: 100000 } }
state: { sqlite: state.db }
`;

async function start(file: string): Promise<{ child: ChildProcess; url: string }> {
  const args = ['--conditions=@plimsoll/source', cli, 'serve', '--config', file, '--port', '0'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  for await (const chunk of child.stdout) {
    text += chunk;
    const url = /listens on (http:\S+)/.exec(text)?.[1];
    if (url !== undefined) return { child, url };
  }
  throw new Error(`the gateway ended: ${text}`);
}

async function served(url: string, count: number): Promise<(string | null)[]> {
  const targets: (string | null)[] = [];
  for (let request = 0; request < count; request++) {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: 'Hello' }] }),
    });
    await response.text();
    targets.push(response.headers.get('x-plimsoll-target'));
  }
  return targets;
}

/** Requests the store knows of, all keys together. */
async function storedRequests(): Promise<number> {
  const store = sqliteStore({ path: join(folder, 'state.db') });
  const uses = await store.load(Date.now());
  await store.close();
  return uses.reduce((sum, { used }) => sum + used, 0);
}

it('killed in the middle of a free day and started again, it goes on counting', async () => {
  const file = join(folder, 'plimsoll.yaml');
  await writeFile(file, config);
  const first = await start(file);
  expect(await served(first.url, 5)).toEqual(['free', 'free', 'free', 'free', 'free']);
  await vi.waitFor(async () => expect(await storedRequests()).toBe(5), { timeout: 5000 });
  first.child.kill('SIGKILL');
  await once(first.child, 'close');

  const second = await start(file);
  expect(await served(second.url, 5)).toEqual(['free', 'free', 'free', 'paid', 'paid']);
  // Told to stop, it saves what the last round did not.
  second.child.kill('SIGTERM');
  await once(second.child, 'close');
  expect(await storedRequests()).toBe(8);
}, 20_000);

it('does not start on a file it cannot use', async () => {
  const file = join(folder, 'plimsoll.yaml');
  await writeFile(file, config.replace('state.db', 'missing/state.db'));
  const args = ['--conditions=@plimsoll/source', cli, 'serve', '--config', file, '--port', '0'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  child.stderr.on('data', (chunk) => (text += chunk));
  const [code] = await once(child, 'close');
  expect(code).toBe(1);
  expect(text).toContain('missing/state.db');
}, 20_000);
