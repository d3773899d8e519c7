import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { factoryName, loadStrategyFactory } from '../src/strategy-package.ts';
import { gatewayOf, hello, targetOf, upstreams } from './rig.ts';

const folder = fileURLToPath(new URL('fixtures', import.meta.url));

describe('the factory of a strategy package', () => {
  it.each([
    ['@acme/strategy-cheap-first', 'cheapFirst'],
    ['plimsoll-strategy-lunar', 'lunar'],
    ['@acme/lunar', 'lunar'],
    ['./strategies/cheap-first.ts', 'cheapFirst'],
    ['./cheap_first.mjs', 'cheapFirst'],
  ])('of %s is named %s', (name, expected) => {
    expect(factoryName(name)).toBe(expected);
  });

  it('is found by its name, or else as the default export', async () => {
    const named = await loadStrategyFactory('./cheap-first.ts', folder);
    expect(named({}).name).toBe('cheap-first');
    const sole = await loadStrategyFactory('./sole.ts', folder);
    expect(sole({ reverse: true }).name).toBe('cheap-first reversed');
  });

  it('is missed in words', async () => {
    await expect(loadStrategyFactory('./nothing.ts', folder)).rejects.toThrow(
      './nothing.ts exports neither a function named nothing nor a default one',
    );
    await expect(loadStrategyFactory('@acme/strategy-none', folder)).rejects.toThrow(
      '@acme/strategy-none',
    );
  });
});

it('a strategy of one’s own serves requests', async () => {
  await using list = await upstreams(2);
  const targets = list.map((upstream, index) => targetOf(`t${index}`, upstream));
  await using gateway = await gatewayOf(
    { pools: { chat: { strategy: { use: './cheap-first.ts', reverse: true }, targets } } },
    folder,
  );
  for (let time = 0; time < 3; time++) {
    const response = await gateway.post('/v1/chat/completions', { model: 'chat', messages: hello });
    await response.text();
    expect(response.headers.get('x-plimsoll-strategy')).toBe('cheap-first reversed');
  }
  expect(list.map(({ requests }) => requests.length)).toEqual([0, 3]);
});
