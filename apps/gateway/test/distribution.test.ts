import { describe, expect, it } from 'vitest';

import { gatewayOf, hello, inParallel, targetOf, upstreams } from './rig.ts';

describe('300 requests over three targets', () => {
  it('are 100 for each under round-robin', async () => {
    await using list = await upstreams(3);
    const targets = list.map((upstream, index) => targetOf(`t${index}`, upstream));
    await using gateway = await gatewayOf({ pools: { chat: { targets } } });
    await inParallel(300, 10, () =>
      gateway.client.chat.completions.create({ model: 'chat', messages: hello }),
    );
    expect(list.map(({ requests }) => requests.length)).toEqual([100, 100, 100]);
    expect(
      gateway
        .pool('chat')
        .balancer.stats()
        .targets.map(({ served }) => served),
    ).toEqual([100, 100, 100]);
  });
});

describe('requests over targets of weight 3 and 2', () => {
  it('are 3 and 2 in every window of 5', async () => {
    await using list = await upstreams(2);
    const targets = [
      targetOf('a', list[0]!, { weight: 3 }),
      targetOf('b', list[1]!, { weight: 2 }),
    ];
    await using gateway = await gatewayOf({
      pools: { chat: { strategy: 'weighted-round-robin', targets } },
    });
    const served: string[] = [];
    for (let request = 0; request < 50; request++) {
      const { response } = await gateway.client.chat.completions
        .create({ model: 'chat', messages: hello })
        .withResponse();
      served.push(response.headers.get('x-plimsoll-target')!);
    }
    for (let start = 0; start + 5 <= served.length; start++) {
      expect(served.slice(start, start + 5).filter((id) => id === 'a')).toHaveLength(3);
    }
  });
});
