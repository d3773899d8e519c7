// What being watched costs: CPU (user + system) per request through the engine with and without a monitor, and per look.
// The lowest of many short runs is told, as the machine's other load only ever adds.
//
// node --conditions=@plimsoll/source --expose-gc packages/monitor/bench/monitor.bench.ts
import { type Balancer, balancer } from '@plimsoll/balancer';
import { ChunkKind, type Provider } from '@plimsoll/core';
import { instantProvider, turns } from '@plimsoll/testkit';

import { monitor } from '../src/index.ts';

const usage = { inputTokens: 10, outputTokens: 20 };
const caller = { onHead() {}, onChunk() {}, onEnd() {}, onError() {} };

function lowest(runs: number, times: number, task: () => void): number {
  let best = Infinity;
  for (let run = 0; run < runs; run++) {
    const before = process.cpuUsage();
    for (let time = 0; time < times; time++) task();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / times);
  }
  return best;
}

function poolOf(count: number, provider: Provider): Balancer {
  const targets = Array.from({ length: count }, (_, index) => ({ id: `t${index}`, provider }));
  return balancer({ strategy: turns(), targets });
}

const rows: Record<string, string>[] = [];
for (const count of [6, 100]) {
  const provider = instantProvider();
  const serve = (pool: Balancer) => (): void => {
    pool.start({ payload: undefined, inputTokens: 100 }, caller);
    const sink = provider.sink!;
    sink.onConnect();
    sink.onHead(undefined);
    sink.onChunk(undefined, ChunkKind.content);
    sink.onEnd({ usage });
  };
  const [plain, watched] = [poolOf(count, provider), poolOf(count, provider)];
  const watch = monitor(watched);
  const plainUs = lowest(60, 5000, serve(plain));
  const watchedUs = lowest(60, 5000, serve(watched));
  rows.push({
    targets: String(count),
    'request, ns': (plainUs * 1000).toFixed(),
    'watched, ns': (watchedUs * 1000).toFixed(),
    'tick, µs': lowest(40, 50, () => watch.tick()).toFixed(),
    'view, µs': lowest(40, 50, () => void watch.view()).toFixed(),
    'decisions, µs': lowest(40, 10, () => void watch.decisions()).toFixed(),
  });
  await plain.close();
  await watched.close();
}
console.table(rows);
