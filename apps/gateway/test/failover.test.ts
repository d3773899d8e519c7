import type { OpenAIUpstream, UpstreamAnswer } from '@plimsoll/testkit';
import { describe, expect, it } from 'vitest';

import { gatewayOf, hello, inParallel, targetOf, upstreams } from './rig.ts';

const REQUESTS = 200;
const CONCURRENCY = 20;

/** What may be under way to the bad target when its fifth failure opens its breaker. */
const MOST_ATTEMPTS = 5 + CONCURRENCY;

async function answersWith(
  spoil: (upstream: OpenAIUpstream) => unknown,
  isStream: boolean,
): Promise<{ texts: string[]; attempts: number }> {
  await using list = await upstreams(3);
  const targets = list.map((upstream, index) => targetOf(`t${index}`, upstream));
  await using gateway = await gatewayOf({
    pools: { chat: { targets, retry: { firstContent: '150ms' } } },
  });
  await spoil(list[0]!);
  const texts = await inParallel(REQUESTS, CONCURRENCY, async () => {
    if (!isStream) {
      const { choices } = await gateway.client.chat.completions.create({
        model: 'chat',
        messages: hello,
      });
      return choices[0]!.message.content!;
    }
    const stream = await gateway.client.chat.completions.create({
      model: 'chat',
      messages: hello,
      stream: true,
    });
    let text = '';
    for await (const { choices } of stream) text += choices[0]?.delta.content ?? '';
    return text;
  });
  return { texts, attempts: gateway.pool('chat').balancer.stats().targets[0]!.attempts };
}

describe(`${REQUESTS} requests, ${CONCURRENCY} at once, all succeed`, () => {
  const whole = Array.from({ length: REQUESTS }, () => 'Hello from the upstream.');
  const answers: readonly [string, UpstreamAnswer][] = [
    ['resets before content', { fault: 'reset_before_head' }],
    ['closes before content', { fault: 'close_before_head' }],
    [
      'answers 500',
      { status: 500, error: { message: 'The server had an error.', type: 'server_error' } },
    ],
  ];

  for (const isStream of [false, true]) {
    const kind = isStream ? 'streams' : 'plain';
    it(`with one of three upstreams dead (${kind})`, async () => {
      const { texts, attempts } = await answersWith((upstream) => upstream.close(), isStream);
      expect(texts).toEqual(whole);
      expect(attempts).toBeLessThanOrEqual(MOST_ATTEMPTS);
    });

    it.each(answers)(`with one of three upstreams that %s (${kind})`, async (_name, answer) => {
      const { texts, attempts } = await answersWith(
        (upstream) => upstream.always(answer),
        isStream,
      );
      expect(texts).toEqual(whole);
      expect(attempts).toBeLessThanOrEqual(MOST_ATTEMPTS);
    });
  }

  it.each([
    ['hangs', { fault: 'hang_before_head' }],
    ['says nothing after its head', { fault: 'stall_in_body', faultAfter: 0 }],
  ] as const)('with one of three upstreams that %s (streams)', async (_name, answer) => {
    const { texts, attempts } = await answersWith((upstream) => upstream.always(answer), true);
    expect(texts).toEqual(whole);
    expect(attempts).toBeLessThanOrEqual(MOST_ATTEMPTS);
  });
});

it('when all targets are down each request fails with 503, and attempts stay within the budget', async () => {
  await using list = await upstreams(3);
  const targets = list.map((upstream, index) => targetOf(`t${index}`, upstream));
  await using gateway = await gatewayOf({ pools: { chat: { targets } } });
  for (const upstream of list) await upstream.close();
  const statuses = await inParallel(100, CONCURRENCY, async () => {
    const response = await gateway.post('/v1/chat/completions', { model: 'chat', messages: hello });
    await response.text();
    return response.status;
  });
  expect(new Set(statuses)).toEqual(new Set([503]));
  expect(gateway.pool('chat').balancer.stats().attempts).toBeLessThanOrEqual(1.2 * 100 + 20);
});
