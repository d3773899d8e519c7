import { openai } from '@plimsoll/provider-openai';
import { expect, it } from 'vitest';

import { gatewayOf, hello, inParallel, targetOf, upstreams } from './rig.ts';

it('a target is added and one drained under load without a failed request, and streams end whole', async () => {
  await using list = await upstreams(4);
  const targets = list.slice(0, 3).map((upstream, index) => targetOf(`t${index}`, upstream));
  await using gateway = await gatewayOf({ pools: { chat: { targets } } });
  const { balancer } = gateway.pool('chat');
  const text = 'word '.repeat(20).trim();
  for (const upstream of list) upstream.always({ text, chunkDelayMs: 1 });
  let drained: Promise<void> | undefined;
  const texts = await inParallel(120, 12, async (index) => {
    if (index === 40) {
      balancer.add({
        id: 't3',
        model: 'gpt-test',
        provider: openai({ apiKey: 'sk-t3', baseUrl: list[3]!.url }),
      });
    }
    if (index === 60) drained = balancer.drain('t0');
    const stream = await gateway.client.chat.completions.create({
      model: 'chat',
      messages: hello,
      stream: true,
    });
    let answer = '';
    for await (const { choices } of stream) answer += choices[0]?.delta.content ?? '';
    return answer;
  });
  await drained;
  expect(texts).toEqual(Array.from({ length: 120 }, () => text));
  const { failed, targets: stats } = balancer.stats();
  expect(failed).toBe(0);
  expect(stats.find(({ id }) => id === 't0')).toMatchObject({ state: 'draining', inFlight: 0 });
  expect(stats.find(({ id }) => id === 't3')!.served).toBeGreaterThan(10);
});
