// What metrics cost the gateway, in CPU microseconds per request, beside a gateway without any: in interleaved rounds, since
// absolute figures move with the machine's other load. Nothing is scraped or delivered meanwhile; the packages' own benches
// say what that costs.
import { type Child, start } from './children.ts';
import { type Scenario, smallChat, stream50 } from './scenarios.ts';

const ROUNDS = 9;
const CONCURRENCY = 32;
/** Nothing listens there, and nothing is sent within the hour. */
const otlp = { endpoint: 'http://127.0.0.1:9', interval: '1h' };

await using upstream = await start('upstream.ts');
await using load = await start('load.ts');
const gatewayWith = (metrics: object): Promise<Child> =>
  start('gateway-with-metrics.ts', String(upstream.port), JSON.stringify(metrics));
await using none = await gatewayWith({ prometheus: false });
await using prometheus = await gatewayWith({});
await using current = await gatewayWith({ prometheus: false, otlp });
await using older = await gatewayWith({ prometheus: false, otlp: { ...otlp, names: 'older' } });
const gateways = { none, prometheus, 'otlp, current names': current, 'otlp, older names': older };

async function microseconds(child: Child, scenario: Scenario, requests: number): Promise<number> {
  const { path, body } = scenario;
  const before = await child.ask('cpu');
  await load.ask('load', { port: child.port, path, body, requests, concurrency: CONCURRENCY });
  return ((await child.ask('cpu')) - before) / requests;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[(values.length - 1) / 2]!;
}

for (const [scenario, requests] of [
  [smallChat, 3000],
  [stream50, 400],
] as const) {
  const costs = Object.entries(gateways).map(([metrics, child]) => ({
    metrics,
    child,
    us: [] as number[],
  }));
  for (const { child } of costs) await microseconds(child, scenario, requests);
  for (let round = 0; round < ROUNDS; round++) {
    // Whoever goes first may find the machine in another state, so they take turns.
    for (let turn = 0; turn < costs.length; turn++) {
      const { child, us } = costs[(round + turn) % costs.length]!;
      us.push(await microseconds(child, scenario, requests));
    }
  }
  const bare = costs[0]!.us;
  console.log(`${scenario.name}: medians of ${ROUNDS} rounds`);
  console.table(
    costs.map(({ metrics, us }) => ({
      metrics,
      'CPU µs': median(us).toFixed(1),
      ratio: median(us.map((own, round) => own / bare[round]!)).toFixed(3),
    })),
  );
}
