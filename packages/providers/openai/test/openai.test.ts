import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { ChunkKind, type Failure, type Provider } from '@plimsoll/core';
import { openAIUpstream, targetOf, upstreamErrors } from '@plimsoll/testkit';
import OpenAI from 'openai';
import { Agent } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openai, type OpenAIOptions } from '../src/index.ts';
import { Collected, start } from './collect.ts';

const upstream = openAIUpstream();
const messages = [{ role: 'user', content: 'Hi' }];
const plain = { model: 'gpt-test', messages };
const stream = { ...plain, stream: true };
const apiKey = 'sk-secret-key';

beforeAll(async () => {
  await upstream.listen();
});
afterEach(async () => {
  await Promise.all(providers.splice(0).map((one) => one.close!()));
  upstream.clear();
});
afterAll(() => upstream.close());

const providers: Provider[] = [];
/** An adapter for the upstream that is closed after the test. */
function provider(options: OpenAIOptions = {}) {
  const one = openai({ baseUrl: upstream.url, apiKey, ...options });
  providers.push(one);
  return one;
}

describe('what is sent', () => {
  it('is the body as it came, with the credential and without a compression', async () => {
    await start(provider(), plain).over;
    const [request] = upstream.requests;
    expect(request!.method).toBe('POST');
    expect(request!.path).toBe('/v1/chat/completions');
    expect(request!.body.toString()).toBe(JSON.stringify(plain));
    expect(request!.headers).toMatchObject({
      authorization: 'Bearer sk-secret-key',
      'content-type': 'application/json',
      'content-length': String(JSON.stringify(plain).length),
      'accept-encoding': 'identity',
      'user-agent': 'plimsoll',
    });
  });

  it("names the target's model, and asks a stream for its usage", async () => {
    await start(provider(), stream, { target: { model: 'gpt-5' } }).over;
    expect(upstream.requests[0]!.json).toEqual({
      ...stream,
      model: 'gpt-5',
      stream_options: { include_usage: true },
    });
  });

  it('hands on headers of the caller, but no credential and none of our own', async () => {
    const headers = {
      traceparent: '00-1-2-03',
      authorization: 'Bearer of-the-caller',
      'x-api-key': 'of-the-caller',
      'accept-encoding': 'gzip',
      'x-title': 'theirs',
    };
    await start(provider({ headers: { 'X-Title': 'ours' } }), plain, { headers }).over;
    const sent = upstream.requests[0]!.headers;
    expect(sent).toMatchObject({ traceparent: '00-1-2-03', 'x-title': 'ours' });
    expect(JSON.stringify(sent)).not.toContain('of-the-caller');
    expect(sent['accept-encoding']).toBe('identity');
  });

  it('names organisation and project', async () => {
    await start(provider({ organization: 'org-1', project: 'proj-1' }), plain).over;
    expect(upstream.requests[0]!.headers).toMatchObject({
      'openai-organization': 'org-1',
      'openai-project': 'proj-1',
    });
  });

  it('is a GET for the list of models', async () => {
    const { end, text } = await start(provider(), {}, { path: '/models', method: 'GET' }).over;
    expect(upstream.requests[0]).toMatchObject({ method: 'GET', path: '/v1/models' });
    expect(upstream.requests[0]!.headers).not.toHaveProperty('content-type');
    expect(end).toBeDefined();
    expect(JSON.parse(text)).toHaveProperty('data');
  });

  it.each([
    ['2024-10-21', '/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21'],
    [undefined, '/openai/v1/chat/completions'],
  ])('takes the path of Azure, version %s', async (apiVersion, path) => {
    const baseUrl = new URL(upstream.url).origin;
    const azure = provider({ preset: 'azure', baseUrl, apiVersion });
    await start(azure, plain, { target: { model: 'my gpt' } }).over;
    expect(upstream.requests[0]!.path).toBe(path);
    expect(upstream.requests[0]!.headers).toMatchObject({ 'api-key': apiKey });
    expect(upstream.requests[0]!.headers).not.toHaveProperty('authorization');
  });

  it.each(['/responses', '/responses/resp_1?include=x'])(
    'names no deployment for %s',
    async (path) => {
      const baseUrl = new URL(upstream.url).origin;
      const azure = provider({ preset: 'azure', baseUrl, apiVersion: '2024-10-21' });
      const method = path === '/responses' ? 'POST' : 'GET';
      await start(azure, plain, { path, method }).over;
      const joint = path.includes('?') ? '&' : '?';
      expect(upstream.requests[0]!.path).toBe(`/openai${path}${joint}api-version=2024-10-21`);
    },
  );

  it('may delete, and sends no body and no type then', async () => {
    await start(provider(), {}, { method: 'DELETE', path: '/responses/resp_1' }).over;
    expect(upstream.requests[0]).toMatchObject({ method: 'DELETE', path: '/v1/responses/resp_1' });
    expect(upstream.requests[0]!.headers).not.toHaveProperty('content-type');
    expect(upstream.requests[0]!.body).toHaveLength(0);
  });

  it('takes the name of an Azure deployment from the caller where the target leaves it open', async () => {
    const baseUrl = new URL(upstream.url).origin;
    const azure = provider({ preset: 'azure', baseUrl, apiVersion: '2024-10-21' });
    await start(azure, plain, { target: { model: '*' } }).over;
    expect(upstream.requests[0]!.path).toContain('/deployments/gpt-test/');
  });

  it('has no stream options where the API rejects them', async () => {
    const asked = { ...stream, stream_options: { include_usage: true } };
    await start(provider({ preset: 'mistral' }), asked).over;
    expect(upstream.requests[0]!.json).toEqual(stream);
  });

  it('is no credential where there is none', async () => {
    await start(provider({ apiKey: undefined }), plain).over;
    expect(upstream.requests[0]!.headers).not.toHaveProperty('authorization');
  });
});

describe('an answer', () => {
  it('that is whole comes in one piece, with usage and model', async () => {
    const { head, chunks, end } = await start(provider(), plain).over;
    expect(head!.status).toBe(200);
    expect(head!.headers).toMatchObject({ 'x-request-id': 'req_1' });
    expect(head!.headers).not.toHaveProperty('connection');
    expect(chunks).toHaveLength(1);
    expect(chunks[0]![1]).toBe(ChunkKind.content);
    expect(end).toMatchObject({ model: 'gpt-test', usage: { outputTokens: 4 } });
  });

  it('that is sound comes piece by piece, unread', async () => {
    upstream.always({ soundBytes: 2500, chunkDelayMs: 1 });
    const request = { model: 'gpt-test', voice: 'alloy', input: 'Hi' };
    const { head, chunks, end } = await start(provider(), request, { path: '/audio/speech' }).over;
    expect(head!.headers['content-type']).toBe('audio/mpeg');
    expect(chunks.length).toBeGreaterThan(1);
    expect(end).toEqual({});
  });

  it('that is sound may be had elsewhere until it has begun', async () => {
    const ask = async (faultAfter: number): Promise<Failure> => {
      upstream.always({ fault: 'reset_in_body', faultAfter, chunkDelayMs: 5 });
      const request = { model: 'gpt-test', voice: 'alloy', input: 'Hi' };
      return (await start(provider(), request, { path: '/audio/speech' }).over).failure!;
    };
    expect(await ask(0)).toMatchObject({ kind: 'network', verdict: 'failover' });
    expect(await ask(1)).toMatchObject({ kind: 'stream', verdict: 'fail' });
  });

  it('about a kept response is no failure of the target', async () => {
    const of = (): Promise<Collected> =>
      start(provider(), {}, { method: 'GET', path: '/responses/resp_1' }).over;
    expect((await of()).failure).toMatchObject({
      kind: 'pinned_state',
      verdict: 'fail',
      isHealthFailure: false,
      answer: { head: { status: 404 } },
    });
    upstream.always({ body: { object: 'response', status: 'failed', error: { code: 'x' } } });
    expect((await of()).end).toBeDefined();
    upstream.always({ body: { error: { code: 'server_error', message: 'm' } } });
    expect((await of()).failure).toMatchObject({ kind: 'server' });
  });

  it('that says a response failed is a failure by its own code', async () => {
    const error = { message: 'm', type: '', code: 'rate_limit_exceeded' };
    upstream.always({ fault: 'failed_response', faultAfter: 0, error });
    for (const stream of [false, true]) {
      const json = { model: 'gpt-test', input: 'Hi', stream };
      const { failure } = await start(provider(), json, { path: '/responses' }).over;
      expect(failure).toMatchObject({ kind: 'throttle', verdict: 'cooldown' });
    }
  });

  it('of embeddings reports its usage', async () => {
    const request = { model: 'gpt-test', input: ['a', 'b'] };
    const { end } = await start(provider(), request, { path: '/embeddings' }).over;
    expect(end!.usage!.inputTokens).toBeGreaterThan(0);
    expect(end!.usage!.outputTokens).toBe(0);
  });

  it.each([1, 7, 64])(
    'that is streamed in pieces of %d bytes hides usage nobody asked for',
    async (pieceBytes) => {
      upstream.always({ pieceBytes, usage: { promptTokens: 3, completionTokens: 5 } });
      const { text, end } = await start(provider(), stream).over;
      expect(text).not.toContain('"prompt_tokens"');
      expect(text).toMatch(/data: \[DONE\]\n\n$/);
      expect(end).toMatchObject({ model: 'gpt-test', usage: { inputTokens: 3, outputTokens: 5 } });
    },
  );

  it('shows the usage that the caller asked for', async () => {
    const asked = { ...stream, stream_options: { include_usage: true } };
    const { text } = await start(provider(), asked).over;
    expect(text).toContain('"prompt_tokens"');
  });

  it('with several choices ends when all have', async () => {
    const { end, text } = await start(provider(), { ...stream, n: 3 }).over;
    expect(end).toBeDefined();
    expect(text.match(/"finish_reason":"stop"/g)).toHaveLength(3);
  });

  it('without end marker gets one', async () => {
    upstream.always({ fault: 'no_done' });
    const { end, text } = await start(provider(), stream).over;
    expect(end).toBeDefined();
    expect(text).toMatch(/data: \[DONE\]\n\n$/);
  });

  it('past the bound is passed on as it comes', async () => {
    upstream.always({ text: 'word '.repeat(1000), pieceBytes: 500 });
    const { head, text, chunks, end } = await start(provider({ maxBodyBytes: 1000 }), plain).over;
    expect(head!.status).toBe(200);
    expect(chunks.length).toBeGreaterThan(1);
    expect(chunks.every(([, kind]) => kind === ChunkKind.content)).toBe(true);
    expect(JSON.parse(text)).toHaveProperty('usage');
    expect(end).toEqual({});
  });

  it('is held back no more once it broke the bound, so its end is told as it is', async () => {
    upstream.always({ text: 'word '.repeat(1000), pieceBytes: 500, fault: 'reset_in_body' });
    const { failure } = await start(provider({ maxBodyBytes: 1000 }), plain).over;
    expect(failure).toMatchObject({ kind: 'stream', verdict: 'fail', isHealthFailure: true });
  });

  it.each([plain, stream])(
    'in an encoding nobody asked for is handed on unread',
    async (request) => {
      const bytes = gzipSync('data');
      const headers = { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' };
      const type =
        request === stream ? headers : { ...headers, 'content-type': 'application/json' };
      await using server = await serve(200, type, bytes);
      const { head, chunks, end } = await start(openai({ baseUrl: server.url }), request).over;
      expect(head!.headers['content-encoding']).toBe('gzip');
      expect(chunks.map(([, kind]) => kind)).toEqual([ChunkKind.content]);
      expect(end).toEqual({});
    },
  );

  it('without a body is an answer', async () => {
    await using server = await serve(204, {}, '');
    const { head, end, chunks } = await start(openai({ baseUrl: server.url }), plain).over;
    expect(head!.status).toBe(204);
    expect(chunks).toEqual([]);
    expect(end).toEqual({});
  });
});

describe('a failure', () => {
  it('hands over the answer of the API', async () => {
    upstream.always({ ...upstreamErrors.badRequest, headers: { 'x-note': 'n' } });
    const { failure, head } = await start(provider(), plain).over;
    expect(head).toBeUndefined();
    expect(failure).toMatchObject({ kind: 'bad_request', verdict: 'fail', status: 400 });
    expect(failure!.answer!.head).toMatchObject({ status: 400, headers: { 'x-note': 'n' } });
    expect(JSON.parse(Buffer.from(failure!.answer!.body).toString())).toEqual({
      error: upstreamErrors.badRequest.error,
    });
  });

  it.each([
    ['rateLimited', 'throttle'],
    ['quotaExhausted', 'money'],
    ['slowDown', 'ramp'],
    ['invalidKey', 'auth'],
    ['unknownModel', 'model_access'],
    ['tooLong', 'too_long'],
    ['contentFilter', 'policy'],
    ['serverError', 'server'],
    ['overloaded', 'overload'],
  ] as const)('%s is one of %s, streamed or not', async (name, kind) => {
    upstream.always(upstreamErrors[name]);
    for (const request of [plain, stream]) {
      expect((await start(provider(), request).over).failure!.kind).toBe(kind);
    }
  });

  it('hides in a body of status 200', async () => {
    upstream.always({ fault: 'error_event', error: upstreamErrors.rateLimited.error! });
    const { failure, head } = await start(provider(), plain).over;
    expect(head).toBeUndefined();
    expect(failure).toMatchObject({ kind: 'throttle', verdict: 'cooldown' });
  });

  it('in a stream before any content is what its code says', async () => {
    upstream.always({
      fault: 'error_event',
      faultAfter: 0,
      error: upstreamErrors.rateLimited.error!,
    });
    const { failure } = await start(provider(), stream).over;
    expect(failure).toMatchObject({ kind: 'throttle', verdict: 'cooldown' });
  });

  it('in a stream after content ends it', async () => {
    upstream.always({ fault: 'error_event', faultAfter: 1 });
    const { failure, text } = await start(provider(), stream).over;
    expect(text).toContain('Hello');
    expect(text).not.toContain('"error"');
    expect(failure).toMatchObject({ kind: 'stream', verdict: 'fail', isHealthFailure: true });
  });

  it.each(['reset_in_body', 'close_in_body', 'end_in_body', 'no_finish'] as const)(
    'is a stream with the fault %s after content, and never its end',
    async (fault) => {
      // In pieces, so that the content has left when the connection goes.
      upstream.always({ fault, faultAfter: 1, pieceBytes: 4096 });
      const { failure, text } = await start(provider(), stream).over;
      expect(failure).toMatchObject({ kind: 'stream', verdict: 'fail', isHealthFailure: true });
      expect(text).not.toContain('[DONE]');
    },
  );

  it.each([
    ['reset_in_body', 'network'],
    ['end_in_body', 'stream'],
  ] as const)('before content (%s) may be tried elsewhere', async (fault, kind) => {
    upstream.always({ fault, faultAfter: 0 });
    const { failure } = await start(provider(), stream).over;
    expect(failure).toMatchObject({ kind, verdict: 'failover', isHealthFailure: true });
  });

  it('is a malformed event that may have been content', async () => {
    upstream.always({ fault: 'malformed_event', faultAfter: 1 });
    const { failure, chunks } = await start(provider(), stream).over;
    expect(failure).toMatchObject({ kind: 'stream', verdict: 'fail' });
    for (const [text] of chunks)
      for (const event of text.trim().split('\n\n')) JSON.parse(event.slice(6));
  });

  it('is a whole answer that is cut off or no JSON', async () => {
    for (const fault of ['malformed_event', 'end_in_body'] as const) {
      upstream.always({ fault });
      const { failure, chunks } = await start(provider(), plain).over;
      expect(failure).toMatchObject({ kind: 'stream', verdict: 'failover', isHealthFailure: true });
      expect(chunks).toEqual([]);
    }
  });

  it('is known by its status alone where its body breaks off', async () => {
    upstream.always({ ...upstreamErrors.rateLimited, fault: 'reset_in_body' });
    const { failure } = await start(provider(), plain).over;
    expect(failure).toMatchObject({ kind: 'throttle', status: 429 });
  });

  it('is read to a bound', async () => {
    await using server = await serve(500, {}, Buffer.alloc(3 * 1024 * 1024, 'x'));
    const { failure } = await start(openai({ baseUrl: server.url }), plain).over;
    expect(failure).toMatchObject({ kind: 'server', status: 500 });
    expect(failure!.answer!.body.length).toBeLessThanOrEqual(1024 * 1024);
  });

  it('is a header of the caller that cannot be sent', async () => {
    const { failure } = await start(provider(), plain, { headers: { 'x-a': 'b\nc' } }).over;
    expect(failure).toMatchObject({ kind: 'bad_request', verdict: 'fail', isHealthFailure: false });
  });
});

describe('connections', () => {
  beforeEach(() => upstream.until(() => upstream.activeConnections === 0));

  it('are used again, also after a stream', async () => {
    const one = provider();
    for (const request of [plain, stream, plain, stream]) {
      await start(one, request).over;
      await turns();
    }
    expect(upstream.activeConnections).toBe(1);
    await one.close!();
    await upstream.until(() => upstream.activeConnections === 0);
  });

  it('are shared by adapters of one origin until the last one is closed', async () => {
    const [one, two] = [provider(), provider()];
    await start(one, plain).over;
    await turns();
    await one.close!();
    await one.close!();
    await start(two, plain).over;
    expect(upstream.activeConnections).toBe(1);
    await two.close!();
    await upstream.until(() => upstream.activeConnections === 0);
  });

  it('of a dispatcher that was handed in are left to its owner', async () => {
    const dispatcher = new Agent();
    const own = provider({ dispatcher });
    await start(own, plain).over;
    await own.close!();
    expect((await start(own, plain).over).end).toBeDefined();
    await dispatcher.destroy();
  });

  it('are not left to an upstream that never ends its answers', async () => {
    // Complete but for the end of the body: every stream says all, and stays open.
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(
        'data: {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
      );
    });
    const url = await listen(server);
    const held = openai({ baseUrl: url });
    for (let count = 0; count < 80; count++) {
      expect((await start(held, stream).over).end).toBeDefined();
    }
    await turns();
    const open = await new Promise<number>((resolve) =>
      server.getConnections((_, number) => resolve(number)),
    );
    expect(open).toBeLessThanOrEqual(66);
    await held.close!();
    await close(server);
  });

  it('are given up at once by an abort', async () => {
    upstream.always({ fault: 'stall_in_body', faultAfter: 1 });
    const one = provider();
    const collected = new Collected();
    await new Promise<void>((resolve) => {
      collected.onText = (text) => text.includes('Hello') && resolve();
      start(one, stream, { collected });
    });
    const beforeMs = performance.now();
    collected.control!.abort();
    await upstream.until(() => upstream.aborted.length === 1);
    expect(performance.now() - beforeMs).toBeLessThan(50);
    await one.close!();
  });

  it('of a stream that was paused as it ended are used again', async () => {
    const one = provider();
    for (let count = 0; count < 2; count++) {
      const collected = new Collected();
      collected.onText = (text) => text.includes('[DONE]') && collected.control!.pause();
      await start(one, stream, { collected }).over;
      await turns();
    }
    expect(upstream.activeConnections).toBe(1);
    await one.close!();
  });
});

describe('probe', () => {
  const outcome = (one = provider()) =>
    new Promise<Failure | undefined>((resolve) => {
      let hasReturned = false;
      one.probe!(targetOf(), (failure) => {
        expect(hasReturned).toBe(true);
        resolve(failure);
      });
      hasReturned = true;
    });

  it('reaches an API that answers, also with a refusal', async () => {
    expect(await outcome()).toBeUndefined();
    upstream.always(upstreamErrors.invalidKey);
    expect(await outcome()).toBeUndefined();
    expect(upstream.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v1/models',
      'GET /v1/models',
    ]);
  });

  it('tells a server that fails or is not there', async () => {
    upstream.always(upstreamErrors.serverError);
    expect(await outcome()).toMatchObject({ kind: 'server' });
    upstream.always({ fault: 'reset_before_head' });
    expect(await outcome()).toMatchObject({ kind: 'network' });
  });

  it('tells nothing after an abort', async () => {
    const told: unknown[] = [];
    provider().probe!(targetOf(), (failure) => told.push(failure)).abort();
    await turns();
    expect(told).toEqual([]);
  });
});

describe('the credential', () => {
  it('cannot be seen in the adapter, an attempt, or what an API repeats of it', async () => {
    upstream.always({
      status: 401,
      headers: { 'x-echo': [apiKey, 'a'] },
      error: { message: `Bad key ${apiKey}`, type: 'invalid_request_error', code: apiKey },
    });
    const one = provider();
    const { failure, control } = await start(one, plain).over;
    expect(failure).toMatchObject({ kind: 'auth', message: 'Bad key ***' });
    for (const value of [one, control, failure]) {
      expect(inspect(value, { depth: 9, showHidden: true }) + JSON.stringify(value)).not.toContain(
        apiKey,
      );
    }
    expect(Buffer.from(failure!.answer!.body).toString()).toContain('Bad key ***');
  });
});

describe('options', () => {
  it.each<[options: unknown, message: string]>([
    [{ preset: 'gpt' }, 'openai: `preset` must be one of openai, azure, groq'],
    [{ preset: 'toString' }, 'openai: `preset`'],
    [{}, 'openai: `apiKey` must be the credential of the API, got undefined'],
    [
      { apiKey: 'sk with space' },
      'openai: `apiKey` must be a string of visible ASCII characters, got "(not shown)"',
    ],
    [{ apiKey: '' }, 'openai: `apiKey`'],
    [
      { preset: 'azure', apiKey },
      'openai: `baseUrl` must be an http or https URL without user and query, got undefined',
    ],
    [{ baseUrl: 'localhost:80' }, 'openai: `baseUrl`'],
    [{ baseUrl: 'http://u:p@h/' }, 'openai: `baseUrl`'],
    [{ baseUrl: 'http://h/?a=b' }, 'openai: `baseUrl`'],
    [{ baseUrl: 'http://h/', apiVersion: '2024-10-21' }, 'openai: `apiVersion`'],
    [{ preset: 'azure', baseUrl: 'http://h/', apiVersion: 'a b' }, 'openai: `apiVersion`'],
    [{ baseUrl: 'http://h/', headers: { 'a b': 'c' } }, 'openai: `headers`'],
    [{ baseUrl: 'http://h/', headers: { Host: 'c' } }, 'openai: `headers`'],
    [{ baseUrl: 'http://h/', headers: { a: 'b\n' } }, 'openai: `headers`'],
    [{ baseUrl: 'http://h/', project: 'é\u0100' }, 'openai: `headers`'],
    [
      { baseUrl: 'http://h/', maxBodyBytes: 0 },
      'openai: `maxBodyBytes` must be an integer >= 1, got 0',
    ],
  ])('%o is refused', (options, message) => {
    expect(() => openai(options as never)).toThrow(message);
  });

  it.each(['vllm', 'ollama'] as const)('%s needs no credential', async (preset) => {
    const local = openai({ preset });
    expect(local.name).toBe(preset);
    await local.close!();
  });
});

describe('classify', () => {
  const client = () => new OpenAI({ baseURL: upstream.url, apiKey, maxRetries: 0 });
  const thrownBy = async (call: () => Promise<unknown>): Promise<unknown> => {
    try {
      await call();
    } catch (error) {
      return error;
    }
    throw new Error('nothing was thrown');
  };
  const ask = () =>
    client().chat.completions.create({
      model: 'gpt-test',
      messages: [{ role: 'user', content: 'Hi' }],
    });

  it.each([
    ['rateLimited', 'throttle', 'cooldown'],
    ['quotaExhausted', 'money', 'cooldown'],
    ['invalidKey', 'auth', 'cooldown'],
    ['tooLong', 'too_long', 'conditional'],
    ['badRequest', 'bad_request', 'fail'],
    ['badGateway', 'server', 'failover'],
  ] as const)('knows %s as the official client throws it', async (name, kind, verdict) => {
    upstream.always({ ...upstreamErrors[name], headers: { 'retry-after-ms': '120' } });
    const thrown = await thrownBy(ask);
    expect(provider().classify(thrown)).toMatchObject({
      kind,
      verdict,
      retryAfterMs: 120,
      status: upstreamErrors[name].status,
      cause: thrown,
    });
  });

  it('knows an error in the middle of a stream', async () => {
    upstream.always({ fault: 'error_event', error: upstreamErrors.overloaded.error! });
    const thrown = await thrownBy(async () => {
      const answer = await client().chat.completions.create({
        model: 'gpt-test',
        messages: [{ role: 'user', content: 'Hi' }],
        stream: true,
      });
      for await (const _ of answer);
    });
    expect(provider().classify(thrown)).toMatchObject({ kind: 'overload' });
  });

  it('knows a connection that was refused or reset', async () => {
    upstream.always({ fault: 'reset_before_head' });
    expect(provider().classify(await thrownBy(ask))).toMatchObject({
      kind: 'network',
      verdict: 'failover',
      isHealthFailure: true,
    });
  });

  it("knows the client's own abort and timeout", async () => {
    upstream.always({ fault: 'hang_before_head' });
    const late = await thrownBy(() => client().models.list({ timeout: 1, maxRetries: 0 }));
    expect(provider().classify(late)).toMatchObject({ kind: 'timeout', verdict: 'failover' });
    const aborted = await thrownBy(() => client().models.list({ signal: AbortSignal.abort() }));
    expect(provider().classify(aborted)).toMatchObject({ kind: 'aborted', verdict: 'abort' });
  });
});

/** Some turns of the event loop, in which what is on its way on loopback arrives. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

/** A server that always answers the same. */
async function serve(status: number, headers: Record<string, string>, body: string | Buffer) {
  const server = createServer((_, response) => void response.writeHead(status, headers).end(body));
  return { url: await listen(server), [Symbol.asyncDispose]: () => close(server) };
}
