import { createHash } from 'node:crypto';

import OpenAI from 'openai';
import { expect, it } from 'vitest';

import { gatewayOf, targetOf, type TestGateway, upstreams } from '../rig.ts';

const clientOf = (id: string, tenant: string): object => ({
  id,
  tenant,
  keySha256: createHash('sha256').update(`key-${id}`).digest('hex'),
  may: ['pin'],
});

/** The Responses API as one of its clients sees it. */
function responsesOf({ url }: TestGateway, id: string): OpenAI['responses'] {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: `key-${id}`, maxRetries: 0 }).responses;
}

const first = { model: 'chat', input: 'Hello' };
const notFound = { status: 404 };

it('one tenant’s responses are not another’s, though a single target keeps those of both', async () => {
  await using list = await upstreams(1);
  await using gateway = await gatewayOf({
    pools: { chat: { targets: [targetOf('a', list[0]!)] } },
    clients: [clientOf('one', 'x'), clientOf('same', 'x'), clientOf('two', 'y')],
  });
  const { id } = await responsesOf(gateway, 'one').create(first);
  const asked = list[0]!.requests.length;
  const two = responsesOf(gateway, 'two');
  await expect(two.retrieve(id)).rejects.toMatchObject(notFound);
  await expect(two.delete(id)).rejects.toMatchObject(notFound);
  await expect(two.cancel(id)).rejects.toMatchObject(notFound);
  await expect(two.inputItems.list(id)).rejects.toMatchObject(notFound);
  for (const model of ['chat', 'chat@a']) {
    const next = two.create({ ...first, model, previous_response_id: id });
    await expect(next).rejects.toMatchObject(notFound);
  }
  expect(list[0]!.requests).toHaveLength(asked);

  const same = responsesOf(gateway, 'same');
  expect((await same.retrieve(id)).id).toBe(id);
  await same.create({ ...first, previous_response_id: id });
});

it('a single tenant’s ids from before a restart go to the only target that can know them', async () => {
  await using list = await upstreams(1);
  const file = {
    pools: { chat: { targets: [targetOf('a', list[0]!)] } },
    clients: [clientOf('one', 'x'), clientOf('same', 'x')],
  };
  let id: string;
  {
    await using gateway = await gatewayOf(file);
    ({ id } = await responsesOf(gateway, 'one').create(first));
  }
  await using gateway = await gatewayOf(file);
  expect((await responsesOf(gateway, 'same').retrieve(id)).id).toBe(id);
});
