import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';

import { describe, expect, it } from 'vitest';

import { gatewayOf, hello, type TestGateway } from './rig.ts';

const simulated = (id: string, more: object = {}): object => ({
  id,
  provider: 'simulated',
  model: `m-${id}`,
  simulate: { firstToken: '1ms', tokensPerSecond: 100_000 },
  ...more,
});

const file = {
  pools: {
    chat: { targets: [simulated('a'), simulated('b')] },
    'other/*': { targets: ['a', simulated('c', { provider: 'openai', apiKey: 'sk-secret' })] },
  },
};

// `simulate` is for simulated targets only.
delete (file.pools['other/*'].targets[1] as Record<string, unknown>)['simulate'];

/** The status of a request with exactly these headers. */
async function statusOf(
  { url }: TestGateway,
  path: string,
  headers: Record<string, string>,
  method = 'GET',
): Promise<number> {
  const sent = request(url + path, { method, headers }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode!;
}

const ask = (gateway: TestGateway, model: string): Promise<Response> =>
  gateway.post('/v1/chat/completions', { model, messages: hello });

describe('the admin API lets in', () => {
  const token = { authorization: 'Bearer tea' };

  it('who has the token', async () => {
    await using gateway = await gatewayOf(file);
    expect(await statusOf(gateway, '/admin/pools', token)).toBe(200);
    expect(await statusOf(gateway, '/admin/pools', {})).toBe(401);
    expect(await statusOf(gateway, '/admin/pools', { authorization: 'Bearer teal' })).toBe(401);
    expect(await statusOf(gateway, '/admin/pools', { authorization: 'Bearer ' })).toBe(401);
  });

  it('no page of another origin', async () => {
    await using gateway = await gatewayOf(file);
    const own = gateway.url;
    expect(await statusOf(gateway, '/admin/pools', { ...token, origin: own })).toBe(200);
    for (const origin of ['http://evil.example', 'null', own.replace('127.0.0.1', 'localhost')]) {
      expect(await statusOf(gateway, '/admin/pools', { ...token, origin })).toBe(403);
    }
  });

  it('no name that was led here, be there clients or not', async () => {
    const clients = [{ id: 'a', keySha256: '0'.repeat(64) }];
    for (const more of [{}, { clients }]) {
      await using gateway = await gatewayOf({ ...file, ...more });
      for (const host of ['localhost', 'localhost:1', '127.0.0.1:99', '[::1]:80', 'LOCALHOST']) {
        expect(await statusOf(gateway, '/admin/pools', { ...token, host })).toBe(200);
      }
      for (const host of [
        'evil.example',
        'localhost.evil.example',
        '10.0.0.1',
        '127.0.0.1.nip.io',
      ]) {
        expect(await statusOf(gateway, '/admin/pools', { ...token, host })).toBe(403);
      }
    }
  });

  it('names that the configuration says lead here, from the next reload on', async () => {
    const named = (...hosts: string[]): object => ({ ...file, server: { admin: { hosts } } });
    await using gateway = await gatewayOf(named('Gateway.example'));
    const under = (host: string, origin = `https://${host}`): Promise<number> =>
      statusOf(gateway, '/admin/pools', { ...token, host, origin });
    expect(await under('gateway.example')).toBe(200);
    expect(await under('GATEWAY.example:8443')).toBe(200);
    expect(await under('gateway.example', 'https://other.example')).toBe(403);
    expect(await under('other.example')).toBe(403);
    expect(await statusOf(gateway, '/healthz', { host: 'gateway.example' })).toBe(200);

    gateway.write(named('other.example'));
    expect(await gateway.admin('POST', 'reload')).toMatchObject({ status: 200 });
    expect(await under('gateway.example')).toBe(403);
    expect(await under('other.example')).toBe(200);
  });

  it('no POST that is not JSON', async () => {
    await using gateway = await gatewayOf(file);
    const text = { ...token, 'content-type': 'text/plain' };
    expect(await statusOf(gateway, '/admin/reload', text, 'POST')).toBe(415);
    expect(await statusOf(gateway, '/admin/reload', token, 'POST')).toBe(415);
  });
});

it('without clients no route answers under a name that was led here', async () => {
  await using open = await gatewayOf(file);
  for (const path of ['/healthz', '/v1/models', '/metrics', '/none']) {
    expect(await statusOf(open, path, { host: 'evil.example' })).toBe(403);
  }
  await using closed = await gatewayOf({
    ...file,
    clients: [{ id: 'a', keySha256: '0'.repeat(64) }],
  });
  expect(await statusOf(closed, '/healthz', { host: 'llm.example' })).toBe(200);
});

it('pools are listed with their numbers, and without keys', async () => {
  await using gateway = await gatewayOf(file);
  await ask(gateway, 'chat@a');
  const { json } = await gateway.admin('GET', 'pools');
  expect(json).toMatchObject({
    pools: [
      {
        name: 'chat',
        strategy: 'round-robin',
        requests: 1,
        targets: [
          { id: 'a', provider: 'simulated', model: 'm-a', state: 'healthy', served: 1 },
          { id: 'b', served: 0 },
        ],
      },
      { name: 'other/*', targets: [{ id: 'a', served: 0 }, { id: 'c' }] },
    ],
  });
  expect(JSON.stringify(json)).not.toContain('sk-secret');
});

it('a drained target gets nothing until it is enabled', async () => {
  await using gateway = await gatewayOf(file);
  const served = async (): Promise<(string | null)[]> =>
    [await ask(gateway, 'chat'), await ask(gateway, 'chat')].map(({ headers }) =>
      headers.get('x-plimsoll-target'),
    );
  const drained = await gateway.admin('POST', 'pools/chat/targets/a/drain');
  expect(drained).toMatchObject({ status: 200, json: { target: { id: 'a', state: 'draining' } } });
  expect(await served()).toEqual(['b', 'b']);
  const enabled = await gateway.admin('POST', 'pools/chat/targets/a/enable');
  expect(enabled.json).toMatchObject({ target: { id: 'a', state: 'healthy' } });
  expect(new Set(await served())).toEqual(new Set(['a', 'b']));
});

it('a target is added, re-weighted and removed', async () => {
  await using gateway = await gatewayOf(file);
  const added = await gateway.admin('POST', 'pools/chat/targets', simulated('d'));
  expect(added).toMatchObject({
    status: 200,
    json: {
      difference: {
        targets: { added: ['d'] },
        pools: { joined: [{ pool: 'chat', target: 'd' }], rebuilt: [] },
      },
    },
  });
  expect((await ask(gateway, 'chat@d')).headers.get('x-plimsoll-target')).toBe('d');

  const shared = await gateway.admin('POST', 'pools/other%2F*/targets', { id: 'd' });
  expect(shared.json['difference'].pools.joined).toEqual([{ pool: 'other/*', target: 'd' }]);

  const weighed = await gateway.admin('POST', 'pools/chat/targets/d/weight', { weight: 5 });
  expect(weighed.json['difference'].targets.reweighted).toEqual([{ target: 'd', from: 1, to: 5 }]);
  const weightOf = (pool: string): number | undefined =>
    gateway
      .pool(pool)
      .balancer.stats()
      .targets.find(({ id }) => id === 'd')?.weight;
  expect([weightOf('chat'), weightOf('other/*')]).toEqual([5, 5]);

  const removed = await gateway.admin('DELETE', 'pools/chat/targets/d');
  expect(removed.json['difference']).toMatchObject({
    targets: { removed: [] },
    pools: { left: [{ pool: 'chat', target: 'd' }] },
  });
  expect([weightOf('chat'), weightOf('other/*')]).toEqual([undefined, 5]);
});

it('what cannot be done is refused in the one form of errors, and changes nothing', async () => {
  await using gateway = await gatewayOf({ pools: { chat: { targets: [simulated('a')] } } });
  const wrong = await gateway.admin('POST', 'pools/chat/targets', {
    id: 'x',
    provider: 'simulatd',
    model: 'm',
  });
  expect(wrong).toMatchObject({
    status: 422,
    json: { error: { code: 'change_refused', problems: [{ path: 'provider' }] } },
  });
  expect(wrong.json['error'].problems[0].message).toContain('did you mean');
  const code = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const { status, json } = await gateway.admin(method, path, body);
    return [status, json['error'].code];
  };
  const keyOfEnvironment = { id: 'x', provider: 'openai', model: 'm', apiKey: '${OPENAI_API_KEY}' };
  expect(await code('POST', 'pools/chat/targets', keyOfEnvironment)).toEqual([
    422,
    'change_refused',
  ]);
  expect(await code('POST', 'pools/chat/targets', { id: 'a' })).toEqual([422, 'change_refused']);
  expect(await code('POST', 'pools/none/targets', { id: 'a' })).toEqual([404, 'unknown_pool']);
  expect(await code('POST', 'pools/chat/targets/x/drain')).toEqual([404, 'unknown_target']);
  expect(await code('POST', 'pools/chat/targets/a/weight', { weight: -1 })).toEqual([
    400,
    'invalid_weight',
  ]);
  expect(await code('DELETE', 'pools/chat/targets/a')).toEqual([409, 'last_target']);
  expect(await code('GET', 'reload')).toEqual([405, 'method_not_allowed']);
  expect(await code('GET', 'nothing')).toEqual([404, 'unknown_path']);
  expect(await code('GET', 'pools/%ff/targets')).toEqual([404, 'unknown_path']);
  expect(await code('GET', 'decisions?limit=0')).toEqual([400, 'invalid_limit']);
  expect(await code('GET', 'decisions?pool=none')).toEqual([404, 'unknown_pool']);
  expect(await code('GET', 'decisions/77')).toEqual([404, 'unknown_decision']);
  expect(await code('POST', 'explain', { model: 'none' })).toEqual([404, 'model_not_found']);
  expect(await code('POST', 'explain', [])).toEqual([400, 'invalid_json']);
  expect(gateway.pool('chat').balancer.stats().targets).toHaveLength(1);
});

it('decisions are listed newest first, one by its call, and one that would be made', async () => {
  await using gateway = await gatewayOf(file);
  await ask(gateway, 'chat@a');
  await ask(gateway, 'chat@b');
  await ask(gateway, 'other/x@a');
  const targets = async (path: string): Promise<unknown> =>
    (await gateway.admin('GET', path)).json['decisions'].map(
      ({ pool, target }: { pool: string; target: string }) => `${pool} ${target}`,
    );
  expect(await targets('decisions?pool=chat')).toEqual(['chat b', 'chat a']);
  expect(((await targets('decisions')) as string[]).toSorted()).toEqual([
    'chat a',
    'chat b',
    'other/* a',
  ]);
  expect(await targets('decisions?limit=1&pool=chat')).toEqual(['chat b']);
  const [{ callId }] = (await gateway.admin('GET', 'decisions?pool=chat')).json['decisions'];
  expect(await targets(`decisions/${callId}`)).toEqual(['chat b']);
  const explained = await gateway.admin('POST', 'explain', { model: 'chat', messages: hello });
  expect(explained.json).toMatchObject({ pool: 'chat', target: explained.json['order'][0] });
  expect(explained.json['order'].toSorted()).toEqual(['a', 'b']);
});

it('events are told as they come, until the gateway goes away', async () => {
  await using gateway = await gatewayOf(file);
  const headers = { authorization: 'Bearer tea' };
  const response = await fetch(`${gateway.url}/admin/events`, { headers });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  let text = '';
  const ended = (async () => {
    for await (const chunk of response.body!) text += Buffer.from(chunk).toString();
  })();
  await ask(gateway, 'chat@a');
  await gateway.admin('POST', 'pools/chat/targets/a/drain');
  await gateway.admin('POST', 'pools/chat/targets', simulated('d'));
  // The pool is another now, and is listened to as well.
  gateway.write({ pools: { chat: { strategy: 'random', targets: [simulated('b')] } } });
  expect((await gateway.admin('POST', 'reload')).status).toBe(200);
  await ask(gateway, 'chat');
  await gateway.drain();
  await ended;
  const events = text
    .split('\n\n')
    .filter((one) => one.startsWith('event'))
    .map((one) => /^event: (\w+)\ndata: (.*)$/.exec(one)!)
    .map(([, name, data]) => [name, JSON.parse(data!)] as const);
  expect(events.map(([name]) => name).filter((name) => name !== 'target')).toEqual([
    'success',
    'change',
    'change',
    'success',
  ]);
  expect(events[0]![1]).toMatchObject({ pool: 'chat', target: 'a', attempts: 1 });
  expect(events).toContainEqual([
    'target',
    { pool: 'chat', target: 'a', change: 'draining', reason: '' },
  ]);
  expect(events.at(-1)![1]).toMatchObject({ pool: 'chat', target: 'b' });
});
