import { expect, test } from 'vitest';

import { defineConfig, formatProblem, loadConfigObject } from '../src/index.ts';

const config = defineConfig({
  pools: { chat: { targets: [{ id: 'a', provider: 'simulated', model: 'm' }] } },
});

test('what a program made loads as a file does', () => {
  const { config: loaded } = loadConfigObject(config, { env: {}, file: 'plimsoll.config.ts' });
  expect(loaded?.pools[0]).toMatchObject({ name: 'chat', targets: ['a'] });
});

test('problems have paths and no lines', () => {
  // @ts-expect-error -- `strategi` is no key of a pool.
  const wrong = defineConfig({ pools: { chat: { ...config.pools['chat'], strategi: 'random' } } });
  const { errors } = loadConfigObject(wrong, { env: {}, file: 'plimsoll.config.ts' });
  expect(errors.map(formatProblem)).toEqual([
    expect.stringMatching(
      /^plimsoll\.config\.ts: pools\.chat\.strategi: is not a known key \(did you mean "strategy"\?\)/,
    ),
  ]);
});
