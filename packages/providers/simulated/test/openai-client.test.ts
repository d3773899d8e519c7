import { targetOf } from '@plimsoll/testkit';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { simulated, type SimulatedOptions } from '../src/index.ts';
import { Collected } from './collect.ts';

/** The official client, whose requests go to a simulated model instead of over the network. */
function client(options: SimulatedOptions = {}): OpenAI {
  const provider = simulated({ firstTokenMs: 0, tokensPerSecond: Infinity, ...options });
  return new OpenAI({
    apiKey: 'none',
    baseURL: 'http://simulated/v1',
    maxRetries: 0,
    async fetch(url, init) {
      const collected = new Collected();
      await new Promise<void>((resolve) => {
        collected.onOver = resolve;
        const path = new URL(url as string).pathname.replace('/v1', '');
        const json = JSON.parse((init?.body ?? '{}') as string) as Record<string, unknown>;
        const payload = { dialect: 'openai', path, json };
        provider.attempt(targetOf({ model: '*' }), { payload }, collected);
      });
      const { failure, head = failure!.answer!.head } = collected;
      const body = failure === undefined ? collected.text : Buffer.from(failure.answer!.body);
      return new Response(body, {
        status: head.status,
        headers: head.headers as Record<string, string>,
      });
    },
  });
}

const messages = [{ role: 'user' as const, content: 'Hi' }];

describe('the official client', () => {
  it('reads a completion', async () => {
    const answer = await client().chat.completions.create({ model: 'm', messages });
    expect(answer.choices[0]!.message.content).toMatch(/^This is a simulated answer\./);
    expect(answer.usage!.completion_tokens).toBe(40);
  });

  it('reads a stream with tools and usage', async () => {
    const stream = client().chat.completions.stream({
      model: 'm',
      messages,
      stream_options: { include_usage: true },
      tools: [
        {
          type: 'function',
          function: {
            name: 'f',
            parameters: { type: 'object', properties: { a: { type: 'string' } } },
          },
        },
      ],
      tool_choice: 'required',
    });
    const answer = await stream.finalChatCompletion();
    const [call] = answer.choices[0]!.message.tool_calls!;
    expect(call).toMatchObject({ function: { name: 'f', arguments: '{"a":"simulated"}' } });
    expect((await stream.totalUsage()).completion_tokens).toBe(5);
  });

  it('reads embeddings and models', async () => {
    const { data } = await client().embeddings.create({ model: 'e', input: ['a', 'b'] });
    expect(data.map(({ embedding }) => embedding.length)).toEqual([256, 256]);
    const { data: models } = await client().models.list();
    expect(models.map(({ id }) => id)).toEqual(['simulated']);
  });

  it('throws its own errors', async () => {
    const ask = (api: OpenAI) => api.chat.completions.create({ model: 'm', messages });
    await expect(ask(client({ errorRatio: 1 }))).rejects.toBeInstanceOf(OpenAI.InternalServerError);
    const limited = client({ limits: { rpm: 1 } });
    await ask(limited);
    await expect(ask(limited)).rejects.toBeInstanceOf(OpenAI.RateLimitError);
  });

  it('reads a response, whole and streamed, and goes on with it', async () => {
    const { responses } = client({ outputTokens: 8 });
    const first = await responses.create({ model: 'm', input: 'Hi' });
    expect(first.output_text).toMatch(/^This is a simulated answer\./);
    expect(first).toMatchObject({ status: 'completed', usage: { output_tokens: 8 } });
    const request = { model: 'm', input: 'And?', previous_response_id: first.id };
    const second = await responses.stream(request).finalResponse();
    expect(second.output_text).toHaveLength(32);
    expect(second.previous_response_id).toBe(first.id);
    const cut = responses.stream({ ...request, max_output_tokens: 3 });
    const types: string[] = [];
    for await (const { type } of cut) types.push(type);
    expect(types.at(-1)).toBe('response.incomplete');
  });

  it('is told that another model gave the response it refers to', async () => {
    const { id } = await client().responses.create({ model: 'm', input: 'Hi' });
    const other = client().responses.create({ model: 'm', input: 'x', previous_response_id: id });
    await expect(other).rejects.toMatchObject({ status: 400, code: 'previous_response_not_found' });
  });
});
