import { optionError, type StrategyDefinition } from '@plimsoll/core';

import { ByDistance } from './by-distance.ts';
import { ByLatency } from './by-latency.ts';
import type { Coordinates } from './distance.ts';
import { places as cloudPlaces } from './places.ts';

/** Options of `geo`. */
export interface GeoOptions {
  /** Chooses among the targets of one place. Every place has a strategy of its own, made from this. */
  readonly within: StrategyDefinition;
  /**
   * What makes a region near:
   * - `distance`: kilometres from the user's region, `request.region`.
   * - `latency`: the time to first content, as measured from here; the user's region is not read, since the way from the
   *   user to here is the same whichever target answers.
   * @defaultValue 'distance'
   */
  readonly nearest?: 'distance' | 'latency';
  /** Where regions are that the table does not know, or that are elsewhere for you, by name. @defaultValue none */
  readonly places?: Readonly<Record<string, Coordinates>>;
}

/**
 * Chooses among the targets of the nearest region that has an admissible one; those of one place are one region,
 * whatever their clouds call it. A user's region that is neither in the table nor that of a target has no nearest: then
 * the inner strategy chooses among all targets. Targets whose region is not in the table, or who have none, are nearest
 * to users of that very region and come last for all others.
 *
 * Use it where users are spread over the world, and so are targets; use `latency` where the quickest target is to serve,
 * wherever it is. What must not leave a region is said by residency, which the engine keeps whatever this prefers.
 *
 * Source: great-circle distance by the haversine formula (R. W. Sinnott, Virtues of the Haversine, Sky and Telescope,
 * 1984) between the places the cloud providers name.
 *
 * Differs from the source: with `latency`, a region's time is that of its quickest target, and the region in use is left
 * only for one that is a tenth quicker.
 *
 * Cost: one look-up and the inner pick of each region asked; with `latency`, O(targets). Memory: one number per slot,
 * and with `distance` one for each region of the pool and place of the table.
 *
 * Weights are honoured within a place where the inner strategy does so. State: that of the inner strategies; with
 * `latency` also the region in use.
 */
export function geo(options: GeoOptions): StrategyDefinition {
  const { within, nearest = 'distance', places = {} } = options;
  if (typeof within?.create !== 'function') {
    throw optionError('geo', 'within', 'a strategy, such as roundRobin()', within);
  }
  if (nearest !== 'distance' && nearest !== 'latency') {
    throw optionError('geo', 'nearest', '"distance" or "latency"', nearest);
  }
  for (const [name, place] of Object.entries(places)) {
    checkDegrees(`places.${name}.latitude`, place?.latitude, 90);
    checkDegrees(`places.${name}.longitude`, place?.longitude, 180);
  }
  const known = new Map([...cloudPlaces, ...Object.entries(places)]);
  const Order = nearest === 'distance' ? ByDistance : ByLatency;
  return {
    name: 'geo',
    honoursWeights: within.honoursWeights,
    expectedShare: 'none',
    create: (context) => new Order(within, known, context),
  };
}

function checkDegrees(option: string, degrees: number, limit: number): void {
  if (!(degrees >= -limit && degrees <= limit)) {
    throw optionError('geo', option, `degrees from ${-limit} to ${limit}`, degrees);
  }
}
