import { manualClock, seededRandom, snapshotOf, testView, type TestView } from '@plimsoll/testkit';

import { weightedRoundRobin } from '../src/index.ts';

/** A pool whose targets are named `a`, `b`, `c` by their slots, and can be given other weights. */
export interface Sequence {
  readonly view: TestView;
  /** The next picks as letters: `aabacaa`. */
  readonly next: (count: number) => string;
  /** Sets all weights; 0 takes a target out of the pool. */
  readonly weigh: (weights: readonly number[]) => void;
}

export function sequence(weights: readonly number[]): Sequence {
  const strategy = weightedRoundRobin().create({ random: seededRandom(1), clock: manualClock() });
  const members = (all: readonly number[]) => {
    const slots = [...all.keys()].filter((slot) => all[slot]! > 0);
    return snapshotOf(
      slots.map((slot) => all[slot]!),
      { slots },
    );
  };
  const view = testView(members(weights));
  strategy.update(members(weights));
  return {
    view,
    next: (count) =>
      Array.from({ length: count }, () => letter(strategy.pick(view, {}, 0))).join(''),
    weigh: (changed) => {
      view.update(members(changed));
      strategy.update(members(changed));
    },
  };
}

/** How often each letter from `a` on stands in `picks`. */
export function counts(picks: string, targets: number): number[] {
  return Array.from({ length: targets }, (_, slot) => picks.split(letter(slot)).length - 1);
}

export function letter(slot: number): string {
  return slot === -1 ? '-' : String.fromCharCode('a'.charCodeAt(0) + slot);
}
