import type { Outcome, RequestTraits, Snapshot, Strategy, View } from '@plimsoll/core';

import { type Coordinates, distanceKm } from './distance.ts';

/** Where a region is; its name where that is not known; `undefined` for targets that have no region. */
export type Place = Coordinates | string | undefined;

/** Kilometres between two places: `Infinity` where one is not known, unless they are the same. */
export function kmBetween(from: Place, to: Place): number {
  if (from === to) return 0;
  if (typeof from !== 'object' || typeof to !== 'object') return Infinity;
  return distanceKm(from, to);
}

/** The targets of one place, and the strategy that chooses among them. */
export class Region {
  readonly place: Place;
  /** The names its targets call it by. */
  label = '';
  slots: Int32Array = new Int32Array(0);
  readonly #strategy: Strategy;

  constructor(place: Place, strategy: Strategy) {
    this.place = place;
    this.#strategy = strategy;
  }

  update(members: Snapshot): void {
    const names = members.targets.map((target) => target.region ?? 'no region');
    this.label = [...new Set(names)].join(', ');
    this.slots = members.slots;
    this.#strategy.update(members);
  }

  pick(view: View, request: RequestTraits, nowMs: number): number {
    return this.#strategy.pick(view, request, nowMs);
  }

  observe(slot: number, outcome: Outcome, nowMs: number): void {
    this.#strategy.observe?.(slot, outcome, nowMs);
  }
}
