import { expect, it } from 'vitest';

import { Heard, rig } from './rig.ts';

it('sends a request only where quota is left, and says when there will be some', async () => {
  const { provider, start } = rig([{ id: 'a', limits: { rpm: 2, burstRatio: 1 } }], {
    queue: { maxWaitMs: 0 },
  });
  start();
  start();
  const { heard } = start();
  await Promise.resolve();
  expect(provider.attempts).toHaveLength(2);
  expect(heard.failure).toMatchObject({
    code: 'ERR_PLIMSOLL_CAPACITY',
    message: 'all targets of default are at their limit (a: quota)',
  });
  // A minute and the guard of 300 ms after the first one.
  expect(heard.failure?.retryAfterMs).toBeGreaterThanOrEqual(60_300);
  expect(heard.failure?.retryAfterMs).toBeLessThan(60_700);
});

it('lets who waits go the moment quota returns', () => {
  const { provider, start, clock } = rig([{ id: 'a', limits: { rps: 1 } }]);
  start();
  const { heard } = start();
  clock.advance(1000);
  expect(provider.attempts).toHaveLength(1);
  clock.advance(60);
  expect(provider.attempts).toHaveLength(2);
  provider.last.answer();
  expect(heard.log).toEqual(['head', 'hello', 'end']);
});

it('reserves tokens at the pick: of twenty at once, one fits', () => {
  const { provider, start } = rig([{ id: 'a', limits: { tpm: 50, burstRatio: 1 } }]);
  for (let count = 0; count < 20; count++) start({ inputTokens: 10, maxOutputTokens: 20 });
  expect(provider.attempts).toHaveLength(1);
});

it('settles with what was really used', () => {
  const { provider, pool, start } = rig([{ id: 'a', limits: { tpm: 1000, burstRatio: 1 } }]);
  start({ inputTokens: 10, maxOutputTokens: 500 });
  const used = (): number => pool.stats().targets[0]!.quotas[0]!.used;
  expect(used()).toBe(510);
  provider.last.answer('hello', { inputTokens: 12, outputTokens: 30 });
  expect(used()).toBe(42);
});

it('gives back what surely never reached the provider, and nothing else', () => {
  const { provider, pool, start } = rig([{ id: 'a', limits: { rpm: 100, burstRatio: 1 } }]);
  const used = (): number => pool.stats().targets[0]!.quotas[0]!.used;
  start();
  provider.last.fail({ kind: 'network' });
  expect(used()).toBe(0);
  start();
  provider.last.sink.onConnect();
  provider.last.fail({ kind: 'network' });
  expect(used()).toBe(1);
});

it('counts keys of one quota group once', () => {
  const { provider, start } = rig(
    [
      { id: 'a', quotaGroup: 'org' },
      { id: 'b', quotaGroup: 'org' },
      { id: 'c', quotaGroup: 'org' },
    ],
    {},
    { quotaGroups: { org: { rpm: 5, burstRatio: 1 } } },
  );
  for (let count = 0; count < 9; count++) start();
  expect(provider.attempts).toHaveLength(5);
});

it('refuses at once what is larger than the limit, and names both numbers', async () => {
  const { start } = rig([{ id: 'a', limits: { tpm: 1000 } }]);
  const { heard } = start({ inputTokens: 900, maxOutputTokens: 200 });
  await Promise.resolve();
  expect(heard.failure).toMatchObject({
    code: 'ERR_PLIMSOLL_NO_TARGET',
    message:
      'no target of default can serve this request: it may use 1100 tokens, and a allows 1000 in 60 s',
  });
});

it('takes over what an answer says of its limits', () => {
  const { provider, pool, start } = rig([{ id: 'a', limits: { rpm: 500, burstRatio: 1 } }]);
  start();
  provider.last.sink.onLimits?.([
    { dimension: 'requests', windowMs: 60_000, limit: 500, remaining: 20, resetAfterMs: 30_000 },
  ]);
  provider.last.answer();
  expect(pool.stats().targets[0]!.quotas[0]).toMatchObject({ limit: 500, used: 480 });
});

it('spends no more than its budget: of the target, the pool and the caller', async () => {
  const price = { input: 1000, output: 0 };
  const { provider, pool, start } = rig(
    [
      { id: 'paid', price, budget: { usdPerDay: 3 } },
      { id: 'free', price: { input: 0, output: 0 } },
    ],
    { budget: { usdPerDay: 2 } },
  );
  for (let count = 0; count < 3; count++) {
    start({ inputTokens: 1000 });
    provider.last.answer('hello', { inputTokens: 1000, outputTokens: 0 });
  }
  expect(provider.attempts.map(({ target }) => target.id)).toEqual(['paid', 'paid', 'free']);
  expect(pool.explain({ inputTokens: 1000 }).candidates[0]).toMatchObject({ reason: 'budget' });
  void pool.drain('free');
  const heard = new Heard();
  pool.start({ payload: undefined, inputTokens: 1000 }, heard);
  await Promise.resolve();
  // Until the end of the day in UTC.
  expect(heard.failure).toMatchObject({
    code: 'ERR_PLIMSOLL_CAPACITY',
    retryAfterMs: 24 * 3_600_000,
  });
});

it('holds what requests under way are expected to cost', () => {
  const price = { input: 1000, output: 0 };
  const { provider, start } = rig([{ id: 'a', price, budget: { usdPerDay: 2.5 } }], {
    queue: { maxWaitMs: 0 },
  });
  for (let count = 0; count < 10; count++) start({ inputTokens: 1000 });
  expect(provider.attempts).toHaveLength(2);
});
