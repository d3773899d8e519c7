/** What is counted of one target over all gateways, of requests that came after the warm-up. */
export class Tally {
  readonly target: string;
  /** First attempts. */
  picks = 0;
  attempts = 0;
  served = 0;
  /** Attempts answered with 429. */
  throttled = 0;
  /** Attempts that ended in an error of the server or the connection. */
  errors = 0;
  /** Attempts the balancer gave up: time limits, hedges that lost. */
  abandoned = 0;
  /** Attempts under way now, uncounted warm-up included. */
  inFlight = 0;

  constructor(target: string) {
    this.target = target;
  }
}

/** The tallies of a simulation, in the order in which targets were first used. */
export class Tallies {
  readonly #byTarget = new Map<string, Tally>();

  of(target: string): Tally {
    let tally = this.#byTarget.get(target);
    if (tally === undefined) this.#byTarget.set(target, (tally = new Tally(target)));
    return tally;
  }

  all(): Tally[] {
    return [...this.#byTarget.values()];
  }
}
