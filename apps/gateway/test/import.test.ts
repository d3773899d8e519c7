import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';

import { runCommandLine } from '../src/command.ts';
import { compose } from '../src/compose.ts';
import { readSettings } from '../src/settings.ts';
import { fakeTerminal } from './fake-terminal.ts';
import { gatewayWith, hello, upstreams } from './rig.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-'));
  onTestFinished(() => rm(folder, { recursive: true }));
});

async function run(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  const terminal = fakeTerminal();
  const code = await runCommandLine(['import', ...args], terminal);
  return { code, out: terminal.stdout.text, error: terminal.stderr.text };
}

async function source(text: string): Promise<string> {
  const file = join(folder, 'source');
  await writeFile(file, text);
  return file;
}

const clean =
  'model_list: [{ model_name: m, litellm_params: { model: gpt-5-mini, api_key: sk-1 } }]';
const other = `${clean}\nlitellm_settings: { cache: true }`;

describe('plimsoll import', () => {
  it('prints a configuration that can be served, and nothing else', async () => {
    const { code, out, error } = await run('litellm', await source(clean));
    expect([code, error]).toEqual([0, '']);
    const file = join(folder, 'plimsoll.yaml');
    await writeFile(file, out);
    const { config } = await readSettings(file, {});
    const composition = await compose(config!, folder);
    expect([composition.errors, composition.warnings]).toEqual([[], []]);
    await composition.close();
  });

  it('makes fallbacks that take over, and no sooner', async () => {
    await using list = await upstreams(2);
    const entry = (name: string, index: number): object => ({
      model_name: name,
      litellm_params: { model: `openai/m-${name}`, api_key: 'sk-1', api_base: list[index]!.url },
    });
    const { out } = await run(
      'litellm',
      await source(
        JSON.stringify({
          model_list: [entry('first', 0), entry('second', 1)],
          router_settings: { fallbacks: [{ first: ['second'] }] },
        }),
      ),
    );
    const file = join(folder, 'plimsoll.yaml');
    await writeFile(file, out);
    const { config } = await readSettings(file, {});
    await using gateway = await gatewayWith(config!, folder);
    const targetOf = async (): Promise<string | null> => {
      const body = { model: 'first', messages: hello };
      const response = await gateway.post('/v1/chat/completions', body);
      expect(response.status).toBe(200);
      return response.headers.get('x-plimsoll-target');
    };
    expect([await targetOf(), await targetOf()]).toEqual(['first', 'first']);
    await list[0]!.close();
    expect([await targetOf(), await targetOf()]).toEqual(['second', 'second']);
  });

  it('says what differs on stderr, and ends with 4', async () => {
    const { code, out, error } = await run('litellm', await source(other));
    expect(code).toBe(4);
    expect(out).toContain('pools:');
    expect(error).toBe(
      'One place of the source that the result differs from:\n' +
        '- litellm_settings.cache: is left out: answers are not cached\n',
    );
  });

  it('writes to a file that only its owner reads, and over none that is there unless it is forced to', async () => {
    const out = join(folder, 'out.yaml');
    const file = await source('{"provider": "openai", "api_key": "sk-1"}');
    expect(await run('portkey', file, '--out', out)).toEqual({
      code: 0,
      out: '',
      error: `${out} is written; plimsoll check ${out} says whether it is right\n`,
    });
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    expect(await readFile(out, 'utf8')).toContain("'*':");

    await writeFile(out, 'mine');
    expect(await run('portkey', file, '-o', out)).toEqual({
      code: 1,
      out: '',
      error: `plimsoll: ${out} is there already; --force writes over it\n`,
    });
    expect(await readFile(out, 'utf8')).toBe('mine');
    expect((await run('portkey', file, '-o', out, '--force')).code).toBe(0);
    expect(await readFile(out, 'utf8')).toContain('openai');
  });

  it('prints JSON', async () => {
    const { code, out, error } = await run('litellm', await source(other), '--json');
    expect([code, error]).toEqual([4, '']);
    expect(JSON.parse(out)).toEqual({
      ok: false,
      yaml: expect.stringContaining('pools:'),
      differences: [
        { path: 'litellm_settings.cache', message: 'is left out: answers are not cached' },
      ],
    });
  });

  it('ends with 3 when nothing can be taken over', async () => {
    const { code, out, error } = await run('portkey', await source('{"provider": "bedrock"}'));
    expect([code, out]).toEqual([3, '']);
    expect(error).toBe(
      '- provider: there is no adapter for bedrock; the target is left out\n' +
        '- Nothing of the source could be taken over: there is no target that can be reached.\n',
    );
  });

  it.each([
    [[], 'import needs to know what from: it takes litellm or portkey'],
    [
      ['litelm', 'x'],
      'import knows no litelm (did you mean "litellm"?): it takes litellm or portkey',
    ],
    [['litellm'], 'import needs a file: plimsoll import litellm FILE'],
    [['litellm', 'a', 'b'], 'import takes no argument b'],
    [['litellm', '/nowhere/x'], 'ENOENT'],
  ])('refuses %j', async (args, message) => {
    const { code, error } = await run(...args);
    expect(code).toBe(2);
    expect(error).toContain(message);
  });
});
