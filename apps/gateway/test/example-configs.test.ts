import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { formatProblem, strategyNames } from '@plimsoll/config';
import { expect, it, onTestFinished, test } from 'vitest';

import { compose } from '../src/compose.ts';
import { readSettings, problemOf } from '../src/settings.ts';
import { gatewayWith, hello } from './rig.ts';

const folder = fileURLToPath(new URL('../../../examples/config', import.meta.url));
const files = (await readdir(folder)).filter((name) => /\.(?:yaml|config\.ts)$/.test(name));

it.each(files)(
  '%s is right, warns of nothing, and serves a request from every pool',
  async (name) => {
    const settings = await readSettings(join(folder, name), {});
    expect(settings.errors.map(formatProblem)).toEqual([]);
    expect(settings.warnings.map(formatProblem)).toEqual([]);
    const config = settings.config!;
    const composition = await compose(config, folder);
    await composition.close();
    const remarks = [...composition.errors, ...composition.warnings];
    expect(remarks.map((remark) => formatProblem(problemOf(settings, remark)))).toEqual([]);

    const scratch = await mkdtemp(join(tmpdir(), 'plimsoll-'));
    onTestFinished(() => rm(scratch, { recursive: true }));
    const state = config.state && { sqlite: join(scratch, 'state.db') };
    const quick = config.targets.map((target) => ({
      ...target,
      simulate: { ...target.simulate, firstTokenMs: 1, tokensPerSecond: 1e6 },
    }));
    await using gateway = await gatewayWith({ ...config, targets: quick, state }, folder);
    for (const pool of gateway.pools) {
      const response = await gateway.post(
        '/v1/chat/completions',
        { model: pool.name, messages: hello },
        // Of the client that may use every pool.
        { authorization: 'Bearer test' },
      );
      expect(await response.json()).toMatchObject({ object: 'chat.completion' });
      expect(response.headers.get('x-plimsoll-pool')).toBe(pool.name);
    }
  },
);

test('the examples name every strategy', async () => {
  const used = new Set<string>();
  for (const name of files) {
    const { config } = await readSettings(join(folder, name), {});
    for (const { strategy } of config!.pools) collect(strategy, used);
  }
  expect(strategyNames.filter((name) => !used.has(name))).toEqual([]);
});

/** Adds every `use` in `value`, however deep. */
function collect(value: unknown, used: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  if ('use' in value && typeof value.use === 'string') used.add(value.use);
  for (const inner of Object.values(value)) collect(inner, used);
}
