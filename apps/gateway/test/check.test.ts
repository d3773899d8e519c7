import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openAIUpstream, upstreamErrors } from '@plimsoll/testkit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';

import { runCommandLine } from '../src/command.ts';
import { serve } from '../src/serve.ts';
import { type FakeTerminal, fakeTerminal } from './fake-terminal.ts';

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

/** What serve prints from now on. */
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
  return serve({ config, port: 0, host, isJson: false }, {});
}

/** Runs `plimsoll check`. */
async function check(
  args: readonly string[],
  terminal = fakeTerminal(),
): Promise<{ code: number; out: string; error: string; terminal: FakeTerminal }> {
  const code = await runCommandLine(['check', ...args], terminal);
  return { code, out: terminal.stdout.text, error: terminal.stderr.text, terminal };
}

it('check says that a configuration is right', async () => {
  const path = await file('good.yaml', good);
  expect(await check([path])).toMatchObject({
    code: 0,
    out: `${path} is right; its pools: chat\n`,
    error: '',
  });
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
  const { code, error } = await check([path]);
  expect(code).toBe(3);
  const lines = error.split('\n').map((line) => line.replace(path, 'FILE'));
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
  const { code, out } = await check([path, '--json']);
  expect(code).toBe(3);
  expect(JSON.parse(out)).toMatchObject({
    ok: false,
    errors: [{ file: path, line: 1, column: 47, path: 'pools.chat.targets[0].provider' }],
    warnings: [],
    pools: [],
  });
});

it('check and serve end with 2 when there is no such file', async () => {
  const text = printed();
  const path = join(folder, 'none.yaml');
  const { code, error } = await check([path]);
  expect(code).toBe(2);
  expect(error).toContain('no such file');
  expect(await serveFile(path)).toBe(2);
  expect(text.error).toContain('no such file');
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

it('check warns of keys that share a limit, and says what is wrong with an unquoted reference', async () => {
  const shared = await file(
    'shared.yaml',
    `pools:
  chat:
    targets:
      - { id: a, provider: openai, model: m, apiKey: sk-a, quotaGroup: org }
      - { id: b, provider: openai, model: m, apiKey: sk-b, quotaGroup: org }
`,
  );
  const { code, error } = await check([shared]);
  expect(code).toBe(0);
  expect(error.replace(shared, 'FILE')).toBe(
    'warning: FILE:5:9: pools.chat.targets[1]: "b" has the quota group org of "a" and so its limits: it adds no capacity\n',
  );
  const trap = await file(
    'trap.yaml',
    'pools: { chat: { targets: [{ id: a, provider: openai, model: m, apiKey: ${KEY} }] } }',
  );
  const trapped = await check([trap], fakeTerminal({ env: { KEY: 'sk-a' } }));
  expect(trapped.code).toBe(3);
  expect(trapped.error).toContain('a reference to the environment must be quoted, as in "${NAME}"');
});

describe('check --live', () => {
  /** A target for each upstream, and one where nobody listens. */
  async function fleetFile(name: string, targets: readonly object[]): Promise<string> {
    return file(name, JSON.stringify({ pools: { chat: { targets } } }));
  }

  it('says which targets answer, and ends with 4 when one does not', async () => {
    await using good = openAIUpstream({ models: ['gpt-a', 'gpt-b'] });
    await using strict = openAIUpstream();
    await Promise.all([good.listen(), strict.listen()]);
    strict.always(upstreamErrors.invalidKey);
    const path = await fleetFile('live.yaml', [
      { id: 'a', provider: 'openai', model: 'gpt-a', apiKey: 'sk-a', baseUrl: good.url },
      { id: 'b', provider: 'openai', model: 'gpt-z', apiKey: 'sk-a', baseUrl: good.url },
      { id: 'c', provider: 'openai', model: '*', apiKey: 'sk-c', baseUrl: strict.url },
      { id: 'd', provider: 'vllm', model: 'm', baseUrl: 'http://127.0.0.1:9/v1' },
      { id: 'e', provider: 'simulated', model: 'm' },
    ]);
    const { code, out } = await check([path, '--live', '--json']);
    expect(code).toBe(4);
    const { ok, targets } = JSON.parse(out);
    expect(ok).toBe(false);
    expect(targets).toMatchObject([
      { target: 'a', isReachable: true, isKeyAccepted: true, isModelKnown: true, problem: null },
      { target: 'b', isModelKnown: false, problem: 'the provider lists no model gpt-z' },
      { target: 'c', isReachable: true, isKeyAccepted: false, isModelKnown: null },
      { target: 'd', isReachable: false, latencyMs: null },
      { target: 'e', isReachable: true, isKeyAccepted: null, isModelKnown: null, problem: null },
    ]);
    // One key at one place is asked once, however many targets have it.
    expect(good.requests).toHaveLength(1);
    expect(out).not.toContain('sk-');
  });

  it('prints a table with what is wrong below it', async () => {
    await using good = openAIUpstream({ models: ['gpt-a'] });
    await good.listen();
    const path = await fleetFile('table.yaml', [
      { id: 'a', provider: 'openai', model: 'gpt-a', apiKey: 'sk-a', baseUrl: good.url },
      { id: 'b', provider: 'openai', model: 'gpt-z', apiKey: 'sk-a', baseUrl: good.url },
    ]);
    const { out } = await check([path, '--live']);
    expect(
      out
        .replaceAll(/ +\d+ ms/g, ' 3 ms')
        .split('\n')
        .slice(1),
    ).toEqual([
      '',
      'target  reachable  latency  key       model    limits told',
      'a       yes 3 ms  accepted  known    –',
      'b       yes 3 ms  accepted  unknown  –',
      '',
      '1 of 2 targets will not work:',
      '  b: the provider lists no model gpt-z',
      '',
    ]);
  });

  it('gives up on a provider that does not answer', async () => {
    await using silent = openAIUpstream();
    await silent.listen();
    silent.always({ fault: 'hang_before_head' });
    const path = await fleetFile('silent.yaml', [
      { id: 'a', provider: 'openai', model: 'm', apiKey: 'sk-a', baseUrl: silent.url },
    ]);
    const { code, out } = await check([path, '--live', '--timeout', '20ms']);
    expect(code).toBe(4);
    expect(out).toContain('  a: no answer within 20 ms\n');
  });
});
