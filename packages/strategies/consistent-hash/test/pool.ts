import type { Snapshot, Strategy, Target } from '@plimsoll/core';
import { manualClock, seededRandom, snapshotOf, testView, type TestView } from '@plimsoll/testkit';

import { consistentHash, type ConsistentHashOptions } from '../src/index.ts';

/** A strategy with its view and members. */
export interface Pool {
  readonly strategy: Strategy;
  readonly view: TestView;
  readonly snapshot: Snapshot;
  /** The id of the target that a key gets; `none` without an admissible one. */
  idOf(key: string | undefined): string;
}

/** A pool of members, each a weight or a part of a target. */
export function poolOf(
  members: readonly (number | Partial<Target>)[],
  options?: ConsistentHashOptions,
): Pool {
  const snapshot = snapshotOf(members);
  const strategy = consistentHash(options).create({
    random: seededRandom(1),
    clock: manualClock(),
  });
  strategy.update(snapshot);
  const view = testView(snapshot);
  const idOf = (key: string | undefined): string => {
    const slot = strategy.pick(view, key === undefined ? {} : { hashKey: key }, 0);
    const index = snapshot.slots.indexOf(slot);
    return index < 0 ? 'none' : snapshot.targets[index]!.id;
  };
  return { strategy, view, snapshot, idOf };
}

/** Members of weight 1 with the ids `node-0`, `node-1`, … */
export function nodes(count: number): Partial<Target>[] {
  return Array.from({ length: count }, (_, index) => ({ id: `node-${index}` }));
}

export function keysOf(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `key-${index}`);
}

/** How many of `keys` each target gets, by id. */
export function countsOf(pool: Pool, keys: readonly string[]): Map<string, number> {
  const counts = new Map(pool.snapshot.targets.map(({ id }) => [id, 0]));
  for (const key of keys) {
    const id = pool.idOf(key);
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}
