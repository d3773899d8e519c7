import { expect, it } from 'vitest';

import { loadConfig } from '../src/index.ts';
import { tablePrice } from '../src/price-table.ts';

const file = (prices: string): string => `
${prices}
targets:
  - { id: known, provider: openai, model: gpt-4o, apiKey: k }
  - { id: stated, provider: openai, model: gpt-4o, apiKey: k, price: { input: 1, output: 1 } }
  - { id: unknown, provider: openai, model: a-model-of-my-own, apiKey: k }
pools:
  chat:
    targets: [known, stated, unknown, { id: inside, provider: groq, model: openai/gpt-oss-120b, apiKey: k }]
`;

function prices(text: string): unknown[] {
  const result = loadConfig(text, { env: {}, file: 'f' });
  if (result.config === undefined) throw new Error(JSON.stringify(result.errors));
  return result.config.targets.map(({ price }) => price);
}

it('takes prices from the table where the file asks for that and states none', () => {
  const [known, stated, unknown, inside] = prices(file('prices: table'));
  // Published by OpenAI since August 2024: $2.50, $10.00 and $1.25 per million.
  expect(known).toEqual({ input: 2.5, output: 10, cachedInput: 1.25 });
  expect(stated).toEqual({ input: 1, output: 1 });
  expect(unknown).toBeUndefined();
  expect(inside).toMatchObject({ input: expect.any(Number), output: expect.any(Number) });
});

it('takes none without being asked', () => {
  expect(prices(file(''))[0]).toBeUndefined();
  expect(prices(file('prices: stated'))[0]).toBeUndefined();
});

it('knows no price of a model that the caller names', () => {
  expect(tablePrice({ provider: 'openai', model: '*' })).toBeUndefined();
});
