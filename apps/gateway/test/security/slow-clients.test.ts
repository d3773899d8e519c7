import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

import { loadConfig } from '@plimsoll/config';
import { pino } from 'pino';
import { expect, it } from 'vitest';

import { compose } from '../../src/compose.ts';
import { Gateway } from '../../src/gateway.ts';
import { slowReaderLimit } from '../../src/slow-reader.ts';
import { hello, targetOf, upstreams } from '../rig.ts';
import { RawConnection, rawPost, statuses } from './raw.ts';

const MEGABYTE = 1024 * 1024;

type Limits = Partial<ConstructorParameters<typeof Gateway>[0]>;

async function gatewayWith(targets: readonly object[], limits: Limits) {
  const file = { pools: { chat: { targets } } };
  const { config } = loadConfig(JSON.stringify(file), { env: {}, file: 'test' });
  const composition = await compose(config!, '.');
  const { pools } = composition;
  const log = pino({ enabled: false });
  const gateway = new Gateway({ pools, maxBodyBytes: 1000, log, ...limits });
  const { port } = await gateway.listen(0, '127.0.0.1');
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      await gateway.drain(0);
      await composition.close();
    },
  };
}

const request = rawPost('/v1/chat/completions', JSON.stringify({ model: 'chat', messages: hello }));

const simulated = { id: 'a', provider: 'simulated', model: 'm' };

it('who says nothing at all is left', async () => {
  await using gateway = await gatewayWith([simulated], {
    headersTimeoutMs: 30,
    requestTimeoutMs: 60,
  });
  const silent = new RawConnection(gateway.url);
  await silent.closed;
  expect(statuses(silent.received)).toEqual([408]);
});

it('who never takes a whole answer is left, and what waits for it is let go', async () => {
  await using list = await upstreams(1);
  // More than the systems' buffers between the two take.
  list[0]!.always({ text: 'x'.repeat(32 * MEGABYTE) });
  await using gateway = await gatewayWith([targetOf('a', list[0]!)], { stallMs: 50 });
  const reader = new RawConnection(gateway.url);
  reader.socket.pause();
  reader.socket.write(request);
  await list[0]!.until(() => list[0]!.requests[0]?.endedMs !== undefined);
  // The connection is found closed only by who reads from it, so the gateway is asked to end: it waits for no one.
  await gateway[Symbol.asyncDispose]();
  reader.socket.resume();
  await reader.closed;
  expect(reader.received.length).toBeLessThan(32 * MEGABYTE);
});

it('who takes an answer slowly, but takes it, gets all of it', async () => {
  await using list = await upstreams(1);
  list[0]!.next({ text: 'x'.repeat(32 * MEGABYTE) });
  await using gateway = await gatewayWith([targetOf('a', list[0]!)], { stallMs: 1000 });
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  let bytes = 0;
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    // A turn of the loop between two pieces, so that the gateway has to wait for each.
    socket.pause();
    setImmediate(() => socket.resume());
  });
  socket.write(request);
  await once(socket, 'close');
  expect(bytes).toBeGreaterThan(32 * MEGABYTE);
});

it('the time limit of an answer that was taken is not that of the next request', async () => {
  const timeouts: (number | undefined)[] = [];
  const server = createServer({ keepAliveTimeout: 0 }, (req, res) => {
    res.on('prefinish', slowReaderLimit(1000));
    res.end('x'.repeat(32 * MEGABYTE));
    timeouts.push(req.socket.timeout);
    res.on('finish', () => timeouts.push(req.socket.timeout));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}`);
  expect((await response.text()).length).toBe(32 * MEGABYTE);
  expect(timeouts).toEqual([1000, 0]);
  server.close();
});

it('more connections than may be are closed, until others end', async () => {
  await using gateway = await gatewayWith([simulated], { maxConnections: 2 });
  const health = 'GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n';
  const one = new RawConnection(gateway.url);
  const two = new RawConnection(gateway.url);
  for (const each of [one, two]) {
    each.socket.write(health);
    await each.until(/"ok"/);
  }
  const three = new RawConnection(gateway.url);
  await three.closed;
  expect(three.received).toBe('');
  one.socket.destroy();
  await one.closed;
  let served = '';
  while (served === '') {
    const next = new RawConnection(gateway.url);
    next.socket.write(health.replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n'));
    await next.closed;
    served = next.received;
  }
  expect(statuses(served)).toEqual([200]);
  two.socket.destroy();
});
