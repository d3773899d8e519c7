import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { formatProblem } from '@plimsoll/config';
import { expect, it, onTestFinished, test } from 'vitest';

import { readSettings, type Settings } from '../src/settings.ts';

async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

async function read(name: string, text: string, env = {}): Promise<Settings & { said: string[] }> {
  const folder = await scratch();
  await writeFile(join(folder, name), text);
  const settings = await readSettings(join(folder, name), env);
  const said = settings.errors.map((error) => formatProblem(error).replace(folder, ''));
  return { ...settings, said };
}

const pools = `pools: { chat: { targets: [{ id: 'a', provider: 'simulated', model: 'm' }] } }`;

it.each([
  ['c.ts', (config: string) => `const file: object = ${config}; export default file as object;`],
  ['c.mts', (config: string) => `interface File {} export default ${config} satisfies File;`],
  ['c.mjs', (config: string) => `export default ${config};`],
  ['c.js', (config: string) => `export default ${config};`],
])('%s is run, and what is wrong has the path of its value', async (name, module) => {
  const right = await read(name, module(`{ ${pools} }`));
  expect(right.said).toEqual([]);
  expect(right.config?.pools[0]?.name).toBe('chat');
  const wrong = await read(name, module(`{ ${pools}, weight: 2 }`));
  expect(wrong.config).toBeUndefined();
  expect(wrong.said).toEqual([
    expect.stringMatching(`^/${name}: weight: is not a known key; accepted`),
  ]);
});

test('values of the environment are put into what a module says, too', async () => {
  const { config } = await read('c.mjs', `export default { ${pools.replace("'m'", '"${M}"')} }`, {
    M: 'gpt-test',
  });
  expect(config?.targets[0]?.model).toBe('gpt-test');
});

it.each([
  ['throws', `throw new Error('no key');`, 'cannot be run: no key'],
  ['is no JavaScript', 'export default {', 'cannot be run: '],
  [
    'exports nothing',
    'export const config = {};',
    'must have the configuration as its default export, but there is none',
  ],
  ['exports a function', 'export default () => ({});', 'but it is a function'],
  [
    'holds itself',
    'const a = { pools: {} }; a.pools.a = a; export default a;',
    'pools.a.pools.a.pools: is nested too deep',
  ],
])('a module that %s is refused', async (_what, text, message) => {
  const { config, said } = await read('c.mjs', text);
  expect(config).toBeUndefined();
  expect(said).toEqual([expect.stringContaining(message)]);
});

it.each(['c.mjs', 'c.js', 'c.ts'])('%s is run anew for each reading', async (name) => {
  const file = join(await scratch(), name);
  const begin = name === 'c.js' ? 'module.exports =' : 'export default';
  const port = async (): Promise<number | undefined> =>
    (await readSettings(file, {})).config?.server.port;
  await writeFile(file, `${begin} { ${pools}, server: { port: 1 } };`);
  expect(await port()).toBe(1);
  await writeFile(file, `${begin} { ${pools}, server: { port: 2 } };`);
  expect(await port()).toBe(2);
});

test('JSON is read as it is', async () => {
  const text = JSON.stringify({
    pools: { chat: { targets: [{ id: 'a', provider: 'simulated' }] } },
  });
  const { said } = await read('c.json', text);
  expect(said).toEqual([
    expect.stringMatching(/^\/c\.json:1:30: pools\.chat\.targets\[0\]\.model: is missing/),
  ]);
});
