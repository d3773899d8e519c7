import type { Snapshot, Strategy, StrategyDefinition, View } from '@plimsoll/core';
import { bytesPerCall, manualClock, seededRandom, snapshotOf, testView } from '@plimsoll/testkit';

import { rules } from '../src/index.ts';

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

/** Picks where the last of `count` rules matches, or none does. */
function picker(targets: number, count: number, isMatch: boolean): () => void {
  const snapshot = snapshotOf(Array.from({ length: targets }, () => ({ tags: ['long'] })));
  const strategy = rules({
    rules: Array.from({ length: count }, (_, index) => ({
      when: (request) => (request.inputTokens ?? 0) > 20_000 - index,
      use: cycle,
      tags: ['long'],
    })),
    otherwise: cycle,
  }).create({ random: seededRandom(1), clock: manualClock() });
  const view = testView(snapshot);
  strategy.update(snapshot);
  const request = { inputTokens: isMatch ? 20_002 - count : 100 };
  return () => void strategy.pick(view, request, 0);
}

const rows: Record<string, string>[] = [];
for (const targets of [2, 10, 100, 1000, 10_000]) {
  const cases: [string, () => void][] = [
    ['1 rule, matches', picker(targets, 1, true)],
    ['1 rule, otherwise', picker(targets, 1, false)],
    ['10 rules, last matches', picker(targets, 10, true)],
    ['10 rules, otherwise', picker(targets, 10, false)],
  ];
  const row: Record<string, string> = { targets: String(targets) };
  for (const [name, call] of cases) {
    row[name] = `${nsPerCall(call).toFixed(1)} ns, ${Math.round(bytesPerCall(call))} B`;
  }
  rows.push(row);
}
console.table(rows);
