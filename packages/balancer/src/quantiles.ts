import { Durations } from './durations.ts';

/** Quantiles of recent durations: those of the present window and of the one before it. */
export class RecentQuantiles {
  readonly #windowMs: number;
  #present = new Durations();
  #older = new Durations();
  readonly #both = new Durations();
  #windowStartMs = -Infinity;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  observe(milliseconds: number, nowMs: number): void {
    this.#turn(nowMs);
    this.#present.addTo(Durations.bucketOf(milliseconds));
  }

  /** Observations that `quantile` would be taken from. */
  count(nowMs: number): number {
    this.#turn(nowMs);
    return this.#present.count + this.#older.count;
  }

  /** The milliseconds that `ratio` (0 to 1) of the observations do not exceed; `NaN` without one. */
  quantile(ratio: number, nowMs: number): number {
    this.#turn(nowMs);
    this.#both.clear();
    this.#both.merge(this.#older);
    this.#both.merge(this.#present);
    return this.#both.quantile(ratio);
  }

  #turn(nowMs: number): void {
    const ageMs = nowMs - this.#windowStartMs;
    if (ageMs < this.#windowMs) return;
    const spare = this.#older;
    this.#older = this.#present;
    this.#present = spare;
    this.#present.clear();
    if (ageMs >= 2 * this.#windowMs) this.#older.clear();
    this.#windowStartMs = nowMs;
  }
}
