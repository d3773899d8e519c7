import { Durations } from '@plimsoll/balancer';

import { type Timeline, WINDOW_NAMES } from './timeline.ts';
import { BUCKETS, type Quantiles, type WindowName } from './view.ts';

interface Slice {
  number: number;
  readonly durations: Durations;
}

/**
 * Durations in the windows, in slices of some buckets each. Cost: one logarithm and six additions for each duration; up
 * to 0.8 kB per slice, had when the first duration comes.
 */
export class Latencies {
  readonly #timeline: Timeline;
  readonly #bucketsPerSlice: number;
  readonly #slices: Readonly<Record<WindowName, (Slice | undefined)[]>> = {
    '5m': [],
    '1h': [],
    '24h': [],
  };

  /** Those of the running buckets, in all windows, as of turn `#turn` of the timeline. */
  #running: readonly Durations[] = [];
  #turn = -1;

  /** @param bucketsPerSlice - a divisor of `BUCKETS`: 1 where each bucket is asked for. */
  constructor(timeline: Timeline, bucketsPerSlice: number) {
    this.#timeline = timeline;
    this.#bucketsPerSlice = bucketsPerSlice;
  }

  add(milliseconds: number): void {
    const bucket = Durations.bucketOf(milliseconds);
    const { turns } = this.#timeline;
    if (turns !== this.#turn) {
      this.#turn = turns;
      this.#running = WINDOW_NAMES.map((window) => this.#runningIn(window));
    }
    for (let index = 0; index < this.#running.length; index++) this.#running[index]!.addTo(bucket);
  }

  /** Quantiles of the buckets from `from` to `to`, widened to whole slices. */
  between(window: WindowName, from: number, to: number): Quantiles {
    const durations = new Durations();
    const first = Math.floor(from / this.#bucketsPerSlice);
    const last = Math.floor(to / this.#bucketsPerSlice);
    for (const slice of this.#slices[window]) {
      if (slice === undefined || slice.number < first || slice.number > last) continue;
      durations.merge(slice.durations);
    }
    return quantilesOf(durations);
  }

  /** Quantiles of the whole window. */
  total(window: WindowName): Quantiles {
    const running = this.#timeline.running[window];
    return this.between(window, running - BUCKETS + 1, running);
  }

  #runningIn(window: WindowName): Durations {
    const number = Math.floor(this.#timeline.running[window] / this.#bucketsPerSlice);
    const slices = this.#slices[window];
    // One more than the window has: the first of them reaches back beyond it.
    const place = number % (BUCKETS / this.#bucketsPerSlice + 1);
    const slice = (slices[place] ??= { number, durations: new Durations() });
    if (slice.number !== number) {
      slice.number = number;
      slice.durations.clear();
    }
    return slice.durations;
  }
}

function quantilesOf(durations: Durations): Quantiles {
  if (durations.count === 0) return { p50: null, p95: null, p99: null };
  const at = (ratio: number): number => Math.round(durations.quantile(ratio));
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
