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
import { kmBetween, type Place, type Region } from './region.ts';
import { Regions } from './regions.ts';

/** The pool's regions as seen from one place, nearest first; those at no known distance last. */
interface Route {
  readonly regions: readonly Region[];
  readonly km: readonly number[];
}

/** The region nearest to the user's; all targets alike where that is not known. */
export class ByDistance extends Regions {
  readonly #anywhere: Strategy;
  /** By the name of the user's region, for every name that is known: built here, so that a pick has none to build. */
  #routes = new Map<string, Route>();

  constructor(
    within: StrategyDefinition,
    places: ReadonlyMap<string, Coordinates>,
    context: StrategyContext,
  ) {
    super(within, places, context);
    this.#anywhere = within.create(context);
  }

  override update(snapshot: Snapshot): void {
    super.update(snapshot);
    this.#anywhere.update(snapshot);
    const routes = new Map<Place, Route>();
    this.#routes = new Map();
    for (const [name, place] of this.places) {
      const route = routes.get(place) ?? this.#routeFrom(place);
      routes.set(place, route);
      this.#routes.set(name, route);
    }
    for (const { place } of this.regions) {
      if (typeof place === 'string') this.#routes.set(place, this.#routeFrom(place));
    }
  }

  pick(view: View, request: RequestTraits, nowMs: number): number {
    const route = request.region === undefined ? undefined : this.#routes.get(request.region);
    if (route === undefined) {
      view.trace?.step(`from ${request.region ?? 'no region'}: not known, so anywhere`);
      return this.#anywhere.pick(view, request, nowMs);
    }
    const slot = this.#nearest(route, view, request, nowMs);
    // After the inner picks: their scores would be in another unit.
    if (view.trace !== undefined) {
      for (const [index, region] of route.regions.entries()) {
        for (const member of region.slots) view.trace.score(member, route.km[index]!);
      }
    }
    return slot;
  }

  override observe(slot: number, outcome: Outcome, nowMs: number): void {
    super.observe(slot, outcome, nowMs);
    this.#anywhere.observe?.(slot, outcome, nowMs);
  }

  #nearest(route: Route, view: View, request: RequestTraits, nowMs: number): number {
    for (let index = 0; index < route.regions.length; index++) {
      const region = route.regions[index]!;
      view.trace?.step(
        `from ${request.region} to ${region.label}: ${Math.round(route.km[index]!)} km`,
      );
      const slot = region.pick(view, request, nowMs);
      if (slot >= 0) return slot;
    }
    return -1;
  }

  #routeFrom(place: Place): Route {
    const stops = this.regions.map((region) => ({ region, km: kmBetween(place, region.place) }));
    stops.sort((a, b) => (a.km === b.km ? 0 : a.km - b.km));
    return { regions: stops.map((stop) => stop.region), km: stops.map((stop) => stop.km) };
  }
}
