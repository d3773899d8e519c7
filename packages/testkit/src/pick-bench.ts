import {
  type RequestTraits,
  seededRandom,
  type StrategyDefinition,
  type Target,
} from '@plimsoll/core';

import { bytesPerCall } from './allocation.ts';
import { manualClock } from './manual-clock.ts';
import { snapshotOf } from './snapshot-of.ts';
import { testView, type TestView } from './test-view.ts';

/** What `pickBench` is to measure. */
export interface PickBenchOptions {
  /** Makes the strategy to be measured. */
  readonly create: () => StrategyDefinition;
  /** Heads the table. @defaultValue the definition's name */
  readonly name?: string;
  /** The weight of the n-th target, from 0. @defaultValue 1 */
  readonly weight?: (index: number) => number;
  /** What the n-th target has besides. @defaultValue nothing */
  readonly target?: (index: number) => Partial<Target>;
  /** The traits of the n-th request; 64 of them are used over and over. @defaultValue a hash key each */
  readonly traits?: (pick: number) => RequestTraits;
}

/** One line of the table. */
interface PickBenchRow {
  readonly targets: number;
  /** Nanoseconds per pick, every target admitted. */
  readonly 'ns/pick': number;
  /** Bytes allocated per pick. */
  readonly 'bytes/pick': number;
  /** Nanoseconds per pick of the reference loop, measured in turn with the strategy. */
  readonly 'ns/pick, reference': number;
  /** The first over the second: compare this between machines, not the nanoseconds. */
  readonly ratio: number;
  /** Nanoseconds per pick while every second target is left out. */
  readonly 'ns/pick, half left out': number;
}

const sizes = [2, 10, 100, 1000, 10_000];
const rounds = 21;
const picksPerRound = 100_000;

/**
 * Prints what a pick costs at 2 to 10,000 targets, in turn with the least that any strategy has to do, which is to step
 * to the next target and to ask whether it is admitted. Each figure is the lowest of 21 rounds of 100,000 picks:
 * whatever else the machine does only adds.
 */
export function pickBench(options: PickBenchOptions): void {
  const rows = sizes.map((size) => measure(options, size));
  // Printing is what a bench is for.
  /* oxlint-disable no-console */
  console.log(options.name ?? options.create().name);
  console.table(rows);
  /* oxlint-enable no-console */
}

function measure(options: PickBenchOptions, size: number): PickBenchRow {
  const {
    weight = () => 1,
    target = () => ({}),
    traits = (pick) => ({ hashKey: `u${pick}` }),
  } = options;
  const snapshot = snapshotOf(
    Array.from({ length: size }, (_, index) => ({ weight: weight(index), ...target(index) })),
  );
  const view = testView(snapshot);
  const strategy = options.create().create({ random: seededRandom(1), clock: manualClock() });
  strategy.update(snapshot);
  const requests = Array.from({ length: 64 }, (_, pick) => traits(pick));
  let nowMs = 0;
  const pick = (): number => strategy.pick(view, requests[nowMs & 63]!, nowMs++);
  const step = referenceLoop(snapshot.slots, view);

  const own: number[] = [];
  const reference: number[] = [];
  const bytes = bytesPerCall(pick);
  for (let round = 0; round < rounds; round++) {
    own.push(nanosecondsPerCall(pick));
    reference.push(nanosecondsPerCall(step));
  }
  for (let slot = 0; slot < size; slot += 2) view.admissible[slot] = 0;
  const halved = Array.from({ length: rounds }, () => nanosecondsPerCall(pick));
  return {
    targets: size,
    'ns/pick': rounded(least(own)),
    'bytes/pick': rounded(bytes),
    'ns/pick, reference': rounded(least(reference)),
    ratio: rounded(least(own) / least(reference)),
    'ns/pick, half left out': rounded(least(halved)),
  };
}

function referenceLoop(slots: Int32Array, view: TestView): () => number {
  let next = 0;
  return () => {
    const slot = slots[next]!;
    next = next + 1 === slots.length ? 0 : next + 1;
    return view.admits(slot) ? slot : -1;
  };
}

function nanosecondsPerCall(run: () => number): number {
  // The sum keeps the compiler from leaving out calls whose answer nobody reads.
  let sum = 0;
  const start = process.hrtime.bigint();
  for (let call = 0; call < picksPerRound; call++) sum += run();
  const end = process.hrtime.bigint();
  if (!Number.isFinite(sum)) throw new Error('a pick answered no number');
  return Number(end - start) / picksPerRound;
}

function least(values: readonly number[]): number {
  return values.reduce((min, value) => Math.min(min, value), Infinity);
}

function rounded(value: number): number {
  return Number(value.toFixed(value < 10 ? 2 : 0));
}
