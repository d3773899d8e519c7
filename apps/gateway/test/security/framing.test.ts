import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { gatewayOf, hello, targetOf, type TestGateway, upstreams } from '../rig.ts';
import { RawConnection, rawPost, sendRaw, statuses } from './raw.ts';

const path = '/v1/chat/completions';
const start = `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n`;
const body = JSON.stringify({ model: 'chat', messages: hello });

let list: Awaited<ReturnType<typeof upstreams>>;
let gateway: TestGateway;

beforeAll(async () => {
  list = await upstreams(1);
  gateway = await gatewayOf({ pools: { chat: { targets: [targetOf('a', list[0]!)] } } });
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await list[Symbol.asyncDispose]();
});

describe('a request that a proxy in front may have read as another is refused, and what follows it too', () => {
  const smuggled = `GET /admin/pools HTTP/1.1\r\nhost: localhost\r\n\r\n`;

  it.each([
    ['both lengths', 'content-length: 4\r\ntransfer-encoding: chunked\r\n', '0\r\n\r\n'],
    ['two lengths', 'content-length: 4\r\ncontent-length: 5\r\n', '1234'],
    ['a length that is no number', 'content-length: +4\r\n', '1234'],
    ['chunked not last', 'transfer-encoding: chunked, identity\r\n', '0\r\n\r\n'],
    ['a space before the colon', 'content-length : 4\r\n', '1234'],
    ['a line folded', 'x-a: b\r\n content-length: 4\r\n', ''],
    ['a chunk of a strange length', 'transfer-encoding: chunked\r\n', '-1\r\n\r\n0\r\n\r\n'],
    ['a NUL in a header', 'x-a: b\0c\r\n', ''],
    ['a bare carriage return in a header', 'x-a: b\rcontent-length: 4\r\n', ''],
  ])('%s', async (_name, headers, rest) => {
    const received = await sendRaw(gateway.url, `${start}${headers}\r\n${rest}${smuggled}`);
    expect(statuses(received)).toEqual([400]);
    expect(list[0]!.requests).toHaveLength(0);
  });

  it('lines that end in a line feed alone', async () => {
    const received = await sendRaw(gateway.url, 'GET /healthz HTTP/1.1\nhost: localhost\n\n');
    expect(statuses(received)).toEqual([400]);
  });

  it('another transfer coding', async () => {
    const headers = 'transfer-encoding: xchunked\r\n\r\n';
    const received = await sendRaw(gateway.url, `${start}${headers}0\r\n\r\n${smuggled}`);
    // Whether it says 400 or closes at once is the parser's to choose.
    expect(statuses(received).filter((status) => status !== 400)).toEqual([]);
    expect(list[0]!.requests).toHaveLength(0);
  });

  it('no Host', async () => {
    const received = await sendRaw(
      gateway.url,
      'GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n',
    );
    expect(statuses(received)).toEqual([400]);
  });
});

describe('a gateway is no proxy', () => {
  it.each([
    'GET http://evil.example/healthz HTTP/1.1',
    'GET //evil.example/v1/models HTTP/1.1',
    'OPTIONS * HTTP/1.1',
  ])('%s', async (line) => {
    const received = await sendRaw(
      gateway.url,
      `${line}\r\nhost: localhost\r\nconnection: close\r\n\r\n`,
    );
    expect(statuses(received)).toEqual([404]);
  });

  it('CONNECT and Upgrade open no tunnel', async () => {
    const tunnel = 'CONNECT evil.example:443 HTTP/1.1\r\nhost: localhost\r\n\r\n';
    expect(await sendRaw(gateway.url, tunnel)).toBe('');
    const upgrade =
      'GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade, close\r\nupgrade: websocket\r\n\r\n';
    expect(statuses(await sendRaw(gateway.url, upgrade))).toEqual([200]);
  });
});

describe('headers have a bound', () => {
  it('of 16 KiB together', async () => {
    const large = `x-plimsoll-metadata: ${'a'.repeat(17_000)}\r\n`;
    expect(statuses(await sendRaw(gateway.url, rawPost(path, body, large)))).toEqual([431]);
  });

  it('of 100 in number', async () => {
    const many = (count: number): string => rawPost(path, body, 'a: b\r\n'.repeat(count));
    expect(statuses(await sendRaw(gateway.url, many(96)))).toEqual([200]);
    const refused = await sendRaw(gateway.url, many(97));
    expect(statuses(refused)).toEqual([431]);
    expect(refused).toContain('too_many_headers');
  });

  it('of what a chunk may say beside its length', async () => {
    const received = await sendRaw(
      gateway.url,
      `${start}transfer-encoding: chunked\r\n\r\n1;${'a'.repeat(20_000)}\r\n{\r\n0\r\n\r\n`,
    );
    expect(statuses(received)).toEqual([413]);
  });
});

describe('requests sent before the last one was answered', () => {
  const request = rawPost(path, body).replace('connection: close\r\n', '');

  it('are served one after the other', async () => {
    list[0]!.clear();
    const connection = new RawConnection(gateway.url);
    list[0]!.next({ fault: 'hang_before_head' });
    connection.socket.write(request + rawPost(path, body));
    await list[0]!.until(() => list[0]!.requests.length === 1);
    // The second would have arrived as soon: both were in one packet.
    const other = await gateway.post(path, body);
    expect(other.status).toBe(200);
    expect(list[0]!.requests).toHaveLength(2);
    connection.socket.destroy();
    await list[0]!.until(() => list[0]!.aborted.length === 1);
    expect(list[0]!.requests).toHaveLength(2);

    const both = await sendRaw(gateway.url, request + rawPost(path, body));
    expect(statuses(both)).toEqual([200, 200]);
  });

  it('are not many: past 16 the connection is closed', async () => {
    list[0]!.clear();
    list[0]!.next({ fault: 'hang_before_head' });
    const connection = new RawConnection(gateway.url);
    connection.socket.write(request.repeat(18));
    await connection.closed;
    await list[0]!.until(() => list[0]!.aborted.length === 1);
    expect(list[0]!.requests).toHaveLength(1);
    expect(connection.received).toBe('');
  });
});
