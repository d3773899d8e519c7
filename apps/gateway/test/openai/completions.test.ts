import { upstreamErrors } from '@plimsoll/testkit';
import { APIError } from 'openai';
import { describe, expect, it } from 'vitest';

import { rigOf } from './surface-rig.ts';

const request = { model: 'chat', prompt: 'Say it.' };

describe('text completions', () => {
  it('come whole, with usage and the target’s model', async () => {
    await using it = await rigOf(1);
    const completion = await it.client.completions.create({ ...request, n: 2 });
    expect(completion.choices.map(({ text }) => text)).toEqual([
      'Hello from the upstream.',
      'Hello from the upstream.',
    ]);
    expect(completion.usage?.completion_tokens).toBe(8);
    expect(it.of('a').requests[0]).toMatchObject({
      path: '/v1/completions',
      json: { model: 'gpt-test', prompt: 'Say it.', n: 2 },
    });
    expect(it.gateway.pool('chat').balancer.stats().targets[0]?.outputTokens).toBe(8);
  });

  it('come as streams, whose usage is known though nobody asked for it', async () => {
    await using it = await rigOf(1);
    const stream = await it.client.completions.create({ ...request, stream: true });
    let text = '';
    let usages = 0;
    for await (const { choices, usage } of stream) {
      text += choices[0]?.text ?? '';
      if (usage) usages++;
    }
    expect(text).toBe('Hello from the upstream.');
    expect(usages).toBe(0);
    expect(it.gateway.pool('chat').balancer.stats().targets[0]?.outputTokens).toBe(4);
  });

  it('are not whole before every choice of every prompt has its finish_reason', async () => {
    await using it = await rigOf(1);
    it.of('a').always({ fault: 'no_finish' });
    const stream = await it.client.completions.create({
      ...request,
      prompt: ['a', 'b'],
      stream: true,
    });
    await expect(async () => {
      for await (const _ of stream);
    }).rejects.toBeInstanceOf(APIError);
  });

  it('fail over before content, streamed or not', async () => {
    await using it = await rigOf(2);
    it.of('a').always(upstreamErrors.serverError);
    for (const stream of [false, true]) {
      const { response } = await it.client.completions
        .create({ ...request, stream } as typeof request)
        .withResponse();
      expect(response.status).toBe(200);
    }
    expect(it.of('a').requests.length).toBeGreaterThan(0);
    expect(it.of('b').requests).toHaveLength(2);
  });
});
