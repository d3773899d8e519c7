import { describe, expect, it } from 'vitest';

import { duration } from '../src/rate-limit-headers.ts';
import { gatewayOf, hello, targetOf, type TestGateway, upstreams } from './rig.ts';

async function limitsOf(gateway: TestGateway): Promise<Record<string, string>> {
  const response = await gateway.post('/v1/chat/completions', {
    model: 'chat',
    messages: hello,
    max_tokens: 100,
  });
  await response.text();
  return Object.fromEntries(
    [...response.headers].filter(([name]) => name.startsWith('x-ratelimit-')),
  );
}

describe('the limits of the target that served', () => {
  it('are told for each dimension, the tightest first', async () => {
    await using list = await upstreams(1);
    const target = targetOf('a', list[0]!, {
      quotaGroup: 'org',
      limits: { rpm: 100, rpd: 10, tpm: 10_000 },
    });
    await using gateway = await gatewayOf({
      pools: { chat: { targets: [target] } },
      quotaGroups: { org: { tpm: 1000 } },
    });
    const first = await limitsOf(gateway);
    expect(first).toMatchObject({
      'x-ratelimit-limit-requests': '10',
      'x-ratelimit-remaining-requests': '9',
      'x-ratelimit-limit-tokens': '1000',
    });
    expect(first['x-ratelimit-reset-requests']).toMatch(/^(\d+h)?\d+m\d+s$/);
    expect(Number(first['x-ratelimit-remaining-tokens'])).toBeLessThan(1000);
    expect(await limitsOf(gateway)).toMatchObject({ 'x-ratelimit-remaining-requests': '8' });
  });

  it('are told of no target that has none', async () => {
    await using list = await upstreams(1);
    await using gateway = await gatewayOf({
      pools: { chat: { targets: [targetOf('a', list[0]!)] } },
    });
    expect(await limitsOf(gateway)).toEqual({});
  });
});

it('a request past a limit is refused with the time that is left', async () => {
  await using list = await upstreams(1);
  const target = targetOf('a', list[0]!, { limits: { rpd: 1 } });
  await using gateway = await gatewayOf({ pools: { chat: { targets: [target] } } });
  await limitsOf(gateway);
  const refused = await gateway.post('/v1/chat/completions', { model: 'chat', messages: hello });
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after-ms'))).toBeGreaterThan(0);
  expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(86_400);
  expect(list[0]!.requests).toHaveLength(1);
});

it.each([
  [-5, '0ms'],
  [20, '20ms'],
  [8640, '8.64s'],
  [59_995, '1m0s'],
  [360_000, '6m0s'],
  [86_340_000, '23h59m0s'],
])('%d ms is %s', (ms, expected) => {
  expect(duration(ms)).toBe(expected);
});
