import type {
  Outcome,
  RequestTraits,
  Snapshot,
  Strategy,
  StrategyContext,
  StrategyDefinition,
  View,
} from '@plimsoll/core';

import type { Coordinates } from './distance.ts';
import { type Place, Region } from './region.ts';

/** The pool's targets by place, in the order of the configuration. What comes first is for the subclass to say. */
export abstract class Regions implements Strategy {
  protected readonly places: ReadonlyMap<string, Coordinates>;
  protected regions: readonly Region[] = [];
  readonly #within: StrategyDefinition;
  readonly #context: StrategyContext;
  #regionAt: (Region | undefined)[] = [];

  constructor(
    within: StrategyDefinition,
    places: ReadonlyMap<string, Coordinates>,
    context: StrategyContext,
  ) {
    this.#within = within;
    this.places = places;
    this.#context = context;
  }

  update(snapshot: Snapshot): void {
    // A place keeps its strategy, and so its phase, for as long as a target is there.
    const before = new Map(this.regions.map((region) => [region.place, region]));
    const regions = new Map<Place, Region>();
    this.#regionAt = [];
    for (const [index, { region: name }] of snapshot.targets.entries()) {
      const place = name === undefined ? undefined : (this.places.get(name) ?? name);
      let region = regions.get(place);
      if (region === undefined) {
        region = before.get(place) ?? new Region(place, this.#within.create(this.#context));
        regions.set(place, region);
      }
      this.#regionAt[snapshot.slots[index]!] = region;
    }
    this.regions = [...regions.values()];
    for (const region of this.regions) {
      region.update(snapshot.where((_, slot) => this.#regionAt[slot] === region));
    }
  }

  abstract pick(view: View, request: RequestTraits, nowMs: number): number;

  observe(slot: number, outcome: Outcome, nowMs: number): void {
    this.#regionAt[slot]?.observe(slot, outcome, nowMs);
  }
}
