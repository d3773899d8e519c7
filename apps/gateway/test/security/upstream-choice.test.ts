import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { gatewayOf, hello, targetOf, type TestGateway, upstreams } from '../rig.ts';
import { rawPost, sendRaw, statuses } from './raw.ts';

const path = '/v1/chat/completions';

let list: Awaited<ReturnType<typeof upstreams>>;
let gateway: TestGateway;

beforeAll(async () => {
  list = await upstreams(1);
  gateway = await gatewayOf({
    pools: { chat: { targets: [targetOf('a', list[0]!, { region: 'eu' })], residency: ['eu'] } },
  });
});

beforeEach(() => list[0]!.clear());

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await list[Symbol.asyncDispose]();
});

/** What reaches the provider of every request, whoever sends it. */
const usual: IncomingHttpHeaders = {
  'accept-encoding': 'identity',
  authorization: 'Bearer sk-a',
  connection: 'keep-alive',
  'content-type': 'application/json',
  'user-agent': 'plimsoll',
};

describe('nothing of a request chooses where it goes', () => {
  it('no header reaches the provider but those of tracing', async () => {
    const headers = [
      'authorization: Bearer planted',
      'api-key: planted',
      'x-api-key: planted',
      'proxy-authorization: Basic planted',
      'cookie: planted=1',
      'forwarded: host=planted',
      'x-forwarded-for: planted',
      'x-forwarded-host: planted',
      'x-forwarded-proto: planted',
      'x-real-ip: planted',
      'x-original-url: /planted',
      'x-rewrite-url: /planted',
      'x-http-method-override: DELETE',
      'openai-organization: planted',
      'openai-project: planted',
      'openai-beta: planted',
      'te: trailers',
      'keep-alive: timeout=9',
      'upgrade: planted',
      'expect: 100-continue',
      'via: planted',
      'referer: http://planted',
      'user-agent: planted',
      'x-plimsoll-target: planted',
      'x-plimsoll-base-url: http://planted',
      'x-plimsoll-metadata: {"baseUrl": "http://planted"}',
      'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      'tracestate: vendor=value',
    ];
    const body = JSON.stringify({ model: 'chat', messages: hello });
    const received = await sendRaw(
      gateway.url,
      rawPost(path, body, headers.map((line) => `${line}\r\n`).join('')),
    );
    expect(statuses(received).at(-1)).toBe(200);
    const { host, 'content-length': _length, ...sent } = list[0]!.requests[0]!.headers;
    expect(host).toBe(new URL(list[0]!.url).host);
    expect(sent).toEqual({
      ...usual,
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      tracestate: 'vendor=value',
    });
  });

  it.each(['base_url', 'api_base', 'api_key', 'baseUrl', 'provider', 'target', 'extra_headers'])(
    'a field %s is content like any other',
    async (field) => {
      const body = { model: 'chat', messages: hello, [field]: 'http://127.0.0.1:9/planted' };
      expect((await gateway.post(path, body)).status).toBe(200);
      expect(list[0]!.requests[0]).toMatchObject({ path: '/v1/chat/completions' });
      expect(list[0]!.requests[0]!.headers.authorization).toBe('Bearer sk-a');
    },
  );

  it.each([
    'chat/../../admin',
    'chat@a/../../x',
    '../chat',
    'chat@http://127.0.0.1:9',
    'chat\r\nhost: x',
    'chat?x=1',
    'chat#x',
  ])('a model %j is the name of nothing', async (model) => {
    const response = await gateway.post(path, { model, messages: hello });
    expect(response.status).toBe(404);
    expect(list[0]!.requests).toHaveLength(0);
  });

  it.each([
    '/v1/../admin/pools',
    '/v1/%2e%2e/admin/pools',
    '/v1/chat/completions/../../../admin/pools',
    '/v1//chat/completions',
    '/V1/chat/completions',
    '/v1/chat/completions%00',
    '/v1/chat/completions;x=1',
    '/v1/responses/..%2f..%2fmodels',
    '/v1/responses/resp_1/../../models',
    '/v1/responses/resp_1%0d%0ahost:x',
  ])('the path %s leads nowhere', async (where) => {
    for (const method of ['POST', 'GET', 'DELETE']) {
      const request = `${method} ${where} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`;
      expect(statuses(await sendRaw(gateway.url, request))).toEqual([404]);
    }
    expect(list[0]!.requests).toHaveLength(0);
  });

  it('a query is handed on only where the API has one, and stays a query', async () => {
    await gateway.post(`${path}?api-version=planted`, { model: 'chat', messages: hello });
    expect(list[0]!.requests[0]!.path).toBe('/v1/chat/completions');
    await fetch(`${gateway.url}/v1/responses/resp_1?include=/../../x&host=planted`);
    expect(list[0]!.requests[1]!.path).toBe('/v1/responses/resp_1?include=/../../x&host=planted');
  });

  it('a header of tracing cannot bring another with it', async () => {
    const body = JSON.stringify({ model: 'chat', messages: hello });
    for (const value of ['00-a\rx-injected: 1', '00-a\0', '00-a\x7f']) {
      const received = await sendRaw(gateway.url, rawPost(path, body, `traceparent: ${value}\r\n`));
      expect(statuses(received)[0]).toBeGreaterThanOrEqual(400);
    }
    expect(list[0]!.requests).toHaveLength(0);
  });

  it('a header that names another region does not override residency', async () => {
    const headers = { 'x-plimsoll-region': 'us' };
    const response = await gateway.post(path, { model: 'chat', messages: hello }, headers);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-plimsoll-region')).toBe('eu');
  });
});

describe('a provider cannot send the gateway elsewhere', () => {
  // One each, as a target that fails is left alone for a while.
  const own = (): Promise<TestGateway> =>
    gatewayOf({ pools: { chat: { targets: [targetOf('a', list[0]!)] } } });

  it.each([301, 302, 303, 307, 308])('by a %i', async (status) => {
    const reached: IncomingMessage[] = [];
    await using elsewhere = createServer((request, response) => {
      reached.push(request);
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
    const { port } = elsewhere.address() as AddressInfo;
    const location = `http://127.0.0.1:${port}/latest/meta-data?key=sk-a`;
    await using gateway = await own();
    list[0]!.always({ status, headers: { location }, body: {} });
    const response = await gateway.post(path, { model: 'chat', messages: hello });
    expect(response.status).toBe(502);
    expect(response.headers.get('location')).toBeNull();
    expect(await response.text()).not.toContain('meta-data');
    expect(reached).toHaveLength(0);
  });

  it('and what its headers say of the account stays here', async () => {
    list[0]!.always({
      headers: {
        'set-cookie': ['__cf_bm=planted; path=/', 'b=planted'],
        'openai-organization': 'planted',
        'x-ratelimit-remaining-requests': '77777',
        'access-control-allow-origin': '*',
        'strict-transport-security': 'planted',
        'x-plimsoll-target': 'planted',
        server: 'planted',
        'x-request-id': 'req_1',
      },
    });
    await using gateway = await own();
    for (const stream of [false, true]) {
      const response = await gateway.post(path, { model: 'chat', messages: hello, stream });
      await response.text();
      const headers = Object.fromEntries(response.headers);
      expect(headers['x-request-id']).toBe('req_1');
      expect(headers['x-plimsoll-target']).toBe('a');
      expect(JSON.stringify(headers)).not.toMatch(/planted|77777|allow-origin/);
    }
  });
});
