/** Buckets grow by this factor: a quantile is right to within 3.5 %. */
const GROWTH = 1.07;
const LOG_GROWTH = Math.log(GROWTH);
/** From 1 ms to 1.07^204, about 16 minutes. */
const BUCKETS = 205;

/**
 * Quantiles of recent durations: counts in geometric buckets, over the present window and the one before it.
 *
 * Source: the log-linear histogram idea of Gil Tene's HdrHistogram, without its second level.
 *
 * Cost: one logarithm per observation; 1.6 kB.
 */
export class RecentQuantiles {
  readonly #windowMs: number;
  #counts = new Uint32Array(BUCKETS);
  #older = new Uint32Array(BUCKETS);
  #count = 0;
  #olderCount = 0;
  #windowStartMs = -Infinity;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  observe(milliseconds: number, nowMs: number): void {
    this.#turn(nowMs);
    const bucket = milliseconds <= 1 ? 0 : Math.ceil(Math.log(milliseconds) / LOG_GROWTH);
    this.#counts[Math.min(bucket, BUCKETS - 1)]!++;
    this.#count++;
  }

  /** Observations that `quantile` would be taken from. */
  count(nowMs: number): number {
    this.#turn(nowMs);
    return this.#count + this.#olderCount;
  }

  /** The milliseconds that `ratio` (0 to 1) of the observations do not exceed; `NaN` without one. */
  quantile(ratio: number, nowMs: number): number {
    const total = this.count(nowMs);
    if (total === 0) return Number.NaN;
    let left = Math.max(1, Math.ceil(total * ratio));
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= this.#counts[bucket]! + this.#older[bucket]!;
      if (left <= 0) return GROWTH ** bucket;
    }
    return GROWTH ** (BUCKETS - 1);
  }

  #turn(nowMs: number): void {
    const ageMs = nowMs - this.#windowStartMs;
    if (ageMs < this.#windowMs) return;
    const spare = this.#older;
    this.#older = this.#counts;
    this.#olderCount = this.#count;
    this.#counts = spare.fill(0);
    this.#count = 0;
    if (ageMs >= 2 * this.#windowMs) {
      this.#older.fill(0);
      this.#olderCount = 0;
    }
    this.#windowStartMs = nowMs;
  }
}
