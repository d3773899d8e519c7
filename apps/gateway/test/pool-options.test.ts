import { loadConfig } from '@plimsoll/config';
import { describe, expect, it } from 'vitest';

import { poolOptions } from '../src/pool-options.ts';
import { gatewayOf, hello, targetOf, type TestGateway, upstreams } from './rig.ts';

function optionsOf(policies: object): ReturnType<typeof poolOptions> {
  const target = { id: 'a', provider: 'simulated', model: 'm' };
  const text = JSON.stringify({ pools: { chat: { targets: [target], ...policies } } });
  return poolOptions(loadConfig(text, { env: {}, file: 'f' }).config!.pools[0]!);
}

const ask = (gateway: TestGateway, more: object = {}): Promise<Response> =>
  gateway.post('/v1/chat/completions', { model: 'chat', messages: hello, ...more });

describe('the engine’s options', () => {
  it('are its own defaults where nothing is stated', () => {
    expect(optionsOf({})).toEqual({ name: 'chat', timeouts: {}, retry: {} });
    expect(optionsOf({ hedge: 'never', rescue: 'never', health: { breaker: {} } })).toEqual({
      name: 'chat',
      timeouts: {},
      retry: {},
    });
  });

  it('have every policy of the configuration', () => {
    const options = optionsOf({
      retry: { deadline: '5s', connect: '1s', budget: 0.1, policyFailover: true },
      hedge: { after: 'p90', budget: 0.1 },
      rescue: { holdBack: 10 },
      queue: { maxWait: 0, maxLength: 7 },
      budget: { usdPerDay: 3 },
      health: {
        slowStart: { window: '5s', minRatio: 0.5 },
        panic: 0.4,
        probe: { every: '10s', timeout: '1s', request: { prompt: 'Ping?', maxTokens: 2 } },
      },
    });
    expect(options).toMatchObject({
      timeouts: { deadlineMs: 5000, connectMs: 1000 },
      retry: { budgetRatio: 0.1, policyFailover: true },
      hedge: { afterQuantile: 0.9, budgetRatio: 0.1 },
      rescue: { holdBack: 10 },
      queue: { maxWaitMs: 0, maxLength: 7 },
      budget: { usdPerDay: 3 },
      slowStart: { windowMs: 5000, minRatio: 0.5 },
      panicRatio: 0.4,
      probe: {
        everyMs: 10_000,
        timeoutMs: 1000,
        request: { isStream: true, inputTokens: 2, maxOutputTokens: 2 },
      },
    });
    expect(optionsOf({ health: { slowStart: 'never' } }).slowStart).toBe(false);
  });
});

describe('through the gateway', () => {
  it('a hedge answers in the place of a slow target', async () => {
    await using list = await upstreams(2);
    const [slow, quick] = list;
    slow!.always({ contentDelayMs: 60_000 });
    await using gateway = await gatewayOf({
      pools: {
        chat: {
          strategy: { use: 'tiered', within: 'round-robin' },
          targets: [targetOf('slow', slow!, { tier: 0 }), targetOf('quick', quick!, { tier: 1 })],
          hedge: { after: '40ms', budget: 1 },
        },
      },
    });
    const response = await ask(gateway, { stream: true });
    await response.text();
    expect(response.headers.get('x-plimsoll-target')).toBe('quick');
    expect(response.headers.get('x-plimsoll-attempts')).toBe('2');
    await slow!.until(() => slow!.aborted.length === 1);
  });

  it('a breaker opens after as many failures as are stated for their kind', async () => {
    await using list = await upstreams(2);
    const [sick, sound] = list;
    sick!.always({ status: 500 });
    await using gateway = await gatewayOf({
      pools: {
        chat: {
          strategy: { use: 'tiered', within: 'round-robin' },
          targets: [targetOf('sick', sick!, { tier: 0 }), targetOf('sound', sound!, { tier: 1 })],
          health: { breaker: { failures: 50, byKind: { server: 2 }, reset: '1h' } },
        },
      },
    });
    for (let request = 0; request < 6; request++) expect((await ask(gateway)).status).toBe(200);
    expect(sick!.requests).toHaveLength(2);
  });

  it('a probe asks the model what it is told to', async () => {
    await using list = await upstreams(1);
    await using gateway = await gatewayOf({
      pools: {
        chat: {
          targets: [targetOf('a', list[0]!)],
          health: {
            probe: { every: '100ms', request: { prompt: 'Are you there?', maxTokens: 3 } },
          },
        },
      },
    });
    await list[0]!.until(() => list[0]!.requests.length > 0);
    expect(list[0]!.requests[0]).toMatchObject({
      path: '/v1/chat/completions',
      json: { model: 'gpt-test', max_tokens: 3, stream: true },
    });
    expect(gateway.pool('chat').balancer.stats().requests).toBe(0);
  });

  it('a request waits for quota no longer than the queue allows', async () => {
    await using list = await upstreams(1);
    const pool = (maxWait: string | number): object => ({
      pools: {
        chat: { targets: [targetOf('a', list[0]!, { limits: { rps: 1 } })], queue: { maxWait } },
      },
    });
    await using waiting = await gatewayOf(pool('5s'));
    expect((await ask(waiting)).status).toBe(200);
    expect((await ask(waiting)).status).toBe(200);
    await using refusing = await gatewayOf(pool(0));
    expect((await ask(refusing)).status).toBe(200);
    const refused = await ask(refusing);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after-ms'))).toBeLessThanOrEqual(1100);
    expect(refused.headers.get('x-should-retry')).toBe('true');
  });
});
