import type { RequestTraits, Snapshot, View } from '@plimsoll/core';

import type { Region } from './region.ts';
import { Regions } from './regions.ts';

/** A region is left only for one that takes less than this part of its time: noise moves no traffic to and fro. */
const SWITCH_RATIO = 0.9;

/** The region with the quickest first content, as measured from here. */
export class ByLatency extends Regions {
  /** The region that was quickest at the last pick. */
  #current: Region | undefined;
  /** For the pick at hand: milliseconds by region, what they are sorted by, and the indices in that order. */
  #ms = new Float64Array(0);
  #keys = new Float64Array(0);
  #order = new Int32Array(0);

  override update(snapshot: Snapshot): void {
    super.update(snapshot);
    this.#ms = new Float64Array(this.regions.length);
    this.#keys = new Float64Array(this.regions.length);
    this.#order = new Int32Array(this.regions.length);
  }

  pick(view: View, request: RequestTraits, nowMs: number): number {
    this.#sort(view);
    const slot = this.#first(view, request, nowMs);
    if (view.trace !== undefined) {
      for (const [index, region] of this.regions.entries()) {
        for (const member of region.slots) view.trace.score(member, this.#ms[index]!);
      }
    }
    return slot;
  }

  #first(view: View, request: RequestTraits, nowMs: number): number {
    for (let rank = 0; rank < this.#order.length; rank++) {
      const index = this.#order[rank]!;
      const region = this.regions[index]!;
      view.trace?.step(`${region.label}: ${Math.round(this.#ms[index]!)} ms`);
      const slot = region.pick(view, request, nowMs);
      if (slot >= 0) return slot;
    }
    return -1;
  }

  /** Insertion sort: regions are few, and it needs no memory. */
  #sort(view: View): void {
    const { firstContentMs } = view.estimates;
    const order = this.#order;
    for (let index = 0; index < order.length; index++) {
      const region = this.regions[index]!;
      const ms = quickest(region.slots, firstContentMs);
      const key = region === this.#current ? SWITCH_RATIO * ms : ms;
      this.#ms[index] = ms;
      this.#keys[index] = key;
      let rank = index;
      while (rank > 0 && this.#keys[order[rank - 1]!]! > key) order[rank] = order[--rank]!;
      order[rank] = index;
    }
    if (!view.peek && order.length > 0) this.#current = this.regions[order[0]!];
  }
}

function quickest(slots: Int32Array, firstContentMs: Float64Array): number {
  let least = Infinity;
  for (let index = 0; index < slots.length; index++) {
    least = Math.min(least, firstContentMs[slots[index]!]!);
  }
  return least;
}
