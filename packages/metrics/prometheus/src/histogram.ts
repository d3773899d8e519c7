/** Upper bounds of the buckets in seconds, each twice the one before: 10 ms to 11 minutes, as long as an answer may take. */
export const BOUNDS_SECONDS: readonly number[] = Array.from(
  { length: 17 },
  (_, index) => 0.01 * 2 ** index,
);

/** Durations, counted in buckets. */
export class Histogram {
  /** Observations in each bucket alone; the last one is without bound. */
  readonly counts: Float64Array = new Float64Array(BOUNDS_SECONDS.length + 1);
  sumSeconds = 0;

  observe(milliseconds: number): void {
    const seconds = milliseconds / 1000;
    let bucket = 0;
    while (bucket < BOUNDS_SECONDS.length && seconds > BOUNDS_SECONDS[bucket]!) bucket++;
    this.counts[bucket]!++;
    this.sumSeconds += seconds;
  }
}
