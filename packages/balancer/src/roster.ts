import type { Snapshot } from '@plimsoll/core';

import type { HotState } from './hot-state.ts';
import type { Member } from './member.ts';
import { snapshot } from './snapshot.ts';

/** A pool's members at one moment, and the snapshots its strategies get of them. Immutable. */
export interface Roster {
  readonly version: number;
  /** All members, draining ones included, in the order of the configuration. */
  readonly members: readonly Member[];
  /** The members that take new requests and have a weight. */
  readonly active: Snapshot;
  /** The members with weight 0, each counted as 1 here: used when no active one is admissible. */
  readonly standby: Snapshot;
}

export function roster(version: number, members: readonly Member[], hot: HotState): Roster {
  const open = members.filter(({ slot }) => hot.blocked[slot] === 0);
  const active = open.filter(({ slot }) => hot.weights[slot]! > 0);
  const standby = open.filter(({ slot }) => hot.weights[slot] === 0);
  const of = (some: readonly Member[], weight: (slot: number) => number): Snapshot =>
    snapshot(
      version,
      Int32Array.from(some, ({ slot }) => slot),
      some.map(({ target }) => target),
      Float64Array.from(some, ({ slot }) => weight(slot)),
      hot.slotLimit,
    );
  return {
    version,
    members,
    active: of(active, (slot) => hot.weights[slot]!),
    standby: of(standby, () => 1),
  };
}
