import { createClient } from 'redis';

import { redisStore } from '../src/index.ts';
import { hasRedisServer, RedisServer } from '../test/server.ts';

if (!hasRedisServer) {
  console.log('needs redis-server: apt-get install redis-server');
  process.exit();
}

const server = new RedisServer();
await server.start();
const client = createClient({ url: server.url });
await client.connect();
const store = redisStore({ client, timeLimitMs: 10_000 });
/** Other members of the fleet, so that a lease has something to add up. */
const others = Array.from({ length: 9 }, () => redisStore({ client, timeLimitMs: 10_000 }));

const rows: Record<string, string>[] = [];

/** Calls one after the other, so that each is one round trip. */
async function measure(
  what: string,
  calls: number,
  each: number,
  call: () => Promise<unknown>,
): Promise<void> {
  for (let warm = 0; warm < 50; warm++) await call();
  const times: number[] = [];
  for (let index = 0; index < calls; index++) {
    const start = process.hrtime.bigint();
    await call();
    times.push(Number(process.hrtime.bigint() - start) / 1000);
  }
  times.sort((a, b) => a - b);
  const total = times.reduce((sum, us) => sum + us, 0);
  const us = (at: number): string => times[Math.floor(at * (times.length - 1))]!.toFixed(0);
  rows.push({
    call: what,
    'median us': us(0.5),
    'p99 us': us(0.99),
    'per second': Math.round((each * calls * 1e6) / total).toLocaleString('en'),
  });
}

for (const [uses, calls] of [
  [1, 3000],
  [10, 2000],
  [100, 500],
  [1000, 100],
] as const) {
  const batch = Array.from({ length: uses }, (_, index) => ({
    key: `group-${index}/tokens`,
    period: '2099-12-31',
    used: 1,
  }));
  await measure(`add of ${uses}`, calls, uses, () => store.add(batch));
}

for (const limits of [1, 10, 100]) {
  const claims = Array.from({ length: limits }, (_, index) => ({
    key: `of ${limits}: group-${index}/rpm`,
    demand: 1,
  }));
  for (const other of others) await other.lease(claims, 60_000);
  await measure(`lease of ${limits}, 10 members`, 500, limits, () => store.lease(claims, 60_000));
}

await measure('put', 3000, 1, () => store.put('key', 'value', 60_000));
await measure('get', 3000, 1, () => store.get('key'));

const heard: (() => void)[] = [];
others[0]!.subscribe(() => heard.shift()?.());
let notices = 0;
await measure('publish to heard', 1000, 1, () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  heard.push(resolve);
  const untilEpochMs = Date.now() + 60_000;
  const target = `target-${notices++ % 100}`;
  store.publish({ kind: 'open', target, scope: 'target', untilEpochMs, reason: 'a bench' });
  return promise;
});

console.table(rows);
await Promise.all([store, ...others].map((one) => one.close()));
client.destroy();
await server.remove();
