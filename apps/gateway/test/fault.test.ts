import { pino } from 'pino';
import { expect, it } from 'vitest';

import { Gateway } from '../src/gateway.ts';
import type { ServedPool } from '../src/pool-directory.ts';

it('a fault of the gateway’s own is answered with 500, logged without what was said, and survived', async () => {
  const logged: string[] = [];
  const log = pino({}, { write: (line) => void logged.push(line) });
  const broken = {
    name: 'chat',
    accepts: ['chat'],
    targets: [],
    balancer: {
      start: () => {
        throw new Error('cannot read swordfish');
      },
      stats: () => {
        throw new Error('no numbers');
      },
      close: () => Promise.resolve(),
    },
  } as unknown as ServedPool;
  const gateway = new Gateway({ pools: [broken], maxBodyBytes: 1000, log });
  const { port } = await gateway.listen(0, '127.0.0.1');
  const url = `http://127.0.0.1:${port}`;
  const responses = [
    await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"model": "chat", "messages": [{"role": "user", "content": "swordfish"}]}',
    }),
    await fetch(`${url}/readyz`),
  ];
  for (const response of responses) {
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ error: { code: 'internal_error' } });
  }
  expect(logged).toHaveLength(2);
  expect(JSON.parse(logged[0]!)).toMatchObject({
    msg: 'fault in the gateway',
    at: expect.arrayContaining([expect.stringContaining('openai/front.ts')]),
  });
  expect(logged.join()).not.toContain('swordfish');
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  await gateway.drain(0);
});
