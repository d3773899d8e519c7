import type { Snapshot, Strategy, StrategyDefinition, View } from '@plimsoll/core';
import { bytesPerCall, manualClock, seededRandom, snapshotOf, testView } from '@plimsoll/testkit';

import { geo, type GeoOptions } from '../src/index.ts';

/** The plainest inner strategy, so that the figures are the composite's: the next slot, if it is admitted. */
const cycle: StrategyDefinition = {
  name: 'cycle',
  honoursWeights: false,
  expectedShare: 'equal',
  create: () => new Cycle(),
};

class Cycle implements Strategy {
  #slots: Int32Array = new Int32Array(0);
  #at = 0;

  update(snapshot: Snapshot): void {
    this.#slots = snapshot.slots;
    this.#at = 0;
  }

  pick(view: View): number {
    const slot = this.#slots[this.#at]!;
    this.#at = this.#at + 1 === this.#slots.length ? 0 : this.#at + 1;
    return view.admits(slot) ? slot : -1;
  }
}

/** Best of several runs, in nanoseconds per call: what the code costs when the machine does nothing else. */
function nsPerCall(call: () => void, calls = 200_000): number {
  let best = Infinity;
  for (let run = 0; run < 10; run++) {
    const start = process.hrtime.bigint();
    for (let index = 0; index < calls; index++) call();
    best = Math.min(best, Number(process.hrtime.bigint() - start) / calls);
  }
  return best;
}

const regions = ['us-east-1', 'eu-west-1', 'ap-southeast-1', 'us-west-2', 'sa-east-1'];

/** Picks for users of Frankfurt, or of nowhere, from a pool in up to five regions, and what an update costs. */
function subject(
  count: number,
  region: string | undefined,
  options?: Partial<GeoOptions>,
): Subject {
  const snapshot = snapshotOf(
    Array.from({ length: count }, (_, index) => ({ region: regions[index % regions.length] })),
  );
  const strategy = geo({ within: cycle, ...options }).create({
    random: seededRandom(1),
    clock: manualClock(),
  });
  const view = testView(snapshot);
  strategy.update(snapshot);
  const request = { region };
  return {
    pick: () => void strategy.pick(view, request, 0),
    update: () => strategy.update(snapshot),
  };
}

interface Subject {
  readonly pick: () => void;
  readonly update: () => void;
}

const rows: Record<string, string>[] = [];
for (const count of [2, 10, 100, 1000, 10_000]) {
  const near = subject(count, 'eu-central-1');
  const cases: [string, () => void, number][] = [
    ['near', near.pick, 200_000],
    ['anywhere', subject(count, undefined).pick, 200_000],
    ['by latency', subject(count, undefined, { nearest: 'latency' }).pick, 2e7 / (100 + count)],
  ];
  const row: Record<string, string> = { targets: String(count) };
  for (const [name, call, calls] of cases) {
    row[name] = `${nsPerCall(call, calls).toFixed(1)} ns, ${Math.round(bytesPerCall(call))} B`;
  }
  row['update'] = `${(nsPerCall(near.update, 20) / 1000).toFixed(0)} µs`;
  rows.push(row);
}
console.table(rows);
