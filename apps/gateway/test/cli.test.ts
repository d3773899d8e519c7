import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import { openAIUpstream } from '@plimsoll/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

interface Run {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  stdout: string;
  stderr: string;
  /** Resolves with the code when the program has ended. */
  readonly ended: Promise<number | null>;
  /** Resolves with the first match in what was printed. */
  printed(expression: RegExp): Promise<RegExpExecArray>;
}

function plimsoll(args: readonly string[], env: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, ['--conditions=@plimsoll/source', cli, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const run: Run = {
    child,
    stdout: '',
    stderr: '',
    ended: once(child, 'close').then(([code]) => code as number | null),
    async printed(expression) {
      for (;;) {
        const match = expression.exec(run.stdout + run.stderr);
        if (match !== null) return match;
        if (child.exitCode !== null) throw new Error(`ended without ${expression}: ${run.stderr}`);
        await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), run.ended]);
      }
    },
  };
  child.stdout.on('data', (chunk) => (run.stdout += chunk));
  child.stderr.on('data', (chunk) => (run.stderr += chunk));
  return run;
}

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

it.concurrent('plimsoll ends with 2 on a wrong command line, and with what a command ends with', async () => {
  const wrong = plimsoll(['sreve']);
  expect(await wrong.ended).toBe(2);
  expect(wrong.stderr).toContain('there is no command sreve (did you mean "serve"?)');
  const bad = plimsoll(['check', await file('bad.yaml', 'pools: 1')]);
  expect(await bad.ended).toBe(3);
});

describe.concurrent('plimsoll serve', () => {
  it('without configuration and keys simulates a fleet, and the line it prints works', async () => {
    const run = plimsoll(['serve', '--port', '0']);
    const [, url] = await run.printed(/Plimsoll listens on (http:\/\/127\.0\.0\.1:\d+)/);
    await run.printed(/"content": "Hello"/);
    expect(run.stdout).toContain('the targets are simulated');
    const body = /-d '(.*)'/.exec(run.stdout)![1]!;
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ object: 'chat.completion' });
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(0);
  });

  it('says where it listens as JSON for scripts', async () => {
    const run = plimsoll(['serve', '--port', '0', '--json']);
    const [line] = await run.printed(/^\{"url".*\}\n/);
    const { url, adminToken, pools } = JSON.parse(line);
    expect(pools).toEqual([
      { name: 'default', strategy: 'weighted-round-robin', targets: ['fast', 'steady', 'slow'] },
    ]);
    const headers = { authorization: `Bearer ${adminToken}` };
    expect((await fetch(`${url}/admin/pools`, { headers })).status).toBe(200);
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(0);
  });

  it('on SIGTERM lets a stream end, takes nothing new, and ends with 0', async () => {
    await using upstream = openAIUpstream();
    await upstream.listen();
    upstream.always({ text: 'one two three four five', chunkDelayMs: 60 });
    const path = await file(
      'drain.yaml',
      `pools: { chat: { targets: [{ id: a, provider: openai, model: m, baseUrl: "${upstream.url}" }] } }`,
    );
    const run = plimsoll(['serve', '--config', path, '--port', '0']);
    const [, url] = await run.printed(/Plimsoll listens on (http:\S+)/);
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'chat', stream: true, messages: [] }),
    });
    run.child.kill('SIGTERM');
    await run.printed(/"msg":"stopping/);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
    const text = await response.text();
    expect(text).toContain(' five');
    expect(text).toMatch(/data: \[DONE\]\n\n$/);
    expect(await run.ended).toBe(0);
  });

  it('reloads when the file changes and on SIGHUP, and keeps what runs when the file is wrong', async () => {
    const text = (id: string): string =>
      `pools: { chat: { targets: [{ id: ${id}, provider: simulated, model: m }] } }`;
    const path = await file('reload.yaml', text('a'));
    const run = plimsoll(['serve', '--config', path, '--port', '0']);
    const [, address, token] = await run.printed(
      /The token of (\S+), made for this run: (\S{32})\n/,
    );
    const targets = async (): Promise<unknown> => {
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(`${address}pools`, { headers });
      const { pools } = (await response.json()) as { pools: { targets: { id: string }[] }[] };
      return pools[0]!.targets.map(({ id }) => id);
    };
    await file('reload.yaml', text('b'));
    await run.printed(/"added":\["b"\],"removed":\["a"\].*the configuration changed/);
    expect(await targets()).toEqual(['b']);

    await file('reload.yaml', 'pools: 1');
    const [wrong] = await run.printed(/\{.*the configuration was not reloaded.*\}/);
    expect(JSON.parse(wrong)).toMatchObject({
      cause: 'file',
      problems: [`${path}:1:8: pools: must be a mapping of at least one pool, by name, got 1`],
    });
    run.child.kill('SIGHUP');
    await run.printed(/"cause":"SIGHUP".*the configuration was not reloaded/);
    expect(await targets()).toEqual(['b']);
    expect(run.stderr).not.toContain(token);
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(0);
  });

  it('ends at once on a second signal', async () => {
    await using upstream = openAIUpstream();
    await upstream.listen();
    upstream.always({ fault: 'stall_in_body', faultAfter: 1 });
    const path = await file(
      'twice.yaml',
      `pools: { chat: { targets: [{ id: a, provider: openai, model: m, baseUrl: "${upstream.url}" }] } }`,
    );
    const run = plimsoll(['serve', '--config', path, '--port', '0']);
    const [, url] = await run.printed(/Plimsoll listens on (http:\S+)/);
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'chat', stream: true, messages: [] }),
    });
    run.child.kill('SIGTERM');
    await run.printed(/"msg":"stopping/);
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(0);
    await expect(response.text()).rejects.toThrow();
  });

  it('ends with 1 when the port is taken', async () => {
    await using server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const run = plimsoll(['serve'], { PLIMSOLL_PORT: String(port) });
    expect(await run.ended).toBe(1);
    expect(run.stderr).toContain(`cannot listen on 127.0.0.1:${port}`);
  });
});
