import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { runCommandLine } from '../src/command.ts';
import { fakeTerminal } from './fake-terminal.ts';
import { gatewayOf } from './rig.ts';

let folder: string;
let config: string;

const fleet = {
  pools: {
    chat: {
      strategy: { use: 'tiered', within: 'least-busy' },
      targets: [
        {
          id: 'a',
          provider: 'simulated',
          model: 'm',
          tier: 0,
          tags: ['fast'],
          region: 'eu-west-1',
        },
        {
          id: 'b',
          provider: 'simulated',
          model: 'm',
          tier: 1,
          limits: { rpm: 100, concurrency: 1 },
        },
        { id: 'c', provider: 'simulated', model: 'm', tier: 2 },
      ],
    },
    sticky: { strategy: 'consistent-hash', targets: ['a', 'b', 'c'] },
  },
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-'));
  config = join(folder, 'plimsoll.yaml');
  await writeFile(config, JSON.stringify(fleet));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function explain(args: readonly string[], options: Parameters<typeof fakeTerminal>[0] = {}) {
  const terminal = fakeTerminal(options);
  const code = await runCommandLine(['explain', ...args], terminal);
  return { code, out: terminal.stdout.text, error: terminal.stderr.text };
}

describe('explain FILE', () => {
  it('says what is chosen, why, and what would be next', async () => {
    const { code, out } = await explain([config, '--pool', 'chat']);
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      'a would serve this request: tiered picks it, 3 of 3 targets of chat can.',
      'The way there: tier 0',
      '',
      'target  order  score  why',
      'a           1      0  is the choice',
      'b           2         would be tried next',
      'c           3         would be tried after that',
      '',
      'If it failed, next: b, then c.',
      '',
    ]);
  });

  it('says why targets are left out, and ends with 4 when all are', async () => {
    const some = await explain([config, '--pool', 'chat', '--tags', 'fast']);
    expect(some.out).toContain('c           –         lacks a tag that is asked for; it has none');
    const none = await explain([config, '--pool', 'chat', '--tags', 'huge']);
    expect(none.code).toBe(4);
    expect(none.out).toContain('No target of chat would serve this request.');
    expect(none.out).toContain('it has fast');
  });

  it('reads what decides from options, headers and the body', async () => {
    const first = async (args: readonly string[], options = {}) => {
      const { out } = await explain([config, '--json', ...args], options);
      return JSON.parse(out).target;
    };
    // Keys of one hash ring: what matters is that each way to state one is read alike.
    const byKey = await first(['--pool', 'sticky', '--key', 'user-3']);
    expect(await first(['--pool', 'sticky', '--header', 'X-Plimsoll-Key: user-3'])).toBe(byKey);
    const body = JSON.stringify({ model: 'sticky', user: 'user-3', messages: [] });
    expect(await first(['--body', '-'], { stdin: body })).toBe(byKey);
    const file = join(folder, 'body.json');
    await writeFile(file, body);
    expect(await first(['--body', file])).toBe(byKey);
    expect(await first(['--model', 'chat@c'])).toBe('c');
    const others = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        first(['--pool', 'sticky', '--key', `user-${index}`]),
      ),
    );
    expect(new Set(others).size).toBe(3);
  });

  it('prints words with the JSON', async () => {
    const { out } = await explain([config, '--model', 'chat@c', '--json']);
    expect(JSON.parse(out)).toMatchObject({
      pool: 'chat',
      target: 'c',
      order: ['c'],
      candidates: [
        { target: 'a', reason: 'pin', words: 'is not the target that is asked for' },
        { target: 'b', reason: 'pin' },
        { target: 'c', reason: 'admissible', words: '' },
      ],
    });
  });

  it.each([
    [['--pool', 'chat'], 2, 'explain needs a configuration'],
    [['CONFIG'], 2, 'explain needs --pool; there are chat, sticky'],
    [['CONFIG', '--pool', 'chta'], 2, 'there is no pool chta; there are chat, sticky'],
    [['CONFIG', '--model', 'nope'], 2, 'no pool answers to nope; there are chat, sticky'],
    [['CONFIG', '--pool', 'chat', '--header', 'x'], 2, '--header must be NAME:VALUE, got "x"'],
    [['CONFIG', '--pool', 'chat', '--body', 'none.json'], 2, '--body: ENOENT'],
    [['CONFIG', '--url', 'http://127.0.0.1'], 2, 'takes a configuration or --url, not both'],
    [['--url', 'ftp://x'], 2, '--url must be an http or https URL, got "ftp://x"'],
    [['none.yaml', '--pool', 'chat'], 2, 'no such file'],
  ])('refuses %j', async (args, code, message) => {
    const given = args.map((arg) => (arg === 'CONFIG' ? config : arg));
    const result = await explain(given);
    expect(result).toMatchObject({ code, out: '' });
    expect(result.error).toContain(message);
  });

  it('refuses a body that is no JSON object', async () => {
    for (const stdin of ['{', '[]']) {
      const { code, error } = await explain([config, '--body', '-'], { stdin });
      expect(code).toBe(2);
      expect(error).toMatch(/--body (?:is not JSON|must be a JSON object)/);
    }
  });

  it('says what is wrong with the configuration', async () => {
    const wrong = join(folder, 'wrong.yaml');
    await writeFile(wrong, 'pools: 1');
    const { code, error } = await explain([wrong]);
    expect(code).toBe(3);
    expect(error).toContain(`error: ${wrong}:1:8: pools: must be`);
  });
});

describe('explain --url', () => {
  it('asks a running gateway, as it stands', async () => {
    await using gateway = await gatewayOf(fleet);
    await gateway.admin('POST', 'pools/chat/targets/a/drain');
    const env = { PLIMSOLL_ADMIN_TOKEN: 'tea' };
    const { code, out } = await explain(['--url', gateway.url, '--pool', 'chat'], { env });
    expect(code).toBe(0);
    expect(out).toContain('a           –         is draining: it takes nothing new');
    expect(out).toContain('b           1');
    const chosen = await explain(
      ['--url', gateway.url, '--token', 'tea', '--model', 'sticky@c', '--json'],
      {},
    );
    expect(JSON.parse(chosen.out)).toMatchObject({ pool: 'sticky', target: 'c' });
  });

  it('says what is in the way, and ends with 1', async () => {
    await using gateway = await gatewayOf(fleet);
    const without = await explain(['--url', gateway.url, '--pool', 'chat']);
    expect(without.code).toBe(1);
    expect(without.error).toContain(
      'the gateway wants its admin token: --token TOKEN, or PLIMSOLL',
    );
    const wrong = await explain(['--url', gateway.url, '--token', 'coffee', '--pool', 'chat']);
    expect(wrong.error).toContain('the gateway refuses this admin token');
    const nowhere = await explain(['--url', 'http://127.0.0.1:9', '--token', 'tea']);
    expect(nowhere.code).toBe(1);
    expect(nowhere.error).toContain('http://127.0.0.1:9 cannot be reached: ');
  });

  it('says so when something else answers', async () => {
    await using server = createServer((_req, res) => res.end('hello')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { code, error } = await explain(['--url', `http://127.0.0.1:${port}`]);
    expect(code).toBe(1);
    expect(error).toContain('does not answer as a Plimsoll gateway does');
  });
});
