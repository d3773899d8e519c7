import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';

import { check } from '../src/check.ts';
import { serve } from '../src/serve.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

/** What is printed from now on. */
function printed(): { out: string; error: string } {
  const text = { out: '', error: '' };
  const log = vi.spyOn(console, 'log').mockImplementation((line) => void (text.out += `${line}\n`));
  const error = vi
    .spyOn(console, 'error')
    .mockImplementation((line) => void (text.error += `${line}\n`));
  onTestFinished(() => {
    log.mockRestore();
    error.mockRestore();
  });
  return text;
}

const good = 'pools: { chat: { targets: [{ id: a, provider: simulated, model: m }] } }';

function serveFile(config: string | undefined, host?: string): Promise<number> {
  return serve({ name: 'serve', config, port: 0, host }, {});
}

it('check says that a configuration is right', async () => {
  const path = await file('good.yaml', good);
  const text = printed();
  expect(await check({ name: 'check', config: path, isJson: false }, {})).toBe(0);
  expect(text).toEqual({ out: `${path} is right; its pools: chat\n`, error: '' });
});

it('check asks the strategy about its options, and warns of weights it ignores', async () => {
  const path = await file(
    'options.yaml',
    `pools:
  chat:
    strategy: { use: ./cheap-first.ts, phase: 3 }
    targets: [{ id: a, provider: simulated, model: m }]
  even:
    strategy: round-robin
    targets:
      - { id: b, provider: simulated, model: m, weight: 1 }
      - { id: c, provider: openai, model: m, weight: 2, apiKey: "two words" }
  own:
    strategy: ./none.ts
    targets: [a]
server: { host: 0.0.0.0 }
`,
  );
  await file(
    'cheap-first.ts',
    'export function cheapFirst() { throw new Error("cheapFirst: `phase` is no option"); }',
  );
  const text = printed();
  expect(await check({ name: 'check', config: path, isJson: false }, {})).toBe(3);
  const lines = text.error.split('\n').map((line) => line.replace(path, 'FILE'));
  expect(lines).toEqual([
    expect.stringMatching(
      /^error: FILE:13:17: server\.host: 0\.0\.0\.0 can be reached from other machines, and /,
    ),
    'error: FILE:9:9: pools.even.targets[1]: openai: `apiKey` must be a string of visible ASCII characters, got ' +
      '"(not shown)"',
    'error: FILE:3:15: pools.chat.strategy: cheapFirst: `phase` is no option',
    expect.stringMatching(/^error: FILE:11:15: pools\.own\.strategy: Cannot find module /),
    'warning: FILE:6:15: pools.even.strategy: the strategy round-robin ignores weights, and the targets of even state ' +
      'different ones',
    '',
  ]);
});

it('check prints JSON for scripts', async () => {
  const path = await file('json.yaml', good.replace('simulated', 'simulatd'));
  const text = printed();
  expect(await check({ name: 'check', config: path, isJson: true }, {})).toBe(3);
  expect(JSON.parse(text.out)).toMatchObject({
    ok: false,
    errors: [{ file: path, line: 1, column: 47, path: 'pools.chat.targets[0].provider' }],
    warnings: [],
    pools: [],
  });
});

it('check and serve end with 2 when there is no such file', async () => {
  const text = printed();
  const path = join(folder, 'none.yaml');
  expect(await check({ name: 'check', config: path, isJson: false }, {})).toBe(2);
  expect(await serveFile(path)).toBe(2);
  expect(text.error.match(/no such file/g)).toHaveLength(2);
});

it('serve refuses a wrong configuration', async () => {
  const text = printed();
  const path = await file('wrong.yaml', 'pools: 1');
  expect(await serveFile(path)).toBe(3);
  expect(text.error).toBe(
    `error: ${path}:1:8: pools: must be a mapping of at least one pool, by name, got 1\n`,
  );
});

it('serve refuses an address that others can reach', async () => {
  const text = printed();
  const path = await file('open.yaml', `${good}\nserver: { host: "::" }`);
  expect(await serveFile(path)).toBe(3);
  expect(text.error).toContain(`error: ${path}:2:17: server.host: :: can be reached from other`);
  expect(await serveFile(undefined, '0.0.0.0')).toBe(2);
  expect(text.error).toContain('plimsoll: --host: 0.0.0.0 can be reached from other machines');
});
