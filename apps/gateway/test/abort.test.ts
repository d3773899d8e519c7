import { expect, it } from 'vitest';

import { gatewayOf, hello, targetOf, upstreams } from './rig.ts';

it('an abort in the middle of a stream reaches the upstream within 50 ms', async () => {
  await using list = await upstreams(1);
  const [upstream] = list;
  upstream!.always({ text: 'word '.repeat(50), fault: 'stall_in_body', faultAfter: 3 });
  await using gateway = await gatewayOf({
    pools: { chat: { targets: [targetOf('a', upstream!)] } },
  });
  const times: number[] = [];
  while (times.length < 5) {
    const stream = await gateway.client.chat.completions.create({
      model: 'chat',
      messages: hello,
      stream: true,
    });
    let abortedMs = 0;
    for await (const { choices } of stream) {
      if (choices[0]?.delta.content !== 'word') continue;
      abortedMs = performance.now();
      stream.controller.abort();
    }
    const count = times.length + 1;
    await upstream!.until(() => upstream!.aborted.length === count);
    times.push(upstream!.aborted.at(-1)!.abortedMs! - abortedMs);
  }
  // The median, as the machine may be busy with something else for once.
  expect(times.toSorted((a, b) => a - b)[2]).toBeLessThan(50);
  const { aborted, targets } = gateway.pool('chat').balancer.stats();
  expect([aborted, targets[0]?.inFlight]).toEqual([5, 0]);
});

it('an abort before the answer reaches the upstream too', async () => {
  await using list = await upstreams(1);
  const [upstream] = list;
  upstream!.always({ fault: 'hang_before_head' });
  await using gateway = await gatewayOf({
    pools: { chat: { targets: [targetOf('a', upstream!)] } },
  });
  const controller = new AbortController();
  const answer = gateway.client.chat.completions.create(
    { model: 'chat', messages: hello },
    { signal: controller.signal },
  );
  await upstream!.until(() => upstream!.requests.length === 1);
  controller.abort();
  await expect(answer).rejects.toThrow('aborted');
  await upstream!.until(() => upstream!.aborted.length === 1);
  expect(gateway.pool('chat').balancer.stats().targets[0]?.inFlight).toBe(0);
});
