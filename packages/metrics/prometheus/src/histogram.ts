/** Upper bounds of buckets in seconds, each twice the one before: 10 ms to 11 minutes, as long as an answer may take. */
export const ANSWER_BOUNDS_SECONDS: Float64Array = doubling(0.01, 17);

/** The same for work that is done in memory: 50 µs to 0.4 s. */
export const OVERHEAD_BOUNDS_SECONDS: Float64Array = doubling(0.00005, 14);

/** Durations, counted in buckets. */
export class Histogram {
  readonly boundsSeconds: Float64Array;
  /** Observations in each bucket alone; the last one is without bound. */
  readonly counts: Float64Array;
  sumSeconds = 0;

  constructor(boundsSeconds: Float64Array) {
    this.boundsSeconds = boundsSeconds;
    this.counts = new Float64Array(boundsSeconds.length + 1);
  }

  observe(milliseconds: number): void {
    const { boundsSeconds, counts } = this;
    const seconds = milliseconds / 1000;
    let bucket = 0;
    while (bucket < boundsSeconds.length && seconds > boundsSeconds[bucket]!) bucket++;
    counts[bucket]!++;
    this.sumSeconds += seconds;
  }
}

function doubling(first: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, index) => first * 2 ** index);
}
