import { describe, expect, it } from 'vitest';

import { gatewayOf, hello, inParallel, targetOf, type TestGateway, upstreams } from './rig.ts';

const ask = (gateway: TestGateway, more: object = {}): Promise<Response> =>
  gateway.post('/v1/chat/completions', { model: 'chat', messages: hello, ...more });

const nothing = {
  targets: { added: [], removed: [], replaced: [], reweighted: [] },
  pools: { added: [], removed: [], rebuilt: [], joined: [], left: [] },
  clients: [],
};

describe('a reload', () => {
  it('without a difference changes nothing', async () => {
    await using list = await upstreams(1);
    const file = { pools: { chat: { targets: [targetOf('a', list[0]!)] } } };
    await using gateway = await gatewayOf(file);
    const { balancer } = gateway.pool('chat');
    gateway.write(file);
    expect(await gateway.admin('POST', 'reload')).toEqual({
      status: 200,
      json: { difference: nothing, warnings: [] },
    });
    expect(gateway.pool('chat').balancer).toBe(balancer);
  });

  it('adds, removes and re-weights targets of a pool that keeps its counts', async () => {
    await using list = await upstreams(3);
    const [a, b, c] = list;
    const pool = (...targets: object[]): object => ({ pools: { chat: { targets } } });
    await using gateway = await gatewayOf(
      pool(targetOf('a', a!, { weight: 1 }), targetOf('b', b!, { weight: 1 })),
    );
    await ask(gateway);
    gateway.write(pool(targetOf('a', a!, { weight: 4 }), targetOf('c', c!, { weight: 2 })));
    const { json } = await gateway.admin('POST', 'reload');
    expect(json['difference']).toEqual({
      targets: {
        added: ['c'],
        removed: ['b'],
        replaced: [],
        reweighted: [{ target: 'a', from: 1, to: 4 }],
      },
      pools: {
        ...nothing.pools,
        joined: [{ pool: 'chat', target: 'c' }],
        left: [{ pool: 'chat', target: 'b' }],
      },
      clients: [],
    });
    const stats = gateway.pool('chat').balancer.stats();
    expect(stats.requests).toBe(1);
    expect(stats.targets.map(({ id, weight }) => [id, weight])).toEqual([
      ['a', 4],
      ['c', 2],
    ]);
    expect(gateway.logged).toContainEqual(
      expect.objectContaining({ msg: 'the configuration changed', difference: json['difference'] }),
    );
  });

  it('replaces a target that has another address, for its requests to come', async () => {
    await using list = await upstreams(2);
    const pool = (index: number): object => ({
      pools: { chat: { targets: [targetOf('a', list[index]!)] } },
    });
    await using gateway = await gatewayOf(pool(0));
    list[0]!.always({ text: 'one two three four', chunkDelayMs: 20 });
    const stream = await ask(gateway, { stream: true });
    gateway.write(pool(1));
    const { json } = await gateway.admin('POST', 'reload');
    expect(json['difference'].targets.replaced).toEqual(['a']);
    expect((await ask(gateway)).status).toBe(200);
    expect(list.map(({ requests }) => requests.length)).toEqual([1, 1]);
    expect(await stream.text()).toMatch(/data: \[DONE\]\n\n$/);
  });

  it('of a strategy or a policy makes another pool, and a stream ends on the one that was', async () => {
    await using list = await upstreams(1);
    const target = targetOf('a', list[0]!);
    await using gateway = await gatewayOf({ pools: { chat: { targets: [target] } } });
    list[0]!.always({ text: 'one two three four', chunkDelayMs: 20 });
    const stream = await ask(gateway, { stream: true });
    const before = gateway.pool('chat').balancer;
    gateway.write({
      pools: { chat: { targets: [target], strategy: 'least-busy', retry: { budget: 0 } } },
    });
    const { json } = await gateway.admin('POST', 'reload');
    expect(json['difference']).toEqual({
      ...nothing,
      pools: { ...nothing.pools, rebuilt: ['chat'] },
    });
    // What is in flight is the target's, so the new pool knows of it.
    expect(gateway.pool('chat').balancer.stats().targets[0]).toMatchObject({
      id: 'a',
      inFlight: 1,
    });
    const answer = await ask(gateway);
    expect(answer.headers.get('x-plimsoll-strategy')).toBe('least-busy');
    expect(await stream.text()).toMatch(/data: \[DONE\]\n\n$/);
    expect(before.stats()).toMatchObject({ requests: 1, succeeded: 1 });
  });

  it('of a breaker judges the targets anew', async () => {
    await using list = await upstreams(1);
    const file = (failures: number): object => ({
      pools: {
        chat: { targets: [targetOf('a', list[0]!)], health: { breaker: { failures } } },
      },
    });
    await using gateway = await gatewayOf(file(50));
    gateway.write(file(1));
    const { json } = await gateway.admin('POST', 'reload');
    expect(json['difference']).toMatchObject({
      targets: { replaced: ['a'] },
      pools: { rebuilt: ['chat'] },
    });
    list[0]!.always({ status: 500 });
    await ask(gateway);
    expect(gateway.pool('chat').balancer.stats().targets[0]?.state).toBe('open');
  });

  it('keeps a target drained, even one that was replaced', async () => {
    await using list = await upstreams(2);
    const file = (...models: string[]): object => ({
      pools: {
        chat: {
          targets: models.map((model, index) => targetOf(`t${index}`, list[index]!, { model })),
        },
      },
    });
    await using gateway = await gatewayOf(file('m', 'm'));
    await gateway.admin('POST', 'pools/chat/targets/t0/drain');
    gateway.write(file('other', 'm'));
    await gateway.admin('POST', 'reload');
    const states = gateway
      .pool('chat')
      .balancer.stats()
      .targets.map(({ id, state }) => [id, state]);
    expect(Object.fromEntries(states)).toEqual({ t0: 'draining', t1: 'healthy' });
  });

  it('lets clients come and go', async () => {
    await using list = await upstreams(1);
    const file = (keySha256: string): object => ({
      pools: { chat: { targets: [targetOf('a', list[0]!)] } },
      clients: [{ id: 'team', keySha256 }],
    });
    const sha256OfKey = '2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683';
    await using gateway = await gatewayOf(file('0'.repeat(64)));
    expect((await gateway.client.models.list().catch(({ status }) => status)) as unknown).toBe(401);
    gateway.write(file(sha256OfKey));
    const { json } = await gateway.admin('POST', 'reload');
    expect(json['difference'].clients).toEqual(['team']);
    const models = await fetch(`${gateway.url}/v1/models`, {
      headers: { authorization: 'Bearer key' },
    });
    expect(models.status).toBe(200);
  });

  it('that is refused changes nothing, and says where the problems are', async () => {
    await using list = await upstreams(1);
    const target = targetOf('a', list[0]!);
    const file = { pools: { chat: { targets: [target] } } };
    await using gateway = await gatewayOf(file);
    const refused = async (written: unknown): Promise<unknown> => {
      gateway.write(written);
      const { status, json } = await gateway.admin('POST', 'reload');
      expect(status).toBe(422);
      return json['error'].problems.map(({ line, path, message }: Record<string, unknown>) => {
        expect(line).toBe(1);
        return `${String(path)} ${String(message)}`;
      });
    };
    expect(await refused({ pools: 1 })).toEqual([
      'pools must be a mapping of at least one pool, by name, got 1',
    ]);
    // Found by the strategy alone, after a target that would have been added.
    const more = [target, targetOf('b', list[0]!)];
    expect(
      await refused({ pools: { chat: { targets: more, strategy: { use: './none.ts' } } } }),
    ).toEqual([expect.stringMatching(/^pools\.chat\.strategy Cannot find module/)]);
    expect(await refused({ ...file, server: { port: 9 }, quotaGroups: { a: { rpm: 1 } } })).toEqual(
      [
        'server.port differs from what runs, and can change at a start only',
        'quotaGroups differs from what runs, and can change at a start only',
      ],
    );
    expect(
      gateway
        .pool('chat')
        .balancer.stats()
        .targets.map(({ id }) => id),
    ).toEqual(['a']);
    expect((await ask(gateway)).status).toBe(200);
  });
});

/** The full size is 20,000. */
const REQUESTS = Number(process.env['PLIMSOLL_RELOAD_REQUESTS'] ?? 2000);

it('nothing is dropped under continuous reloads, adds, drains and removals', async () => {
  await using list = await upstreams(4);
  const target = (index: number, more: object): object => targetOf(`t${index}`, list[index]!, more);
  const files = [
    { strategy: 'round-robin', targets: [target(0, {}), target(1, {})] },
    {
      strategy: 'least-busy',
      targets: [target(0, {}), target(1, { model: 'other' }), target(2, {})],
    },
    { strategy: 'random', targets: [target(1, {}), target(2, { apiKey: 'sk-new' })] },
    {
      strategy: 'weighted-round-robin',
      targets: [target(0, { weight: 3 }), target(1, { weight: 1 })],
      health: { breaker: { failures: 4 } },
    },
  ].map((pool) => ({ pools: { chat: pool } }));
  await using gateway = await gatewayOf(files[0]);
  const traffic = { isOver: false };
  let changes = 0;
  const changing = (async () => {
    while (!traffic.isOver) {
      gateway.write(files[changes % files.length]);
      expect((await gateway.admin('POST', 'reload')).status).toBe(200);
      const added = await gateway.admin('POST', 'pools/chat/targets', target(3, { weight: 1 }));
      expect(added.status).toBe(200);
      expect((await gateway.admin('POST', 'pools/chat/targets/t1/drain')).status).toBe(200);
      expect((await gateway.admin('POST', 'pools/chat/targets/t1/enable')).status).toBe(200);
      expect((await gateway.admin('DELETE', 'pools/chat/targets/t3')).status).toBe(200);
      changes++;
    }
  })();
  const failed: unknown[] = [];
  await inParallel(REQUESTS, 16, async (index) => {
    const response = await ask(gateway, { stream: index % 2 === 0 });
    const text = await response.text();
    const isWhole = index % 2 === 0 ? text.endsWith('data: [DONE]\n\n') : text.endsWith('}');
    if (response.status !== 200 || !isWhole) failed.push([response.status, text]);
  });
  traffic.isOver = true;
  await changing;
  expect(failed).toEqual([]);
  expect(changes).toBeGreaterThan(REQUESTS / 200);
}, 300_000);
