import { manualClock, seededRandom, snapshotOf, testView } from '@plimsoll/testkit';

import { type Choose, custom } from '../src/index.ts';

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

/** As `nsPerCall`, with the bytes each call allocates: so few calls that no collection comes between. */
function costOf(call: () => void, calls: number): string {
  const ns = nsPerCall(call);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < calls; index++) call();
  const bytes = (process.memoryUsage().heapUsed - before) / calls;
  return `${ns.toFixed(0)} ns, ${bytes.toFixed(0)} B`;
}

/** The least work a comparison of all targets can be: a loop over one array. */
function referenceLoop(count: number): () => void {
  const loads = Int32Array.from({ length: count }, (_, index) => (index * 7) % 5);
  let sink = 0;
  return () => {
    let best = 0;
    for (let index = 1; index < count; index++) if (loads[index]! < loads[best]!) best = index;
    sink = (sink + best) | 0;
  };
}

function picker(count: number, choose: Choose): () => void {
  const snapshot = snapshotOf(Array.from({ length: count }, () => 1));
  const strategy = custom(choose).create({ random: seededRandom(1), clock: manualClock() });
  strategy.update(snapshot);
  const view = testView(snapshot);
  const request = {};
  return () => void strategy.pick(view, request, 0);
}

const rows: Record<string, string>[] = [];
for (const count of [2, 8, 10, 100, 1_000, 10_000]) {
  const calls = Math.ceil(4000 / count);
  rows.push({
    targets: String(count),
    'reference ns': nsPerCall(referenceLoop(count)).toFixed(1),
    'the first': costOf(
      picker(count, (candidates) => candidates[0]),
      calls,
    ),
    'the least busy': costOf(
      picker(count, (candidates) =>
        candidates.reduce((least, candidate) =>
          candidate.inFlight < least.inFlight ? candidate : least,
        ),
      ),
      calls,
    ),
  });
}
console.table(rows);
