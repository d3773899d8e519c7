import { bytesPerCall, manualClock, seededRandom, snapshotOf, testView } from '@plimsoll/testkit';

import { consistentHash, type ConsistentHashOptions } from '../src/index.ts';
import { hashOf } from '../src/key-hash.ts';

/** Nanoseconds per call, the least of 60 batches of about a millisecond: whatever else the machine does only adds. */
function nsPerCall(call: () => void): number {
  let least = Infinity;
  let calls = 100;
  for (let batch = 0; batch < 60; batch++) {
    const start = process.hrtime.bigint();
    for (let index = 0; index < calls; index++) call();
    least = Math.min(least, Number(process.hrtime.bigint() - start) / calls);
    calls = Math.min(20_000, Math.max(20, Math.round(1e6 / least)));
  }
  return least;
}

/** As `nsPerCall`, with the bytes each call allocates; these come first, as they wait until the compiler is done. */
function costOf(call: () => void): string {
  const bytes = Math.round(bytesPerCall(call));
  return `${nsPerCall(call).toFixed(0)} ns, ${bytes} B`;
}

/** 34 characters, as long as a `prompt_cache_key` with a UUID in it tends to be. */
const requests = Array.from({ length: 1024 }, (_, index) => ({
  hashKey: `user-${String(index).padStart(29, '0')}`,
}));

/** The least work a look at all targets can be: a loop over one array. */
function referenceLoop(count: number): () => void {
  const loads = Int32Array.from({ length: count }, (_, index) => (index * 7) % 5);
  let sink = 0;
  return () => {
    let best = 0;
    for (let index = 1; index < count; index++) if (loads[index]! < loads[best]!) best = index;
    sink = (sink + best) | 0;
  };
}

function picker(
  count: number,
  weightOf: (index: number) => number,
  inFlight: number,
  options: ConsistentHashOptions,
  membersEach = 1,
): () => void {
  const snapshot = snapshotOf(
    Array.from({ length: count }, (_, index) => ({
      weight: weightOf(index),
      cacheDomain: `account-${Math.floor(index / membersEach)}`,
    })),
  );
  const strategy = consistentHash(options).create({
    random: seededRandom(1),
    clock: manualClock(),
  });
  const view = testView(snapshot);
  view.inFlight.fill(inFlight);
  strategy.update(snapshot);
  let at = 0;
  return () => {
    at = (at + 1) & 1023;
    strategy.pick(view, requests[at]!, 0);
  };
}

let at = 0;
let sink = 0;
const keyHash = nsPerCall(() => {
  at = (at + 1) & 1023;
  sink ^= hashOf(requests[at]!.hashKey, 0);
});
console.log(`hash of a key of 34 characters: ${keyHash.toFixed(1)} ns (${sink & 1})`);

const rows: Record<string, string>[] = [];
for (const count of [2, 8, 10, 100, 1_000, 10_000]) {
  const equal = (): number => 1;
  const weighted = (index: number): number => 1 + (index % 3);
  const cases: [string, () => void][] = [
    ['rendezvous', picker(count, equal, 0, { algorithm: 'rendezvous' })],
    ['rendezvous, weighted', picker(count, weighted, 0, { algorithm: 'rendezvous' })],
    ['rendezvous, loaded', picker(count, equal, 20, { algorithm: 'rendezvous' })],
    ['rendezvous, domains of 2', picker(count, equal, 0, { algorithm: 'rendezvous' }, 2)],
    ['weighted, domains of 4', picker(count, weighted, 0, { algorithm: 'rendezvous' }, 4)],
    ['domains of 4, loaded', picker(count, weighted, 20, { algorithm: 'rendezvous' }, 4)],
    ['maglev', picker(count, equal, 0, { algorithm: 'maglev' })],
    ['maglev, domains of 4', picker(count, equal, 0, { algorithm: 'maglev' }, 4)],
    ['maglev, loaded', picker(count, equal, 20, { algorithm: 'maglev' })],
    ['ring', picker(count, equal, 0, { algorithm: 'ring' })],
    ['jump', picker(count, equal, 0, { algorithm: 'jump' })],
  ];
  const row: Record<string, string> = {
    targets: String(count),
    'reference ns': nsPerCall(referenceLoop(count)).toFixed(1),
  };
  for (const [name, call] of cases) {
    row[name] = costOf(call);
  }
  rows.push(row);
}
console.table(rows);
