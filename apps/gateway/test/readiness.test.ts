import { once } from 'node:events';
import { connect } from 'node:net';

import { expect, it } from 'vitest';

import { gatewayOf, hello, targetOf, upstreams } from './rig.ts';

it('a gateway is ready while one of its pools has a usable target', async () => {
  await using list = await upstreams(2);
  const breaker = { failures: 1, reset: '1h' };
  const pool = (id: string, index: number): object => ({
    targets: [targetOf(id, list[index]!)],
    health: { breaker },
  });
  await using gateway = await gatewayOf({ pools: { chat: pool('a', 0), other: pool('b', 1) } });
  const ready = async (): Promise<unknown> => {
    const response = await fetch(`${gateway.url}/readyz`);
    return [response.status, await response.json()];
  };
  const fail = async (model: string): Promise<void> => {
    await (await gateway.post('/v1/chat/completions', { model, messages: hello })).text();
  };
  expect(await ready()).toEqual([
    200,
    { status: 'ready', pools: { chat: 'ready', other: 'ready' } },
  ]);

  for (const upstream of list) await upstream.close();
  await fail('chat');
  expect(await ready()).toEqual([
    200,
    { status: 'ready', pools: { chat: 'no usable target', other: 'ready' } },
  ]);

  await fail('other');
  expect(await ready()).toEqual([
    503,
    {
      status: 'no usable target',
      pools: { chat: 'no usable target', other: 'no usable target' },
    },
  ]);
});

it('a gateway that is going away lets a stream end, and refuses what follows on its connection', async () => {
  await using list = await upstreams(1);
  list[0]!.always({ text: 'one two three', chunkDelayMs: 50 });
  await using gateway = await gatewayOf({
    pools: { chat: { targets: [targetOf('a', list[0]!)] } },
  });
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  const body = JSON.stringify({ model: 'chat', messages: hello, stream: true });
  const post =
    'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n' +
    `content-length: ${body.length}\r\n\r\n${body}`;
  let text = '';
  socket.on('data', (chunk) => (text += chunk));
  socket.write(post);
  await once(socket, 'data');
  const drained = gateway.drain();
  socket.write('GET /readyz HTTP/1.1\r\nhost: localhost\r\n\r\n');
  await once(socket, 'close');
  await drained;
  const [stream, readiness] = text.split('HTTP/1.1 503');
  expect(stream).toContain('data: [DONE]');
  expect(readiness).toContain('"status":"draining"');
  expect(readiness?.toLowerCase()).toContain('connection: close');
});
