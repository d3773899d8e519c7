/**
 * Retries a pool may make, so that a total outage is not answered with a multiple of its traffic. Each request earns
 * `ratio` of a retry, up to `cap`. With the defaults attempts <= 1.2 x requests + 20, at every moment.
 *
 * Source: Finagle's RetryBudget (Twitter, 2016), with counts instead of a time window.
 */
export class RetryBudget {
  /** Retries earned by each request. */
  readonly ratio: number;
  readonly #cap: number;
  #balance: number;

  constructor(ratio: number, cap: number, initial: number) {
    this.ratio = ratio;
    this.#cap = cap;
    this.#balance = initial;
  }

  /** A request arrived. */
  earn(): void {
    const balance = this.#balance + this.ratio;
    this.#balance = balance < this.#cap ? balance : this.#cap;
  }

  /** Whether a retry may be made; counts it. */
  take(): boolean {
    // Sums of 0.2 fall short of whole numbers by rounding: five requests must still earn one retry.
    if (this.#balance < 1 - 1e-9) return false;
    this.#balance -= 1;
    return true;
  }

  /** A retry that was charged could not be made. */
  refund(): void {
    this.#balance = Math.min(this.#cap, this.#balance + 1);
  }

  /** Retries that could be made now. */
  get balance(): number {
    return this.#balance;
  }
}
