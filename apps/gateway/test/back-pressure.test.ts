import { connect, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

import { expect, it } from 'vitest';

import { gatewayOf, hello, targetOf, type TestGateway, upstreams } from './rig.ts';

const MEGABYTE = 1024 * 1024;

/** The value that `read` gives once it has not changed for 500 turns of the loop, in which sockets would have moved. */
async function settled(read: () => number): Promise<number> {
  let value = read();
  for (let turns = 0; turns < 500; turns++) {
    await turn();
    if (read() === value) continue;
    value = read();
    turns = 0;
  }
  return value;
}

/** Asks for a stream, and reads nothing of it until told to. */
function ask(gateway: TestGateway): Socket {
  const body = JSON.stringify({ model: 'chat', messages: hello, stream: true });
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  socket.pause();
  socket.write(
    'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n' +
      `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  return socket;
}

it('a client that stops reading stops the upstream, and gets all of it once it reads again', async () => {
  await using list = await upstreams(1);
  const [upstream] = list;
  // 64 MB, far more than what the systems' own buffers between the three can take.
  const word = ` ${'x'.repeat(MEGABYTE - 1)}`;
  upstream!.always({ text: word.repeat(64) });
  await using gateway = await gatewayOf({
    pools: { chat: { targets: [targetOf('a', upstream!)] } },
  });

  const socket = ask(gateway);
  await upstream!.until(() => upstream!.requests[0]?.isBlocked === true);
  const sentBytes = await settled(() => upstream!.requests[0]!.sentBytes);
  expect(sentBytes).toBeLessThan(32 * MEGABYTE);

  let received = 0;
  let tail = '';
  socket.on('data', (chunk: Buffer) => {
    received += chunk.length;
    tail = (tail + chunk.toString()).slice(-100);
  });
  socket.resume();
  await new Promise((resolve) => socket.on('close', resolve));
  expect(received).toBeGreaterThan(64 * MEGABYTE);
  expect(tail).toContain('data: [DONE]');
});

it('a client that reads no more for too long is left, and its upstream with it', async () => {
  await using list = await upstreams(1);
  const [upstream] = list;
  upstream!.always({ text: ` ${'x'.repeat(MEGABYTE - 1)}`.repeat(64) });
  await using gateway = await gatewayOf({
    pools: { chat: { targets: [targetOf('a', upstream!)], retry: { idle: '200ms' } } },
  });
  const socket = ask(gateway);
  await upstream!.until(() => upstream!.aborted.length === 1);
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.resume();
  await closed;
  expect(gateway.pool('chat').balancer.stats()).toMatchObject({
    failed: 1,
    targets: [{ inFlight: 0 }],
  });
});
