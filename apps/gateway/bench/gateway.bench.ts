// CPU microseconds (user + system) per request of the gateway and of a bare pass-through, in interleaved rounds:
// absolute figures move with the machine's other load, the ratio within a round hardly does.
//
// node --conditions=@plimsoll/source --expose-gc apps/gateway/bench/gateway.bench.ts
import { type Child, start } from './children.ts';
import { type Scenario, smallChat, stream50 } from './scenarios.ts';

const ROUNDS = 15;
const CONCURRENCY = 32;

await using upstream = await start('upstream.ts');
await using load = await start('load.ts');
await using bare = await start('bare.ts', String(upstream.port));
await using gateway = await start('gateway.ts', String(upstream.port));
await using full = await start('full-gateway.ts', String(upstream.port));

async function microseconds(child: Child, scenario: Scenario, requests: number): Promise<number> {
  const { path, body } = scenario;
  const before = await child.ask('cpu');
  await load.ask('load', { port: child.port, path, body, requests, concurrency: CONCURRENCY });
  return ((await child.ask('cpu')) - before) / requests;
}

function spread(values: readonly number[], digits: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  const show = (at: number): string => sorted[at]!.toFixed(digits);
  return `${show((sorted.length - 1) / 2)} (${show(0)} to ${show(sorted.length - 1)})`;
}

const rows: Record<string, string>[] = [];
for (const [scenario, requests, limits] of [
  [smallChat, 2000, [1.43, 1.5]],
  [stream50, 400, [1.25, 1.5]],
] as const) {
  const children = [bare, gateway, full];
  // V8 goes on compiling what is hot for tens of thousands of requests.
  for (const child of children) await microseconds(child, scenario, 10 * requests);
  const costs = new Map(children.map((child) => [child, [] as number[]]));
  for (let round = 0; round < ROUNDS; round++) {
    // Whoever goes first may find the machine in another state, so they take turns.
    for (let turn = 0; turn < children.length; turn++) {
      const child = children[(round + turn) % children.length]!;
      costs.get(child)!.push(await microseconds(child, scenario, requests));
    }
  }
  const bareUs = costs.get(bare)!;
  for (const [child, name, limit] of [
    [gateway, 'gateway', limits[0]],
    [full, 'gateway, all on', limits[1]],
  ] as const) {
    const us = costs.get(child)!;
    rows.push({
      scenario: scenario.name,
      'bare, CPU µs': spread(bareUs, 1),
      what: name,
      'CPU µs': spread(us, 1),
      ratio: spread(
        us.map((own, round) => own / bareUs[round]!),
        2,
      ),
      limit: String(limit),
    });
  }
}
console.log(`per request: median (lowest to highest) of ${ROUNDS} rounds, ${CONCURRENCY} clients`);
console.table(rows);
