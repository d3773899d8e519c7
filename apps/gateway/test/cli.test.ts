import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
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

const good = 'pools: { chat: { targets: [{ id: a, provider: simulated, model: m }] } }';

describe('plimsoll check', () => {
  it('says that a configuration is right', async () => {
    const run = plimsoll(['check', await file('good.yaml', good)]);
    expect(await run.ended).toBe(0);
    expect(run.stdout).toBe(`${join(folder, 'good.yaml')} is right; its pools: chat\n`);
  });

  it('says where a wrong one is wrong, and ends with 3', async () => {
    const path = await file('bad.yaml', good.replace('simulated', 'simulatd'));
    const run = plimsoll(['check', path]);
    expect(await run.ended).toBe(3);
    expect(run.stderr).toMatch(
      `error: ${path}:1:47: pools.chat.targets[0].provider: must be openai, `,
    );
  });

  it('asks the strategy about its options, and warns of weights it ignores', async () => {
    const path = await file(
      'options.yaml',
      `pools:
  chat:
    strategy: { use: round-robin, phase: 3 }
    targets: [{ id: a, provider: simulated, model: m }]
  even:
    strategy: round-robin
    targets:
      - { id: b, provider: simulated, model: m, weight: 1 }
      - { id: c, provider: simulated, model: m, weight: 2 }
`,
    );
    const run = plimsoll(['check', '--json', path]);
    expect(await run.ended).toBe(3);
    expect(JSON.parse(run.stdout)).toMatchObject({
      ok: false,
      errors: [
        {
          line: 3,
          path: 'pools.chat.strategy',
          message: 'the strategy round-robin has no option `phase`; it has none',
        },
      ],
      warnings: [
        {
          line: 6,
          path: 'pools.even.strategy',
          message:
            'the strategy round-robin ignores weights, and the targets of even state different ones',
        },
      ],
    });
  });

  it('ends with 2 when there is no such file, and on a wrong command line', async () => {
    const missing = plimsoll(['check', join(folder, 'none.yaml')]);
    expect(await missing.ended).toBe(2);
    expect(missing.stderr).toContain('no such file');
    const wrong = plimsoll(['sreve']);
    expect(await wrong.ended).toBe(2);
    expect(wrong.stderr).toContain('there is no command sreve; there are serve and check');
  });
});

describe('plimsoll serve', () => {
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

  it('refuses a wrong configuration, an open address, and a port that is taken', async () => {
    const wrong = plimsoll(['serve', '--config', await file('wrong.yaml', 'pools: 1')]);
    expect(await wrong.ended).toBe(3);
    expect(wrong.stderr).toContain('wrong.yaml:1:8: pools: must be a mapping');

    const open = plimsoll([
      'serve',
      '--config',
      await file('open.yaml', `${good}\nserver: { host: 0.0.0.0 }`),
    ]);
    expect(await open.ended).toBe(3);
    expect(open.stderr).toContain(
      'open.yaml:2:17: server.host: 0.0.0.0 can be reached from other machines',
    );

    const openFlag = plimsoll(['serve', '--host', '0.0.0.0']);
    expect(await openFlag.ended).toBe(2);

    await using server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const taken = plimsoll(['serve'], { PLIMSOLL_PORT: String(port) });
    expect(await taken.ended).toBe(1);
    expect(taken.stderr).toContain(`cannot listen on 127.0.0.1:${port}`);
  });
});
