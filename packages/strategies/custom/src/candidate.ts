import type { Target, View } from '@plimsoll/core';

/** A target that the request may go to, with what is known of it at the moment. Valid during the call only. */
export interface Candidate {
  readonly target: Target;
  /** Attempts in flight, of all pools. */
  readonly inFlight: number;
  /** The current weight, > 0. */
  readonly weight: number;
  /** Whether it is in good health: its breaker is closed and it is not cooling down. */
  readonly isHealthy: boolean;
  /** Milliseconds to the first content, as measured. */
  readonly firstContentMs: number;
  /** Milliseconds per output token, as measured. */
  readonly perTokenMs: number;
  /** Share of attempts that failed, 0 to 1, recent ones counting most. */
  readonly failureRatio: number;
}

/** The candidate at `slot`; a copy, so that one that is kept does not change behind the caller's back. */
export function candidateOf(target: Target, slot: number, view: View): Candidate {
  const { firstContentMs, perTokenMs, failureRatio } = view.estimates;
  return {
    target,
    inFlight: view.inFlight[slot]!,
    weight: view.weights[slot]!,
    isHealthy: view.isHealthy(slot),
    firstContentMs: firstContentMs[slot]!,
    perTokenMs: perTokenMs[slot]!,
    failureRatio: failureRatio[slot]!,
  };
}
