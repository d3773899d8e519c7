import { connect } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

import { expect, it } from 'vitest';

import { gatewayOf, hello, targetOf, upstreams } from './rig.ts';

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

it('a client that stops reading stops the upstream, and gets all of it once it reads again', async () => {
  await using list = await upstreams(1);
  const [upstream] = list;
  // 64 MB, far more than what the systems' own buffers between the three can take.
  const word = ` ${'x'.repeat(MEGABYTE - 1)}`;
  upstream!.always({ text: word.repeat(64) });
  await using gateway = await gatewayOf({
    pools: { chat: { targets: [targetOf('a', upstream!)] } },
  });

  const body = JSON.stringify({ model: 'chat', messages: hello, stream: true });
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  socket.pause();
  socket.write(
    'POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n' +
      `content-length: ${body.length}\r\n\r\n${body}`,
  );
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
