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
    this.#measure(view);
    const order = this.#order;
    const keys = this.#keys;
    for (let index = 0; index < order.length; index++) {
      let rank = index;
      while (rank > 0 && keys[order[rank - 1]!]! > keys[index]!) order[rank] = order[--rank]!;
      order[rank] = index;
    }
    if (!view.peek && order.length > 0) this.#current = this.regions[order[0]!];
  }

  #measure(view: View): void {
    const { firstContentMs } = view.estimates;
    for (let index = 0; index < this.regions.length; index++) {
      const region = this.regions[index]!;
      let least = Infinity;
      for (let member = 0; member < region.slots.length; member++) {
        least = Math.min(least, firstContentMs[region.slots[member]!]!);
      }
      this.#ms[index] = least;
      this.#keys[index] = region === this.#current ? SWITCH_RATIO * least : least;
    }
  }
}
