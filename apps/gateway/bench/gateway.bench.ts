// CPU microseconds (user + system) per request of the gateway and of a bare pass-through, in interleaved pairs: absolute
// figures move with the machine's other load, the ratio of a pair hardly does.
//
// node --conditions=@plimsoll/source --expose-gc apps/gateway/bench/gateway.bench.ts
import { type Child, start } from './children.ts';
import { type Scenario, smallChat, stream50 } from './scenarios.ts';

const PAIRS = 15;
const CONCURRENCY = 32;

await using upstream = await start('upstream.ts');
await using load = await start('load.ts');
await using bare = await start('bare.ts', String(upstream.port));
await using gateway = await start('gateway.ts', String(upstream.port));

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
for (const [scenario, requests, limit] of [
  [smallChat, 2000, 1.43],
  [stream50, 400, 1.25],
] as const) {
  for (const child of [bare, gateway]) await microseconds(child, scenario, requests);
  const bareUs: number[] = [];
  const gatewayUs: number[] = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    // Whoever goes first may find the machine in another state, so they take turns.
    const inOrder = pair % 2 === 0 ? [bare, gateway] : [gateway, bare];
    for (const child of inOrder) {
      (child === bare ? bareUs : gatewayUs).push(await microseconds(child, scenario, requests));
    }
  }
  rows.push({
    scenario: scenario.name,
    'bare, CPU µs': spread(bareUs, 1),
    'gateway, CPU µs': spread(gatewayUs, 1),
    ratio: spread(
      gatewayUs.map((us, pair) => us / bareUs[pair]!),
      2,
    ),
    limit: String(limit),
  });
}
console.log(`per request: median (lowest to highest) of ${PAIRS} pairs, ${CONCURRENCY} clients`);
console.table(rows);
