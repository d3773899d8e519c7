// Bytes of heap in use after a forced collection, after 50,000 and after 200,000 requests.
//
// node --conditions=@plimsoll/source --expose-gc apps/gateway/bench/gateway-memory.bench.ts
import { start } from './children.ts';
import { smallChat, stream50 } from './scenarios.ts';

const CONCURRENCY = 32;
const MEGABYTE = 1024 * 1024;

await using upstream = await start('upstream.ts');
await using load = await start('load.ts');
await using gateway = await start('gateway.ts', String(upstream.port));

let requests = 0;

/** Nine small chats for each stream. */
async function heapAfter(total: number): Promise<number> {
  const { port } = gateway;
  const missing = total - requests;
  for (const [{ path, body }, share] of [
    [smallChat, 0.9],
    [stream50, 0.1],
  ] as const) {
    await load.ask('load', {
      port,
      path,
      body,
      requests: missing * share,
      concurrency: CONCURRENCY,
    });
  }
  requests = total;
  return await gateway.ask('heap');
}

const early = await heapAfter(50_000);
const late = await heapAfter(200_000);
console.table([
  { requests: 50_000, 'heap, MB': (early / MEGABYTE).toFixed(2) },
  { requests: 200_000, 'heap, MB': (late / MEGABYTE).toFixed(2) },
]);
console.log(`grown by ${((late - early) / MEGABYTE).toFixed(2)} MB (limit 5)`);
