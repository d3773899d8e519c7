/** Buckets grow by this factor: a quantile is right to within 3.5 %. */
const GROWTH = 1.07;
const LOG_GROWTH = Math.log(GROWTH);
/** From 1 ms to 1.07^204, about 16 minutes. */
const BUCKETS = 205;

/**
 * Durations, as counts in geometric buckets, of which quantiles can be read and which can be added up.
 *
 * Source: the log-linear histogram idea of Gil Tene's HdrHistogram, without its second level.
 *
 * Cost: one logarithm per duration, whatever the number of counts it is added to; 0.8 kB.
 */
export class Durations {
  /** How many there are. */
  count = 0;
  readonly #counts = new Uint32Array(BUCKETS);

  /** The bucket of a duration, for `addTo`. */
  static bucketOf(milliseconds: number): number {
    if (!(milliseconds > 1)) return 0;
    return Math.min(Math.ceil(Math.log(milliseconds) / LOG_GROWTH), BUCKETS - 1);
  }

  /** Counts a duration by its bucket. */
  addTo(bucket: number): void {
    this.#counts[bucket]!++;
    this.count++;
  }

  /** Counts all of `others` too. */
  merge(other: Durations): void {
    if (other.count === 0) return;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      this.#counts[bucket]! += other.#counts[bucket]!;
    }
    this.count += other.count;
  }

  /** Forgets what was observed. */
  clear(): void {
    if (this.count === 0) return;
    this.#counts.fill(0);
    this.count = 0;
  }

  /** The milliseconds that `ratio` (0 to 1) of the durations do not exceed; `NaN` without one. */
  quantile(ratio: number): number {
    if (this.count === 0) return Number.NaN;
    let left = Math.max(1, Math.ceil(this.count * ratio));
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= this.#counts[bucket]!;
      if (left <= 0) return GROWTH ** bucket;
    }
    return GROWTH ** (BUCKETS - 1);
  }
}
