import { bytesPerCall, manualClock, seededRandom, snapshotOf, testView } from '@plimsoll/testkit';

import { latency, type LatencyOptions } from '../src/index.ts';

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

/** Targets whose speeds differ by up to a third; requests end in the order in which they began. */
function picker(count: number, options: LatencyOptions): () => void {
  const snapshot = snapshotOf(Array.from({ length: count }, () => 1));
  const strategy = latency(options).create({ random: seededRandom(1), clock: manualClock() });
  const view = testView(snapshot);
  strategy.update(snapshot);
  const running = new Int32Array(4 * count);
  for (let slot = 0; slot < count; slot++) {
    view.estimates.firstContentMs[slot] = 450 + ((slot * 37) % 150);
    view.estimates.perTokenMs[slot] = 18 + ((slot * 7) % 6);
    view.estimates.samples[slot] = 100;
    strategy.observe?.(slot, { durationMs: 1000 + slot }, 0);
  }
  for (let index = 0; index < running.length; index++) {
    running[index] = index % count;
    view.inFlight[index % count]!++;
  }
  const request = {};
  let at = 0;
  let nowMs = 0;
  return () => {
    nowMs++;
    view.inFlight[running[at]!]!--;
    const slot = strategy.pick(view, request, nowMs);
    view.inFlight[slot]!++;
    running[at] = slot;
    at = at + 1 === running.length ? 0 : at + 1;
  };
}

const rows: Record<string, string>[] = [];
for (const count of [2, 8, 10, 100, 1_000, 10_000]) {
  const row: Record<string, string> = {
    targets: String(count),
    'reference ns': nsPerCall(referenceLoop(count)).toFixed(1),
  };
  for (const mode of ['balanced', 'first-token', 'per-token', 'peak-ewma'] as const) {
    const call = picker(count, { mode });
    row[mode] = costOf(call);
  }
  rows.push(row);
}
console.table(rows);
