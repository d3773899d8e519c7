import { connect } from 'node:net';

import { pino } from 'pino';
import { expect, it } from 'vitest';

import { Gateway } from '../src/gateway.ts';

it.each([
  [
    'a request’s headers come too slowly',
    'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n',
  ],
  [
    'a request’s body comes too slowly',
    'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
  ],
])('a connection is closed with 408 when %s', async (_name, start) => {
  const log = pino({ enabled: false });
  const gateway = new Gateway({
    pools: [],
    maxBodyBytes: 1000,
    log,
    headersTimeoutMs: 30,
    requestTimeoutMs: 60,
  });
  const { port } = await gateway.listen(0, '127.0.0.1');
  const socket = connect(port, '127.0.0.1');
  socket.write(start);
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk));
  await new Promise((resolve) => socket.on('close', resolve));
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  await gateway.drain(0);
});
