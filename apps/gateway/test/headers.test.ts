import { describe, expect, it } from 'vitest';

import { gatewayOf, hello, targetOf, upstreams } from './rig.ts';

describe('an answer', () => {
  it('tells how it came about', async () => {
    await using list = await upstreams(1);
    const [upstream] = list;
    upstream!.always({
      usage: { promptTokens: 1000, completionTokens: 500 },
      headers: {
        'set-cookie': 'a=b',
        'openai-organization': 'org',
        'x-ratelimit-limit-requests': '5',
      },
    });
    const target = targetOf('a', upstream!, { region: 'eu-west', price: { input: 1, output: 2 } });
    await using gateway = await gatewayOf({ pools: { chat: { targets: [target] } } });
    const response = await gateway.post('/v1/chat/completions', { model: 'chat', messages: hello });
    await response.text();
    const headers = Object.fromEntries(response.headers);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-plimsoll-request-id': expect.stringMatching(/^[0-9a-f]{8}-1$/),
      'x-plimsoll-pool': 'chat',
      'x-plimsoll-target': 'a',
      'x-plimsoll-region': 'eu-west',
      'x-plimsoll-strategy': 'round-robin',
      'x-plimsoll-attempts': '1',
      'x-plimsoll-overhead-ms': expect.stringMatching(/^\d+\.\d{3}$/),
      'x-plimsoll-cost-usd': '0.002000000',
      'server-timing': expect.stringMatching(/^plimsoll;dur=\d+\.\d{3}, total;dur=\d+\.\d$/),
      'x-request-id': 'req_1',
    });
    // What tells of the account that happened to serve it stays here.
    for (const name of ['set-cookie', 'openai-organization', 'x-ratelimit-limit-requests']) {
      expect(headers).not.toHaveProperty(name);
    }
  });

  it('counts the attempts it took', async () => {
    await using list = await upstreams(2);
    list[0]!.always({ fault: 'reset_before_head' });
    const targets = list.map((upstream, index) => targetOf(`t${index}`, upstream));
    await using gateway = await gatewayOf({ pools: { chat: { targets } } });
    const told: string[] = [];
    for (let time = 0; time < 2; time++) {
      const { body, headers } = await gateway.post('/v1/chat/completions', {
        model: 'chat',
        messages: hello,
      });
      await body!.cancel();
      told.push(`${headers.get('x-plimsoll-target')} ${headers.get('x-plimsoll-attempts')}`);
    }
    // Wherever the turns begin, one of the two goes to the broken target first.
    expect(told).toContain('t1 2');
    expect(told.filter((line) => !line.startsWith('t1'))).toEqual([]);
  });
});

describe('a request', () => {
  it('hands its trace on, and no credential', async () => {
    await using list = await upstreams(1);
    await using gateway = await gatewayOf({
      pools: { chat: { targets: [targetOf('a', list[0]!)] } },
    });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const response = await gateway.post(
      '/v1/chat/completions',
      { model: 'chat', messages: hello },
      { traceparent, authorization: 'Bearer sk-caller', cookie: 'a=b', 'x-plimsoll-key': 'user-1' },
    );
    await response.text();
    const { headers } = list[0]!.requests[0]!;
    expect(headers['traceparent']).toBe(traceparent);
    expect(headers['authorization']).toBe('Bearer sk-a');
    expect(headers['cookie']).toBeUndefined();
    expect(headers['x-plimsoll-key']).toBeUndefined();
  });

  it('goes to the target it names', async () => {
    await using list = await upstreams(2);
    const targets = list.map((upstream, index) => targetOf(`t${index}`, upstream, { model: '*' }));
    await using gateway = await gatewayOf({ pools: { 'gpt-*': { targets } } });
    for (let time = 0; time < 3; time++) {
      const response = await gateway.post('/v1/chat/completions', {
        model: 'gpt-5@t1',
        messages: hello,
      });
      await response.text();
      expect(response.headers.get('x-plimsoll-target')).toBe('t1');
    }
    expect(list.map(({ requests }) => requests.length)).toEqual([0, 3]);
    expect(list[1]!.requests[0]!.json).toMatchObject({ model: 'gpt-5' });
  });

  it('gives up when its own client does', async () => {
    await using list = await upstreams(1);
    list[0]!.always({ fault: 'hang_before_head' });
    await using gateway = await gatewayOf({
      pools: { chat: { targets: [targetOf('a', list[0]!)] } },
    });
    const response = await gateway.post(
      '/v1/chat/completions',
      { model: 'chat', messages: hello, stream: true },
      { 'x-stainless-timeout': '0.2' },
    );
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ error: { type: 'server_error' } });
    expect(response.headers.get('x-should-retry')).toBe('false');
  });
});

describe('the log', () => {
  it('holds no content and no key', async () => {
    await using list = await upstreams(2);
    list[0]!.always({
      status: 400,
      error: { message: 'Bad word: swordfish', type: 'invalid_request_error' },
    });
    list[1]!.always({ text: 'swordfish' });
    const targets = list.map((upstream, index) => targetOf(`t${index}`, upstream));
    await using gateway = await gatewayOf({ pools: { chat: { targets } } });
    const messages = [{ role: 'user', content: 'swordfish' }];
    for (let time = 0; time < 2; time++) {
      const response = await gateway.post(
        '/v1/chat/completions',
        { model: 'chat', messages },
        { authorization: 'Bearer sk-caller' },
      );
      await response.text();
    }
    expect(gateway.logged.map(({ msg }) => String(msg)).toSorted()).toEqual([
      'request not served',
      'request served',
    ]);
    expect(JSON.stringify(gateway.logged)).not.toMatch(/swordfish|sk-/);
  });
});
