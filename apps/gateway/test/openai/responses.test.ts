import { upstreamErrors } from '@plimsoll/testkit';
import { APIError } from 'openai';
import type { ResponseStreamEvent } from 'openai/resources/responses/responses';
import { describe, expect, it } from 'vitest';

import { rigOf } from './surface-rig.ts';

const request = { model: 'chat', input: 'Say it.' };

async function read(stream: AsyncIterable<ResponseStreamEvent>): Promise<{
  readonly types: string[];
  readonly text: string;
  readonly error: unknown;
}> {
  const types: string[] = [];
  let text = '';
  try {
    for await (const event of stream) {
      types.push(event.type);
      if (event.type === 'response.output_text.delta') text += event.delta;
    }
  } catch (error) {
    return { types, text, error };
  }
  return { types, text, error: undefined };
}

describe('responses', () => {
  it('come whole, with the target’s model, and their usage is counted', async () => {
    await using it = await rigOf(1);
    const { data, response } = await it.client.responses.create(request).withResponse();
    expect(data.output_text).toBe('Hello from the upstream.');
    expect(data.usage).toMatchObject({ output_tokens: 4 });
    expect(it.of('a').requests[0]).toMatchObject({
      path: '/v1/responses',
      json: { model: 'gpt-test', input: 'Say it.' },
    });
    expect(response.headers.get('x-plimsoll-target')).toBe('a');
    expect(it.gateway.pool('chat').balancer.stats().targets[0]?.outputTokens).toBe(4);
  });

  it('come as streams that the SDK puts together: reasoning, text, usage', async () => {
    await using it = await rigOf(1);
    it.of('a').always({ reasoning: 'Let me see.', text: 'one two three', pieceBytes: 50 });
    const response = await it.client.responses.stream(request).finalResponse();
    expect(response.output_text).toBe('one two three');
    expect(response.output[0]).toMatchObject({
      type: 'reasoning',
      summary: [{ text: 'Let me see.' }],
    });
    expect(it.gateway.pool('chat').balancer.stats().targets[0]?.outputTokens).toBe(6);
  });

  it('call functions, streamed and not', async () => {
    await using it = await rigOf(1);
    const tools = [{ type: 'function' as const, name: 'weather', parameters: {}, strict: false }];
    const called = { type: 'function_call', name: 'weather', arguments: '{"city": "Oslo"}' };
    const plain = await it.client.responses.create({ ...request, tools });
    expect(plain.output[0]).toMatchObject(called);
    const streamed = await it.client.responses.stream({ ...request, tools }).finalResponse();
    expect(streamed.output[0]).toMatchObject(called);
  });

  it('may end early, and say so', async () => {
    await using it = await rigOf(1);
    it.of('a').always({ text: 'one two', finishReason: 'length' });
    const stream = await it.client.responses.create({ ...request, stream: true });
    expect((await read(stream)).types.at(-1)).toBe('response.incomplete');
    expect(it.gateway.pool('chat').balancer.stats().succeeded).toBe(1);
  });

  it('are had elsewhere when they fail before content, in whatever words', async () => {
    await using it = await rigOf(2);
    for (const failing of [
      upstreamErrors.serverError,
      { fault: 'failed_response', faultAfter: 0 },
      { fault: 'error_event', faultAfter: 0 },
      { fault: 'end_in_body', faultAfter: 0 },
    ] as const) {
      for (const upstream of it.list) upstream.clear();
      it.of('a').always(failing);
      for (const stream of [true, false]) {
        if (!stream && failing.fault === 'end_in_body') continue;
        const answered = it.client.responses.create({ ...request, stream });
        if (stream) {
          const { text, types } = await read(
            (await answered) as AsyncIterable<ResponseStreamEvent>,
          );
          expect(text).toBe('Hello from the upstream.');
          // Nothing of the failed one is seen.
          expect(types.filter((type) => type === 'response.created')).toHaveLength(1);
        } else {
          expect(await answered).toMatchObject({ status: 'completed' });
        }
      }
      expect(it.of('b').requests.length).toBeGreaterThan(0);
    }
  });

  it('fail by the code of their own error', async () => {
    await using it = await rigOf(2);
    const error = { message: 'Too many pixels.', code: 'image_too_large' };
    for (const upstream of it.list)
      upstream.always({ fault: 'failed_response', faultAfter: 0, error: { type: '', ...error } });
    // The provider's own word, as it is.
    expect(await it.client.responses.create(request)).toMatchObject({ status: 'failed', error });
    await expect(it.client.responses.create({ ...request, stream: true })).rejects.toMatchObject({
      status: 400,
      code: 'image_too_large',
    });
    expect(it.list.flatMap(({ requests }) => requests)).toHaveLength(2);
  });

  it.each(['reset_in_body', 'end_in_body', 'error_event', 'failed_response', 'no_finish'] as const)(
    'that break off after content (%s) end in an error event',
    async (fault) => {
      await using it = await rigOf(2);
      for (const upstream of it.list) {
        upstream.always({ text: 'one two three', fault, faultAfter: 2, chunkDelayMs: 2 });
      }
      const stream = await it.client.responses.create({ ...request, stream: true });
      const { types, text, error } = await read(stream);
      expect(error).toBeInstanceOf(APIError);
      expect(error).toMatchObject({ code: 'upstream_failed', type: 'server_error' });
      expect('one two three').toContain(text);
      expect(types).not.toContain('response.completed');
      // And so does the helper that puts events together.
      await expect(it.client.responses.stream(request).finalResponse()).rejects.toThrow(
        'broke off',
      );
    },
  );

  it('say on the wire what went wrong, numbered after the last event', async () => {
    await using it = await rigOf(1);
    it.of('a').always({ text: 'one two', fault: 'error_event', faultAfter: 1 });
    const answer = await it.gateway.post('/v1/responses', { ...request, stream: true });
    const last = (await answer.text()).trimEnd().split('\n\n').at(-1)!;
    const [name, data] = last.split('\n');
    expect(name).toBe('event: error');
    expect(JSON.parse(data!.slice(6))).toEqual({
      type: 'error',
      // created, in_progress, item, part, one word.
      sequence_number: 5,
      code: 'upstream_failed',
      message: expect.stringContaining('broke off'),
      param: null,
      error: {
        type: 'server_error',
        code: 'upstream_failed',
        message: expect.stringContaining('broke off'),
        param: null,
      },
    });
  });

  it('are weighed by input, instructions, tools and images', async () => {
    const when = 'size.tokens == 1300 && request.images == 1 && request.tools == 1';
    const rules = [{ when, use: 'round-robin', targets: ['b'] }];
    await using it = await rigOf(2, {}, { strategy: { use: 'rules', rules } });
    const text = { type: 'input_text' as const, text: 'x'.repeat(400) };
    const image = { type: 'input_image' as const, image_url: 'data:,', detail: 'auto' as const };
    for (let count = 0; count < 3; count++) {
      await it.client.responses.create({
        model: 'chat',
        instructions: 'z'.repeat(400),
        input: [
          { role: 'user', content: [text, image] },
          { type: 'function_call_output', call_id: 'c', output: 'y'.repeat(400) },
        ],
        tools: [{ type: 'web_search' }],
      });
    }
    expect(it.of('b').requests).toHaveLength(3);
  });

  it('stop upstream when their caller leaves', async () => {
    await using it = await rigOf(1);
    it.of('a').always({ text: 'one two three four', fault: 'stall_in_body' });
    const stream = await it.client.responses.create({ ...request, stream: true });
    for await (const { type } of stream) if (type === 'response.output_text.delta') break;
    await it.of('a').until(() => it.of('a').aborted.length === 1);
    expect(it.gateway.pool('chat').balancer.stats().targets[0]?.inFlight).toBe(0);
  });

  it('can be compacted and counted, at a path of their own', async () => {
    await using it = await rigOf(1);
    it.of('a').always({ body: { object: 'response.input_tokens', input_tokens: 11 } });
    expect(await it.client.responses.inputTokens.count(request)).toMatchObject({
      input_tokens: 11,
    });
    expect(it.of('a').requests[0]?.path).toBe('/v1/responses/input_tokens');
    await it.client.responses.compact({ model: 'chat', input: 'x' });
    expect(it.of('a').requests[1]).toMatchObject({
      path: '/v1/responses/compact',
      json: { model: 'gpt-test' },
    });
  });
});
