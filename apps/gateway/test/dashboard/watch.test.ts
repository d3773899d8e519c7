import type {
  Bucket,
  DecisionRow,
  Explained,
  History,
  MonitorEvent,
  View,
} from '@plimsoll/monitor';
import { upstreamErrors } from '@plimsoll/testkit';
import { expect, it } from 'vitest';

import { gatewayOf, hello, inParallel, targetOf, type TestGateway, upstreams } from '../rig.ts';
import { watch } from './watcher.ts';

const chat = { model: 'chat', messages: hello };

async function send({ post }: TestGateway, times: number): Promise<void> {
  await inParallel(times, 4, async () => (await post('/v1/chat/completions', chat)).text());
}

it('sends the past first, then how all stands, at once and each second', async () => {
  await using list = await upstreams(2);
  await using gateway = await gatewayOf({
    pools: { chat: { targets: [targetOf('a', list[0]!), targetOf('b', list[1]!)] } },
  });
  await send(gateway, 20);
  await using watcher = await watch(gateway);
  const history = await watcher.next<History>('history');
  expect(history).toMatchObject({ window: '5m', bucketMs: 5000, targets: ['a', 'b'] });
  expect(history.buckets).toHaveLength(60);
  const first = await watcher.next<View>('view');
  expect(first.pool).toMatchObject({ id: 'chat', accepts: ['chat'], strategy: 'round-robin' });
  expect(await watcher.next<DecisionRow[]>('decisions')).toHaveLength(20);
  const second = await watcher.next<View>('view');
  expect(second.epochMs).toBeGreaterThan(first.epochMs);
  expect(second.pools).toMatchObject([{ id: 'chat', usable: 2, total: 2 }]);
  expect(second.pool.verdict.served).toBe('all');
  expect(second.pool.targets.map(({ provider, model }) => [provider, model])).toEqual([
    ['openai', 'gpt-test'],
    ['openai', 'gpt-test'],
  ]);
  // The requests may have come in two buckets.
  const buckets = new Map<number, Bucket>();
  const counted = (target: number): number =>
    [...buckets.values()].reduce((sum, { requests }) => sum + requests[target]!, 0);
  while (counted(0) + counted(1) < 20) {
    const bucket = await watcher.next<Bucket>('bucket');
    buckets.set(bucket.startEpochMs, bucket);
  }
  expect([counted(0), counted(1)]).toEqual([10, 10]);
});

it('tells of requests, and explains each', async () => {
  await using list = await upstreams(2);
  await using gateway = await gatewayOf({
    pools: { chat: { targets: [targetOf('a', list[0]!), targetOf('b', list[1]!)] } },
  });
  await using watcher = await watch(gateway);
  await watcher.next('decisions');
  list[0]!.always(upstreamErrors.rateLimited);
  await send(gateway, 6);
  const rows = await watcher.next<DecisionRow[]>('decisions');
  const failover = rows.find(({ kind }) => kind === 'failover')!;
  expect(failover).toMatchObject({ target: 'b', attempts: 2, outcome: 'success' });
  expect(failover.reason).toBe('a answered 429 before any content');
  const { status, json } = await gateway.admin('GET', `calls/${failover.callId}`);
  const explained = json as Explained;
  expect(status).toBe(200);
  expect(explained.sentence).toContain('Went to b because a answered 429');
  expect(explained.requestId).toMatch(/^[\da-f]{8}-\d+$/);
  expect(explained.overheadMs).toBeGreaterThan(0);
  const events = await watcher.next<MonitorEvent[]>('events');
  expect(events[0]).toMatchObject({ target: 'a', kind: 'cooling' });
  expect((await gateway.admin('GET', 'calls/123456')).status).toBe(404);
});

it('sends the past anew when targets come, and keeps what there was', async () => {
  await using list = await upstreams(2);
  const pool = (targets: object[]): object => ({ pools: { chat: { targets } } });
  await using gateway = await gatewayOf(pool([targetOf('a', list[0]!)]));
  await using watcher = await watch(gateway);
  expect((await watcher.next<History>('history')).targets).toEqual(['a']);
  await send(gateway, 5);
  await watcher.next('view');
  await watcher.next('view');
  gateway.write(pool([targetOf('a', list[0]!), targetOf('b', list[1]!)]));
  expect((await gateway.admin('POST', 'reload')).status).toBe(200);
  const history = await watcher.next<History>('history');
  expect(history.targets).toEqual(['a', 'b']);
  expect(history.buckets.flatMap(({ requests }) => requests[0]!).reduce((x, y) => x + y)).toBe(5);
  const events = await watcher.next<MonitorEvent[]>('events');
  expect(events.map(({ text }) => text)).toContain('Config changed: b added');
});

it('tells of the pool that is asked for, and ends when it is gone', async () => {
  await using list = await upstreams(1);
  const targets = [targetOf('a', list[0]!)];
  await using gateway = await gatewayOf({
    pools: { chat: { targets }, small: { targets: ['a'] } },
  });
  await using watcher = await watch(gateway, '?pool=small&window=1h');
  expect(await watcher.next<History>('history')).toMatchObject({ window: '1h', bucketMs: 60_000 });
  expect((await watcher.next<View>('view')).pool.id).toBe('small');
  gateway.write({ pools: { chat: { targets } } });
  await gateway.admin('POST', 'reload');
  expect(await watcher.ended()).toBe(true);
});

it('refuses pools and windows that there are not, and those without the token', async () => {
  await using list = await upstreams(1);
  await using gateway = await gatewayOf({
    pools: { chat: { targets: [targetOf('a', list[0]!)] } },
  });
  expect((await gateway.admin('GET', 'watch?pool=none')).status).toBe(404);
  expect((await gateway.admin('GET', 'watch?window=2h')).status).toBe(400);
  expect((await fetch(`${gateway.url}/admin/watch`)).status).toBe(401);
  expect((await fetch(`${gateway.url}/admin/calls/1`)).status).toBe(401);
});

it('ends when the gateway goes away', async () => {
  await using list = await upstreams(1);
  await using gateway = await gatewayOf({
    pools: { chat: { targets: [targetOf('a', list[0]!)] } },
  });
  await using watcher = await watch(gateway);
  await watcher.next('view');
  await gateway.drain();
  expect(await watcher.ended()).toBe(true);
});
