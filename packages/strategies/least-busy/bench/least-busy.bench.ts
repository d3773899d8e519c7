import { bytesPerCall, seededRandom, manualClock, snapshotOf, testView } from '@plimsoll/testkit';

import { leastBusy, type LeastBusyOptions } from '../src/index.ts';

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

function picker(
  count: number,
  weightOf: (index: number) => number,
  isBusy: boolean,
  options?: LeastBusyOptions,
): () => void {
  const snapshot = snapshotOf(Array.from({ length: count }, (_, index) => weightOf(index)));
  const strategy = leastBusy(options).create({ random: seededRandom(1), clock: manualClock() });
  const view = testView(snapshot);
  strategy.update(snapshot);
  const request = {};
  // Requests end in the order in which they began, so every pick sees other loads.
  const running = new Int32Array(4 * count);
  let at = 0;
  if (!isBusy) return () => void strategy.pick(view, request, 0);
  for (let index = 0; index < running.length; index++) {
    running[index] = index % count;
    view.inFlight[index % count]!++;
  }
  return () => {
    view.inFlight[running[at]!]!--;
    const slot = strategy.pick(view, request, 0);
    view.inFlight[slot]!++;
    running[at] = slot;
    at = at + 1 === running.length ? 0 : at + 1;
  };
}

const rows: Record<string, string>[] = [];
for (const count of [2, 8, 10, 64, 100, 1_000, 10_000]) {
  const cases: [string, () => void][] = [
    ['equal, idle', picker(count, () => 1, false)],
    ['equal, busy', picker(count, () => 1, true)],
    ['weighted, idle', picker(count, (index) => 1 + (index % 3), false)],
    ['weighted, busy', picker(count, (index) => 1 + (index % 3), true)],
  ];
  const row: Record<string, string> = {
    targets: String(count),
    'reference ns': nsPerCall(referenceLoop(count)).toFixed(1),
  };
  for (const [name, call] of cases) {
    row[name] = `${nsPerCall(call).toFixed(1)} ns, ${Math.round(bytesPerCall(call))} B`;
  }
  rows.push(row);
}
console.table(rows);
