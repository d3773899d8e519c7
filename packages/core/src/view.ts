/**
 * What a strategy sees while it picks: the fast state of all targets, and what this request demands. Valid during the
 * call only; its arrays may be replaced by larger ones between picks, so read them through the view each time.
 */
export interface View {
  /**
   * Whether this request may go to `slot` now: constraints, quota, concurrency, breaker, slow start, and whether it was
   * tried already. Evaluated when asked, so ask only for the slots you would choose. The answer does not change within
   * one pick.
   */
  admits(slot: number): boolean;
  /** Whether the target is in good health (breaker closed, not cooling down), whatever this request demands. */
  isHealthy(slot: number): boolean;
  /**
   * The part that is left of the tightest rate limit of `slot`, 0 to 1; 1 where it has none. Quota is a gate, asked
   * through `admits`; this is for strategies whose very measure it is.
   */
  quotaLeft(slot: number): number;
  /** Attempts in flight, by slot. */
  readonly inFlight: Int32Array;
  /** Current weights, by slot. */
  readonly weights: Float64Array;
  readonly estimates: Estimates;
  /** Present when the decision is being explained: say what was scored and which way was taken. */
  readonly trace: Trace | undefined;
  /**
   * True when the pick is only tried out, for `explain`: choose as always, but change nothing of your own state that a
   * later pick depends on. (Random numbers are put back by the engine.)
   */
  readonly peek: boolean;
  /**
   * Called by a strategy that keeps the requests of one key together, when it chooses a target for one: whether that is
   * the key's home, where it goes while every target may be used. Told in statistics; absent where nobody counts.
   */
  noteAffinity?(isHome: boolean): void;
}

/**
 * What the engine has measured of each target, by slot. Values move to a prior as they grow old, so they are neither
 * frozen nor zero; a target without a sample has the prior.
 */
export interface Estimates {
  /** Milliseconds to the first content. */
  readonly firstContentMs: Float64Array;
  /** Milliseconds per output token, once content flows. */
  readonly perTokenMs: Float64Array;
  /** Share of attempts that failed for reasons of the target, 0 to 1, with a half-life. */
  readonly failureRatio: Float64Array;
  /** Answers measured since the target was added: to the first content, or buffered ones as a whole. */
  readonly samples: Uint32Array;
  /** When the oldest attempt that has no content yet was started (the clock of `nowMs`); `Infinity` if there is none. */
  readonly oldestUnansweredMs: Float64Array;
}

/** Where a strategy notes how it came to its choice. */
export interface Trace {
  /** The score of one candidate, as the algorithm compares it. */
  score(slot: number, score: number): void;
  /** One step of the way through a composite: `tier 1`, `rule 2: size > 20000`. */
  step(name: string): void;
}
