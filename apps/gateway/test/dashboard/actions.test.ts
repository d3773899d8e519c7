import { upstreamErrors } from '@plimsoll/testkit';
import { expect, it } from 'vitest';

import { gatewayOf, hello, targetOf, upstreams } from '../rig.ts';

const chat = { model: 'chat', messages: hello };

it('ends a cool-down, and says when there is nothing to end', async () => {
  await using list = await upstreams(2);
  await using gateway = await gatewayOf({
    pools: { chat: { targets: [targetOf('a', list[0]!), targetOf('b', list[1]!)] } },
  });
  const path = 'pools/chat/targets/a/try';
  const nothing = await gateway.admin('POST', path);
  expect(nothing.status).toBe(409);
  expect(nothing.json['error'].message).toBe(
    'There is no cool-down of a to end and no breaker to probe: it is healthy.',
  );
  list[0]!.always(upstreamErrors.rateLimited);
  for (let count = 0; count < 2; count++) await gateway.post('/v1/chat/completions', chat);
  const tried = await gateway.admin('POST', path);
  expect(tried.status).toBe(200);
  expect(tried.json['target']).toMatchObject({ id: 'a', state: 'healthy' });
  expect((await gateway.admin('POST', 'pools/chat/targets/c/try')).status).toBe(404);
});

it('sends a request as the operator, where clients need keys', async () => {
  await using list = await upstreams(2);
  await using gateway = await gatewayOf({
    pools: {
      chat: { targets: [targetOf('a', list[0]!), targetOf('b', list[1]!, { region: 'eu' })] },
    },
    clients: [{ id: 'team', keySha256: 'ab'.repeat(32) }],
  });
  expect((await gateway.post('/v1/chat/completions', chat)).status).toBe(401);
  const send = (body: object): Promise<Response> =>
    gateway.post('/admin/send', body, { authorization: 'Bearer tea' });
  const answer = await send({ model: 'chat@b', body: { messages: hello } });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('x-plimsoll-target')).toBe('b');
  expect(await answer.json()).toHaveProperty('choices');
  const stream = await send({ model: 'chat', isStream: true, body: { messages: hello } });
  expect(stream.headers.get('content-type')).toMatch('text/event-stream');
  expect(await stream.text()).toContain('data: [DONE]');
  expect((await send({ model: 'none', body: { messages: hello } })).status).toBe(404);
  expect((await send({ model: 'chat' })).status).toBe(400);
  expect((await send({ model: 'chat', path: '/files', body: {} })).status).toBe(400);
});

it('hands on what balancing goes by, and no other header', async () => {
  await using list = await upstreams(2);
  await using gateway = await gatewayOf({
    pools: {
      chat: {
        targets: [
          targetOf('a', list[0]!, { tags: ['slow'] }),
          targetOf('b', list[1]!, { tags: ['fast'] }),
        ],
      },
    },
  });
  const headers = { key: 'user-1', tags: 'fast', explain: '1' };
  const body = { model: 'chat', body: { messages: hello }, headers };
  for (let count = 0; count < 3; count++) {
    const answer = await gateway.post('/admin/send', body, { authorization: 'Bearer tea' });
    expect(answer.headers.get('x-plimsoll-target')).toBe('b');
    await answer.text();
  }
});

it('tells the feed and the log of a target that is off its line, once', async () => {
  await using list = await upstreams(2);
  await using gateway = await gatewayOf({
    pools: {
      chat: {
        targets: [targetOf('a', list[0]!), targetOf('b', list[1]!)],
        fairness: { alertPast: 0.2 },
      },
    },
  });
  const abort = new AbortController();
  const response = await fetch(`${gateway.url}/admin/events`, {
    headers: { authorization: 'Bearer tea' },
    signal: abort.signal,
  });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  for (let count = 0; count < 150; count++) {
    await (await gateway.post('/v1/chat/completions', { ...chat, model: 'chat@a' })).text();
  }
  let text = '';
  while (!text.includes('event: fairness')) text += (await reader.read()).value ?? '';
  abort.abort();
  const [, data] = /event: fairness\ndata: (.*)\n/.exec(text)!;
  expect(JSON.parse(data!)).toEqual({
    pool: 'chat',
    target: 'a',
    change: 'off_line',
    reason: 'takes 100.0% where 50.0% was expected (2.0 ×)',
  });
  const warned = gateway.logged.filter(({ msg }) => msg === 'off its line');
  expect(warned).toMatchObject([
    { level: 40, pool: 'chat', target: 'a' },
    { level: 40, pool: 'chat', target: 'b' },
  ]);
});
