import { request } from 'node:http';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { gatewayOf, hello, targetOf, type TestGateway, upstreams } from './rig.ts';

let list: Awaited<ReturnType<typeof upstreams>>;
let gateway: TestGateway;

beforeAll(async () => {
  list = await upstreams(1);
  gateway = await gatewayOf({
    server: { maxBodyBytes: 2000 },
    pools: {
      chat: { targets: [targetOf('a', list[0]!)] },
      'gpt-*': { targets: ['a'] },
    },
  });
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await list[Symbol.asyncDispose]();
});

async function errorOf(response: Response): Promise<[number, unknown]> {
  const { error } = (await response.json()) as { error: unknown };
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(response.headers.get('x-plimsoll-request-id')).toMatch(/^[0-9a-f]{8}-\d+$/);
  return [response.status, error];
}

describe('a bad request is told what is wrong with it, and the gateway goes on', () => {
  it.each(['{"model": "chat"', '', '[1]', '"chat"', 'null'])('malformed JSON: %j', async (body) => {
    expect(await errorOf(await gateway.post('/v1/chat/completions', body))).toEqual([
      400,
      {
        message: 'The body is not a JSON object.',
        type: 'invalid_request_error',
        param: null,
        code: 'invalid_json',
      },
    ]);
  });

  it('no model', async () => {
    expect(await errorOf(await gateway.post('/v1/chat/completions', { messages: hello }))).toEqual([
      400,
      {
        message: 'The body must name a pool as its `model`, a string.',
        type: 'invalid_request_error',
        param: 'model',
        code: 'missing_model',
      },
    ]);
  });

  it.each(['claude', 'chat@nobody', 'chat@', '@a'])('unknown model: %s', async (model) => {
    expect(await errorOf(await gateway.post('/v1/embeddings', { model, input: 'x' }))).toEqual([
      404,
      {
        message: `The model \`${model}\` does not exist here. What exists: chat, gpt-*; chat@a asks for one target.`,
        type: 'invalid_request_error',
        param: 'model',
        code: 'model_not_found',
      },
    ]);
  });

  it('wrong content type, and a compressed body', async () => {
    const plain = await gateway.post('/v1/chat/completions', 'x', { 'content-type': 'text/plain' });
    expect(await errorOf(plain)).toEqual([
      415,
      {
        message: 'The content-type must be application/json, uncompressed; got text/plain.',
        type: 'invalid_request_error',
        param: null,
        code: 'unsupported_media_type',
      },
    ]);
    const zipped = await gateway.post('/v1/chat/completions', 'x', { 'content-encoding': 'gzip' });
    expect(zipped.status).toBe(415);
  });

  it('unknown path and wrong method', async () => {
    const unknown = await gateway.post('/v1/chat', {});
    expect(await errorOf(unknown)).toEqual([
      404,
      {
        message:
          'There is no /v1/chat here; there are /v1/chat/completions, /v1/completions, /v1/responses, /v1/responses/compact, /v1/responses/input_tokens, /v1/embeddings, /v1/moderations, /v1/images/generations, /v1/images/edits, /v1/images/variations, /v1/audio/speech, /v1/audio/transcriptions, /v1/audio/translations, /v1/models, /healthz, /readyz, /metrics.',
        type: 'invalid_request_error',
        param: null,
        code: 'unknown_path',
      },
    ]);
    const wrong = await fetch(`${gateway.url}/v1/chat/completions?x=1`);
    expect(wrong.headers.get('allow')).toBe('POST');
    expect(await errorOf(wrong)).toEqual([
      405,
      {
        message: '/v1/chat/completions takes POST, not GET.',
        type: 'invalid_request_error',
        param: null,
        code: 'method_not_allowed',
      },
    ]);
  });

  const tooLarge = [
    413,
    {
      message: 'The body is larger than 2000 bytes, the most this gateway accepts.',
      type: 'invalid_request_error',
      param: null,
      code: 'request_too_large',
    },
  ];

  it('a body whose stated length is over the limit', async () => {
    expect(await errorOf(await gateway.post('/v1/chat/completions', 'x'.repeat(3000)))).toEqual(
      tooLarge,
    );
  });

  it('a body that grows over the limit', async () => {
    const body = new ReadableStream({
      start(controller) {
        for (let piece = 0; piece < 3; piece++)
          controller.enqueue(new TextEncoder().encode('x'.repeat(1000)));
        controller.close();
      },
    });
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      duplex: 'half',
    });
    expect(await errorOf(response)).toEqual(tooLarge);
  });

  it('a body without end is cut off', async () => {
    const upload = request(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    const closed = new Promise((resolve) => upload.on('close', resolve));
    upload.on('error', () => {});
    const send = (): void => {
      upload.write('x'.repeat(1000), (error) => {
        if (error === null || error === undefined) send();
      });
    };
    send();
    await closed;
  });

  it('tags that no target has', async () => {
    const response = await gateway.post(
      '/v1/chat/completions',
      { model: 'chat', messages: hello },
      { 'x-plimsoll-tags': 'on-premise' },
    );
    const [status, error] = await errorOf(response);
    expect([status, error]).toMatchObject([400, { code: 'no_target' }]);
  });

  it('afterwards a good request is served', async () => {
    const response = await gateway.post('/v1/chat/completions', { model: 'chat', messages: hello });
    expect(response.status).toBe(200);
    await response.text();
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
  });
});
