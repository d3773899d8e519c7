import { bytesPerCall, manualClock, seededRandom, snapshotOf, testView } from '@plimsoll/testkit';

import { latency, type LatencyOptions } from '../src/index.ts';

/** Best of several runs, in nanoseconds per call: what the code costs when the machine does nothing else. */
function nsPerCall(call: () => void): number {
  const calls = 20_000;
  let best = Infinity;
  for (let run = 0; run < 60; run++) {
    const start = process.hrtime.bigint();
    for (let index = 0; index < calls; index++) call();
    best = Math.min(best, Number(process.hrtime.bigint() - start) / calls);
  }
  return best;
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
for (const count of [2, 8, 10, 64, 100, 1_000, 10_000]) {
  const row: Record<string, string> = {
    targets: String(count),
    'reference ns': nsPerCall(referenceLoop(count)).toFixed(1),
  };
  for (const mode of ['balanced', 'first-token', 'per-token', 'peak-ewma'] as const) {
    const call = picker(count, { mode });
    row[mode] = `${nsPerCall(call).toFixed(0)} ns, ${Math.round(bytesPerCall(call))} B`;
  }
  rows.push(row);
}
console.table(rows);
