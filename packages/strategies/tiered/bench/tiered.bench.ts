import type { Snapshot, Strategy, StrategyDefinition, View } from '@plimsoll/core';
import { bytesPerCall, manualClock, seededRandom, snapshotOf, testView } from '@plimsoll/testkit';

import { tiered, type TieredOptions } from '../src/index.ts';

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

const tiers = 3;

/** Picks from a pool of three tiers, the first `down` of which are unhealthy and not admitted. */
function picker(count: number, down: number, options?: Partial<TieredOptions>): () => void {
  const snapshot = snapshotOf(
    Array.from({ length: count }, (_, index) => ({ tier: index % tiers })),
  );
  const strategy = tiered({ within: cycle, ...options }).create({
    random: seededRandom(1),
    clock: manualClock(),
  });
  const view = testView(snapshot);
  strategy.update(snapshot);
  for (const slot of snapshot.slots) {
    if (slot % tiers < down) view.healthy[slot] = view.admissible[slot] = 0;
  }
  const request = {};
  return () => void strategy.pick(view, request, 0);
}

const rows: Record<string, string>[] = [];
for (const count of [3, 9, 99, 999, 9999]) {
  const cases: [string, () => void][] = [
    ['strict', picker(count, 0)],
    ['strict, third tier', picker(count, 2)],
    ['by health', picker(count, 0, { overflow: 'by-health' })],
    ['by health, third tier', picker(count, 2, { overflow: 'by-health' })],
  ];
  const row: Record<string, string> = { targets: String(count) };
  for (const [name, call] of cases) {
    const calls = name.startsWith('by health') ? 20_000_000 / (100 + count) : 200_000;
    row[name] = `${nsPerCall(call, calls).toFixed(1)} ns, ${Math.round(bytesPerCall(call))} B`;
  }
  rows.push(row);
}
console.table(rows);
