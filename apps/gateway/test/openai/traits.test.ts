import type { IncomingHttpHeaders } from 'node:http';

import type { Request, WireRequest } from '@plimsoll/core';
import { describe, expect, it } from 'vitest';

import { operations } from '../../src/openai/operation.ts';
import { openAIRequest } from '../../src/openai/traits.ts';
import type { ServedPool } from '../../src/pool-directory.ts';

function read(
  json: Record<string, unknown>,
  headers: IncomingHttpHeaders = {},
  name = 'chat',
  pin?: string,
): Request<WireRequest> {
  const destination = { pool: {} as ServedPool, pin, model: 'gpt-5' };
  const body = Buffer.from(JSON.stringify(json));
  const operation = operations.find((one) => one.name === name)!;
  return openAIRequest(operation, { json, body, isPlain: true }, headers, destination);
}

describe('the hash key', () => {
  it('comes from the first of its sources', () => {
    const json = {
      prompt_cache_key: 'cache',
      safety_identifier: 'safety',
      user: 'user',
      conversation: { id: 'conversation' },
    };
    expect(read(json, { 'x-plimsoll-key': 'own' }).hashKey).toBe('own');
    expect(read(json).hashKey).toBe('cache');
    expect(read({ ...json, prompt_cache_key: '' }).hashKey).toBe('safety');
    expect(read({ user: 'user', conversation: 'c' }).hashKey).toBe('user');
    expect(read({ conversation: 'c' }).hashKey).toBe('c');
    expect(read({ conversation: { id: 'conversation' } }).hashKey).toBe('conversation');
    expect(read({ user: 7 }).hashKey).toBeUndefined();
  });
});

describe('the size', () => {
  it('is estimated from characters and images, without the bytes of the images', () => {
    const image = { type: 'image_url', image_url: { url: 'A'.repeat(100_000) } };
    const request = read({
      messages: [
        { role: 'system', content: 'x'.repeat(40) },
        { role: 'user', content: [{ type: 'text', text: 'y'.repeat(41) }, image] },
        { role: 'assistant', content: null },
      ],
      tools: [{}, {}],
      functions: [{}],
      max_tokens: 5,
      max_completion_tokens: 7,
    });
    expect(request).toMatchObject({
      turns: 3,
      images: 1,
      tools: 3,
      inputTokens: 21 + 1000,
      maxOutputTokens: 7,
    });
  });

  it('of embeddings counts texts and tokens', () => {
    const size = (input: unknown): number | undefined =>
      read({ input }, {}, 'embeddings').inputTokens;
    expect(size('x'.repeat(8))).toBe(2);
    expect(size(['x'.repeat(8), 'y'.repeat(4)])).toBe(3);
    expect(size([1, 2, 3])).toBe(3);
    expect(size([[1, 2], [3]])).toBe(3);
  });

  it('of a response counts instructions, messages, and calls of tools with what they gave', () => {
    const json = {
      instructions: 'x'.repeat(40),
      input: [
        { role: 'user', content: 'y'.repeat(40) },
        { type: 'function_call', arguments: 'z'.repeat(40) },
        { type: 'function_call_output', output: [{ type: 'input_text', text: 'w'.repeat(40) }] },
        { role: 'user', content: [{ type: 'input_image', image_url: 'A'.repeat(1000) }] },
      ],
      max_output_tokens: 9,
    };
    expect(read(json, {}, 'responses')).toMatchObject({
      turns: 2,
      images: 1,
      inputTokens: 40 + 1000,
      maxOutputTokens: 9,
      isStream: false,
    });
    expect(read({ input: 'x'.repeat(8) }, {}, 'responses')).toMatchObject({
      turns: 1,
      inputTokens: 2,
    });
  });

  it('of everything else counts what is to be read', () => {
    const tokens = (name: string, json: Record<string, unknown>): number | undefined =>
      read(json, {}, name).inputTokens;
    expect(tokens('completions', { prompt: ['x'.repeat(8), [1, 2]] })).toBe(4);
    expect(tokens('audio.speech', { input: 'x'.repeat(8) })).toBe(2);
    expect(tokens('images.edits', { prompt: 'x'.repeat(8) })).toBe(1002);
    expect(tokens('moderations', { input: ['x'.repeat(4), 'y'.repeat(4)] })).toBe(2);
    expect(read({ input: 'x' }, {}, 'audio.speech').isStream).toBe(true);
  });

  it('of what is no chat is nothing, and not an error', () => {
    expect(read({ messages: 'x', tools: 3, max_tokens: 'many' })).toMatchObject({
      turns: 0,
      tools: 0,
      inputTokens: 0,
      maxOutputTokens: undefined,
    });
    expect(read({ messages: [null, 3, { content: [null, 'x'] }] }).turns).toBe(3);
  });
});

describe('headers', () => {
  it('give region, tags and patience', () => {
    const request = read(
      {},
      {
        'x-plimsoll-region': 'eu',
        'x-plimsoll-tags': 'a, b,,',
        'x-stainless-timeout': '1.5',
        'x-own': 'v',
      },
    );
    expect(request).toMatchObject({ region: 'eu', tags: ['a', 'b'], timeoutMs: 1500 });
    expect(request.header?.('x-own')).toBe('v');
    expect(request.header?.('x-other')).toBeUndefined();
  });

  it.each(['0', '-1', 'soon', ''])(
    'without a usable x-stainless-timeout (%j) leave it to the pool',
    (text) => {
      expect(read({}, { 'x-stainless-timeout': text }).timeoutMs).toBeUndefined();
    },
  );

  it('are handed on only as far as a trace needs them', () => {
    expect(read({}, { authorization: 'Bearer k' }).payload.headers).toBeUndefined();
    expect(read({}, { traceparent: 't', tracestate: 's', cookie: 'c' }).payload.headers).toEqual({
      traceparent: 't',
      tracestate: 's',
    });
  });
});

describe('the payload', () => {
  it('is the body as it came', () => {
    const { payload } = read({ model: 'chat', messages: [] });
    expect(String(payload.body)).toBe('{"model":"chat","messages":[]}');
  });

  it('of a pinned request names the model without the target', () => {
    const { payload, pin } = read({ model: 'gpt-5@b', n: 1 }, {}, 'chat', 'b');
    expect(pin).toBe('b');
    expect(payload).toMatchObject({ json: { model: 'gpt-5', n: 1 }, body: undefined });
  });
});
