import type { Snapshot, Strategy, StrategyDefinition, View } from '@plimsoll/core';
import { bytesPerCall, manualClock, seededRandom, snapshotOf, testView } from '@plimsoll/testkit';

import { cost, type CostOptions } from '../src/index.ts';

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

/** Picks from a pool with the given number of prices, the cheapest `down` of which are not admitted. */
function picker(
  count: number,
  prices: number,
  down: number,
  options?: Partial<CostOptions> & { readonly cachedInputTokens?: number },
): () => void {
  const snapshot = snapshotOf(
    Array.from({ length: count }, (_, index) => {
      const input = 1 + (index % prices);
      return { price: { input, output: 4 * input, cachedInput: input / 10 } };
    }),
  );
  const strategy = cost({ within: cycle, ...options }).create({
    random: seededRandom(1),
    clock: manualClock(),
  });
  const view = testView(snapshot);
  strategy.update(snapshot);
  const { cachedInputTokens = 0 } = options ?? {};
  const usage = { inputTokens: 10_000, outputTokens: 100, cachedInputTokens };
  for (const slot of snapshot.slots) strategy.observe?.(slot, { durationMs: 1000, usage }, 0);
  for (const slot of snapshot.slots) if (slot % prices < down) view.admissible[slot] = 0;
  const requests = Array.from({ length: 64 }, (_, index) => ({ inputTokens: 100 * index }));
  let at = 0;
  return () => void strategy.pick(view, requests[at++ & 63]!, at);
}

const rows: Record<string, string>[] = [];
for (const count of [2, 10, 100, 1000, 10_000]) {
  const prices = Math.min(10, count);
  const cases: [string, () => void][] = [
    ['one price', picker(count, 1, 0)],
    ['up to 10 prices', picker(count, prices, 0)],
    ['up to 10, cached', picker(count, prices, 0, { cachedInputTokens: 5000 })],
    ['last of up to 10', picker(count, prices, prices - 1)],
    ['up to 10, quick ones', picker(count, prices, 0, { maxFirstContentMs: 600 })],
  ];
  const row: Record<string, string> = { targets: String(count) };
  for (const [name, call] of cases) {
    row[name] = `${nsPerCall(call).toFixed(1)} ns, ${Math.round(bytesPerCall(call))} B`;
  }
  rows.push(row);
}
console.table(rows);
