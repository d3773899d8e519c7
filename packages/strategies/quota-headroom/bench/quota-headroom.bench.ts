import {
  bytesPerCall,
  manualClock,
  pickBench,
  seededRandom,
  snapshotOf,
  testView,
} from '@plimsoll/testkit';

import { quotaHeadroom } from '../src/index.ts';

pickBench({ create: quotaHeadroom, name: 'quota-headroom, nothing used' });

/** Nanoseconds per call, the least of 60 batches: whatever else the machine does only adds. */
function nsPerCall(call: () => void): number {
  let least = Infinity;
  for (let batch = 0; batch < 60; batch++) {
    const start = process.hrtime.bigint();
    for (let index = 0; index < 5000; index++) call();
    least = Math.min(least, Number(process.hrtime.bigint() - start) / 5000);
  }
  return least;
}

/** A pool in which every target has another share left, so that all of it is compared; each pick uses some. */
function picker(count: number): () => void {
  const snapshot = snapshotOf(Array.from({ length: count }, () => 1));
  const strategy = quotaHeadroom().create({ random: seededRandom(1), clock: manualClock() });
  const view = testView(snapshot);
  strategy.update(snapshot);
  for (let slot = 0; slot < count; slot++) view.quota[slot] = 0.5 + ((slot * 37) % 100) / 250;
  const request = {};
  return () => {
    const slot = strategy.pick(view, request, 0);
    view.quota[slot] = view.quota[slot]! > 0.1 ? view.quota[slot]! - 0.001 : 0.9;
  };
}

const rows = [2, 8, 64, 1000, 10_000].map((count) => {
  const call = picker(count);
  const bytes = Math.round(bytesPerCall(call));
  return { targets: count, 'ns/pick': Math.round(nsPerCall(call)), 'bytes/pick': bytes };
});
console.log('quota-headroom, every target used differently');
console.table(rows);
