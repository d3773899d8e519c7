import { describe, expect, it } from 'vitest';

import { gatewayOf, hello, targetOf, type TestGateway, upstreams } from './rig.ts';

/** The targets that served, in order. */
async function served(
  gateway: TestGateway,
  requests: readonly { body?: object; headers?: Record<string, string> }[],
): Promise<(string | null)[]> {
  const targets: (string | null)[] = [];
  for (const { body, headers } of requests) {
    const json = { model: 'chat', messages: hello, ...body };
    const response = await gateway.post('/v1/chat/completions', json, headers);
    await response.text();
    targets.push(response.headers.get('x-plimsoll-target'));
  }
  return targets;
}

const times = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);

describe('a pool of the configuration', () => {
  it('keeps to its residency, whatever the request says', async () => {
    await using list = await upstreams(2);
    const targets = [
      targetOf('paris', list[0]!, { region: 'eu-west-3' }),
      targetOf('ohio', list[1]!, { region: 'us-east-2' }),
    ];
    await using gateway = await gatewayOf({
      pools: { chat: { strategy: 'geo', targets, residency: ['eu'] } },
    });
    const requests = times(3, { headers: { 'x-plimsoll-region': 'us-east-2' } });
    expect(await served(gateway, requests)).toEqual(['paris', 'paris', 'paris']);
    await list[0]!.close();
    const [failed] = await served(gateway, [{}]);
    expect(failed).not.toBe('ohio');
    expect(list[1]!.requests).toHaveLength(0);
  });

  it('takes its hash key from where it is told to', async () => {
    await using list = await upstreams(4);
    const targets = list.map((upstream, index) => targetOf(`t${index}`, upstream));
    await using gateway = await gatewayOf({
      pools: {
        chat: {
          strategy: 'hash',
          targets,
          hash: { key: ['header:X-Session', 'prompt-prefix:20'] },
        },
      },
    });
    const session = await served(gateway, [
      ...times(4, { headers: { 'x-session': 's1' } }),
      { headers: { 'x-session': 's1' }, body: { user: 'other' } },
    ]);
    expect(new Set(session).size).toBe(1);
    const prompt = (text: string): object => ({
      body: { messages: [{ role: 'system', content: `You are a helpful bot, ${text}.` }] },
    });
    expect(new Set(await served(gateway, ['a', 'b', 'c', 'd'].map(prompt))).size).toBe(1);
    const spread = Array.from({ length: 20 }, (_, n) => ({ headers: { 'x-session': `s${n}` } }));
    expect(new Set(await served(gateway, spread)).size).toBe(4);
  });

  it('goes by rules on size, metadata and headers', async () => {
    await using list = await upstreams(3);
    const targets = list.map((upstream, index) =>
      targetOf(`t${index}`, upstream, index === 1 ? { tags: ['premium'] } : {}),
    );
    await using gateway = await gatewayOf({
      pools: {
        chat: {
          strategy: {
            use: 'rules',
            rules: [
              { when: 'metadata.plan == "pro"', tags: ['premium'] },
              { when: 'size.tokens > 1000 || header("x-task") == "long"', targets: ['t2'] },
              { when: 'true', targets: ['t0'] },
            ],
          },
          targets,
        },
      },
    });
    expect(
      await served(gateway, [
        {},
        { body: { metadata: { plan: 'pro' } } },
        { headers: { 'x-plimsoll-metadata': '{"plan":"pro"}' } },
        { headers: { 'x-task': 'long' } },
        { body: { messages: [{ role: 'user', content: 'word '.repeat(2000) }] } },
      ]),
    ).toEqual(['t0', 't1', 't1', 't2', 't2']);
  });

  it('uses the free tier first and the paid one when its day is used up', async () => {
    await using list = await upstreams(2);
    const targets = [
      targetOf('free', list[0]!, { tier: 0, limits: { rpd: 3 } }),
      targetOf('paid', list[1]!, { tier: 1 }),
    ];
    await using gateway = await gatewayOf({
      pools: { chat: { strategy: { use: 'tiered', within: 'round-robin' }, targets } },
    });
    expect(await served(gateway, times(5, {}))).toEqual(['free', 'free', 'free', 'paid', 'paid']);
  });

  it('shares the limit of a quota group among its keys', async () => {
    await using list = await upstreams(3);
    const targets = [
      targetOf('a', list[0]!, { quotaGroup: 'org' }),
      targetOf('b', list[1]!, { quotaGroup: 'org' }),
      targetOf('c', list[2]!),
    ];
    await using gateway = await gatewayOf({
      quotaGroups: { org: { rpd: 2 } },
      pools: { chat: { targets } },
    });
    const counts = await served(gateway, times(8, {}));
    expect(counts.filter((target) => target !== 'c')).toHaveLength(2);
  });
});
