import { upstreamErrors } from '@plimsoll/testkit';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';

import { gatewayOf, hello, targetOf, upstreams } from './rig.ts';

async function rig() {
  const [upstream] = await upstreams(1);
  const gateway = await gatewayOf({ pools: { chat: { targets: [targetOf('a', upstream!)] } } });
  return {
    upstream: upstream!,
    client: gateway.client,
    gateway,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await upstream!.close();
    },
  };
}

describe('the openai SDK through the gateway', () => {
  it('gets a completion, and the upstream the target’s model and key', async () => {
    await using it = await rig();
    const { data, response } = await it.client.chat.completions
      .create({ model: 'chat', messages: hello })
      .withResponse();
    expect(data.choices[0]?.message.content).toBe('Hello from the upstream.');
    expect(data.usage?.total_tokens).toBeGreaterThan(0);
    expect(it.upstream.requests[0]?.json).toMatchObject({ model: 'gpt-test' });
    expect(it.upstream.requests[0]?.headers['authorization']).toBe('Bearer sk-a');
    expect(response.headers.get('x-plimsoll-target')).toBe('a');
  });

  it('gets a stream whole, piece by piece', async () => {
    await using it = await rig();
    it.upstream.always({ text: 'one two three', chunkDelayMs: 1 });
    const stream = await it.client.chat.completions.create({
      model: 'chat',
      messages: hello,
      stream: true,
    });
    const pieces: string[] = [];
    for await (const { choices } of stream) {
      const piece = choices[0]?.delta.content;
      if (piece !== undefined && piece !== null && piece !== '') pieces.push(piece);
    }
    expect(pieces).toEqual(['one', ' two', ' three']);
  });

  it('gets the usage of a stream when it asks for it, and no such event otherwise', async () => {
    await using it = await rig();
    const usages = async (options: object): Promise<number> => {
      const stream = await it.client.chat.completions.create({
        model: 'chat',
        messages: hello,
        stream: true,
        ...options,
      });
      let seen = 0;
      for await (const event of stream) if (event.usage) seen++;
      return seen;
    };
    expect(await usages({ stream_options: { include_usage: true } })).toBe(1);
    expect(await usages({})).toBe(0);
    expect(it.gateway.pool('chat').balancer.stats().targets[0]?.outputTokens).toBeGreaterThan(0);
  });

  it('calls tools, streamed and not', async () => {
    await using it = await rig();
    const tools = [
      {
        type: 'function' as const,
        function: {
          name: 'weather',
          parameters: { type: 'object', properties: { city: { type: 'string' } } },
        },
      },
    ];
    const request = { model: 'chat', messages: hello, tools };
    const plain = await it.client.chat.completions.create(request);
    const call = plain.choices[0]?.message.tool_calls?.[0];
    expect(call).toMatchObject({ function: { name: 'weather', arguments: '{"city": "Oslo"}' } });
    const streamed = await it.client.chat.completions.stream(request).finalChatCompletion();
    expect(streamed.choices[0]?.message.tool_calls?.[0]).toMatchObject({
      function: { name: 'weather', arguments: '{"city": "Oslo"}' },
    });
  });

  it('gets JSON in JSON mode', async () => {
    await using it = await rig();
    const completion = await it.client.chat.completions.create({
      model: 'chat',
      messages: hello,
      response_format: { type: 'json_object' },
    });
    expect(JSON.parse(completion.choices[0]!.message.content!)).toEqual({ greeting: 'Hello' });
  });

  it('sends images as they are', async () => {
    await using it = await rig();
    const image = {
      type: 'image_url' as const,
      image_url: { url: `data:image/png;base64,${'A'.repeat(50_000)}` },
    };
    const content = [{ type: 'text' as const, text: 'What is it?' }, image];
    await it.client.chat.completions.create({
      model: 'chat',
      messages: [{ role: 'user', content }],
    });
    expect(it.upstream.requests[0]?.json).toMatchObject({ messages: [{ content }] });
  });

  it('gets embeddings', async () => {
    await using it = await rig();
    const { data, model } = await it.client.embeddings.create({
      model: 'chat',
      input: ['one', 'two'],
    });
    expect(data.map(({ embedding }) => embedding.length)).toEqual([8, 8]);
    expect(model).toBe('gpt-test');
  });

  it('lists the models that may be asked for', async () => {
    await using it = await rig();
    const ids = (await it.client.models.list()).data.map(({ id, owned_by }) => [id, owned_by]);
    expect(ids).toEqual([
      ['chat', 'plimsoll'],
      ['chat@a', 'openai'],
    ]);
  });

  it('gets the provider’s word on a bad request, as it stands', async () => {
    await using it = await rig();
    it.upstream.always(upstreamErrors.badRequest);
    const error = await it.client.chat.completions
      .create({ model: 'chat', messages: hello })
      .catch((error: unknown) => error);
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect(error).toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      message: '400 Invalid value for `temperature`.',
      requestID: 'req_1',
    });
  });

  it.each([
    ['rateLimited', OpenAI.RateLimitError, 429, 'rate_limit_exceeded'],
    ['quotaExhausted', OpenAI.RateLimitError, 429, 'insufficient_quota'],
    ['invalidKey', OpenAI.InternalServerError, 502, 'upstream_auth_failed'],
    ['unknownModel', OpenAI.NotFoundError, 404, 'model_not_found'],
    ['serverError', OpenAI.InternalServerError, 502, 'upstream_failed'],
    ['overloaded', OpenAI.InternalServerError, 503, 'upstream_overloaded'],
  ] as const)('gets %s of the only target as a typed error', async (name, type, status, code) => {
    await using it = await rig();
    it.upstream.always(upstreamErrors[name]);
    const error = await it.client.chat.completions
      .create({ model: 'chat', messages: hello })
      .catch((error: unknown) => error);
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ status, code });
    expect((error as InstanceType<typeof OpenAI.APIError>).headers?.get('x-should-retry')).toBe(
      'false',
    );
  });

  it('does not repeat what the pool has given up', async () => {
    await using it = await rig();
    it.upstream.always(upstreamErrors.invalidKey);
    const patient = it.client.withOptions({ maxRetries: 5 });
    await expect(
      patient.chat.completions.create({ model: 'chat', messages: hello }),
    ).rejects.toThrow('502');
    expect(it.upstream.requests).toHaveLength(1);
  });

  it('gets an error, not an end, when a stream breaks off', async () => {
    await using it = await rig();
    // What was sent is lost with a reset that follows at once, so time passes between.
    it.upstream.always({
      text: 'one two three four',
      fault: 'reset_in_body',
      faultAfter: 2,
      chunkDelayMs: 5,
    });
    const stream = await it.client.chat.completions.create({
      model: 'chat',
      messages: hello,
      stream: true,
    });
    let text = '';
    const finishReasons = new Set<unknown>();
    const read = async (): Promise<void> => {
      for await (const { choices } of stream) {
        text += choices[0]?.delta.content ?? '';
        finishReasons.add(choices[0]?.finish_reason);
      }
    };
    await expect(read()).rejects.toBeInstanceOf(OpenAI.APIError);
    expect(text).toBe('one two');
    expect([...finishReasons]).toEqual([null]);
  });
});
