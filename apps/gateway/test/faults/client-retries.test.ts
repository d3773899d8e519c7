import { upstreamErrors } from '@plimsoll/testkit';
import OpenAI from 'openai';
import { expect, it } from 'vitest';

import { gatewayOf, hello, targetOf, upstreams } from '../rig.ts';

it('a client that retries by itself multiplies no attempts', async () => {
  await using list = await upstreams(2);
  for (const upstream of list) upstream.always(upstreamErrors.serverError);
  const targets = list.map((upstream, index) => targetOf(`t${index}`, upstream));
  await using gateway = await gatewayOf({ pools: { chat: { targets } } });
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'sk-caller', maxRetries: 5 });
  const asked = client.chat.completions.create({ model: 'chat', messages: hello });
  await expect(asked).rejects.toMatchObject({ status: 503, code: 'upstream_failed' });
  const { requests, attempts } = gateway.pool('chat').balancer.stats();
  expect(requests).toBe(1);
  // Both, and after a back-off both once more.
  expect(attempts).toBe(4);
  expect(list.flatMap((upstream) => upstream.requests)).toHaveLength(4);
});

it('and is told when to come back where no attempt was made', async () => {
  await using list = await upstreams(1);
  const [upstream] = list;
  upstream!.next({ ...upstreamErrors.rateLimited, headers: { 'retry-after-ms': '300' } });
  await using gateway = await gatewayOf({
    pools: { chat: { targets: [targetOf('t0', upstream!)], queue: { maxWait: 0 } } },
  });
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'sk-caller', maxRetries: 5 });
  const ask = (): Promise<unknown> =>
    client.chat.completions.create({ model: 'chat', messages: hello });
  const first = ask();
  await upstream!.until(() => upstream!.requests[0]?.endedMs !== undefined);
  await Promise.all([first, ask()]);
  const { requests, succeeded } = gateway.pool('chat').balancer.stats();
  expect(succeeded).toBe(2);
  expect(requests).toBeGreaterThan(2);
  // The first one was refused once, and no other while its wait lasted.
  expect(upstream!.requests).toHaveLength(3);
});
