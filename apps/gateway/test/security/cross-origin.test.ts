import { request } from 'node:http';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { gatewayOf, targetOf, type TestGateway, upstreams } from '../rig.ts';

let list: Awaited<ReturnType<typeof upstreams>>;
let gateway: TestGateway;

beforeAll(async () => {
  list = await upstreams(1);
  gateway = await gatewayOf({ pools: { chat: { targets: [targetOf('a', list[0]!)] } } });
});

afterAll(async () => {
  expect(list[0]!.requests).toHaveLength(0);
  await gateway[Symbol.asyncDispose]();
  await list[Symbol.asyncDispose]();
});

interface Sent {
  readonly method?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

async function send(path: string, { method = 'POST', headers, body = '' }: Sent) {
  const sent = request(gateway.url + path, { method, headers });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  return response;
}

const body = '{"model": "chat", "messages": []}';

describe('a web page cannot make a gateway without clients spend', () => {
  it.each(['text/plain', 'application/x-www-form-urlencoded', 'text/plain; application/json'])(
    'with %s, which a browser sends without asking first',
    async (type) => {
      const response = await send('/v1/chat/completions', {
        headers: { 'content-type': type },
        body,
      });
      expect(response.statusCode).toBe(415);
    },
  );

  it('with a form, which a browser sends too, though some paths take it', async () => {
    const form =
      '--b\r\ncontent-disposition: form-data; name="model"\r\n\r\nchat\r\n--b\r\n' +
      'content-disposition: form-data; name="prompt"\r\n\r\nx\r\n--b--\r\n';
    const type = 'multipart/form-data; boundary=b';
    for (const origin of ['https://evil.example', 'null']) {
      const response = await send('/v1/images/edits', {
        headers: { 'content-type': type, origin },
        body: form,
      });
      expect(response.statusCode).toBe(403);
    }
  });

  it('with JSON: the browser asks first, and is told nothing that lets it go on', async () => {
    const response = await send('/v1/chat/completions', {
      method: 'OPTIONS',
      headers: {
        origin: 'https://evil.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    expect(response.statusCode).toBe(403);
    const names = Object.keys(response.headers);
    expect(names.filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  it('under a name of its own that leads here', async () => {
    const response = await send('/v1/chat/completions', {
      headers: { 'content-type': 'application/json', host: 'evil.example' },
      body,
    });
    expect(response.statusCode).toBe(403);
  });
});

describe('a web page cannot reach the admin API', () => {
  const token = { authorization: 'Bearer tea' };

  it('even with the token', async () => {
    const type = { 'content-type': 'application/json' };
    const foreign = { ...token, ...type, origin: 'https://evil.example' };
    expect((await send('/admin/reload', { headers: foreign })).statusCode).toBe(403);
    const plain = { ...token, 'content-type': 'text/plain' };
    expect((await send('/admin/reload', { headers: plain })).statusCode).toBe(415);
    const own = { ...token, ...type, origin: gateway.url };
    expect((await send('/admin/reload', { headers: own })).statusCode).toBe(422);
  });

  it('by the token in a cookie or in the address', async () => {
    const cookie = { cookie: 'authorization=Bearer tea; token=tea' };
    const sent = { method: 'GET', headers: cookie };
    expect((await send('/admin/pools?token=tea', sent)).statusCode).toBe(401);
  });
});
