// What an open dashboard costs a gateway with 100 targets at 2,000 requests a second: CPU (user + system) of its process
// with and without someone who watches, in turns in the same run.
//
// node --conditions=@plimsoll/source --expose-gc apps/gateway/bench/dashboard.bench.ts
import { start } from './children.ts';
import { smallChat } from './scenarios.ts';

const PAIRS = 7;
const SECONDS = 6;
const PER_SECOND = 2000;

await using upstream = await start('upstream.ts');
await using load = await start('paced-load.ts');
await using gateway = await start('dashboard-gateway.ts', String(upstream.port));

interface Run {
  /** Milliseconds of CPU for each second. */
  readonly cpu: number;
  readonly perSecond: number;
}

async function run(): Promise<Run> {
  const { path, body } = smallChat;
  const before = await gateway.ask('cpu');
  const asked = { port: gateway.port, path, body, perSecond: PER_SECOND, seconds: SECONDS };
  const { answered } = await load.ask('paced', asked);
  const spent = (await gateway.ask('cpu')) - before;
  return { cpu: spent / 1000 / SECONDS, perSecond: answered / SECONDS };
}

/** Runs while a page would be open; the reading is done here, in another process than the gateway. */
async function watched(): Promise<Run & { readonly bytes: number }> {
  const abort = new AbortController();
  const response = await fetch(`http://127.0.0.1:${gateway.port}/admin/watch`, {
    headers: { authorization: 'Bearer bench' },
    signal: abort.signal,
  });
  let bytes = 0;
  const reading = (async () => {
    for await (const chunk of response.body!) bytes += chunk.length;
  })().catch(() => {});
  const result = await run();
  abort.abort();
  await reading;
  return { ...result, bytes };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[(values.length - 1) / 2]!;
}

await run();
await watched();
const without: Run[] = [];
const open: Awaited<ReturnType<typeof watched>>[] = [];
for (let pair = 0; pair < PAIRS; pair++) {
  // Whoever goes first may find the machine in another state, so they take turns.
  if (pair % 2 === 0) {
    without.push(await run());
    open.push(await watched());
  } else {
    open.push(await watched());
    without.push(await run());
  }
}
// The same without the machine's other load in it: what one look takes, of which there is one a second.
const looksUs: number[] = [];
for (let batch = 0; batch < 20; batch++) looksUs.push(await gateway.ask('looks', 20));
const lookMs = Math.min(...looksUs.slice(5)) / 1000;
const cpuWithout = median(without.map(({ cpu }) => cpu));
const rises = open.map(({ cpu }, pair) => (cpu / without[pair]!.cpu - 1) * 100);
console.log(`100 targets, ${PER_SECOND} requests/s asked for, ${PAIRS} pairs of ${SECONDS} s`);
console.table({
  'requests/s answered': median(
    [...without, ...open.slice(1)].map((one) => one.perSecond),
  ).toFixed(),
  'CPU without, ms/s': cpuWithout.toFixed(1),
  'CPU watched, ms/s': median(open.map(({ cpu }) => cpu)).toFixed(1),
  'rise, % (lowest to highest)': `${median(rises).toFixed(1)} (${Math.min(...rises).toFixed(1)} to ${Math.max(...rises).toFixed(1)})`,
  'one look, ms': lookMs.toFixed(2),
  'one look a second, % of the CPU without': ((lookMs / cpuWithout) * 100).toFixed(1),
  'sent, kB/s': (median(open.map(({ bytes }) => bytes)) / SECONDS / 1000).toFixed(),
});
