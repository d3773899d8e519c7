/** Why a target was left out of a decision, or that it was not (`admissible`). The order is that of their codes. */
export const REASONS = [
  'admissible',
  'draining',
  'pin',
  'region',
  'tags',
  'provider',
  'model',
  'resume',
  'context_window',
  'capability',
  'tried',
  'cooling',
  'unhealthy',
  'concurrency',
  'quota',
  'budget',
  'slow_start',
] as const;

/** One of `REASONS`. */
export type Reason = (typeof REASONS)[number];

/** One target in a decision. */
export interface Candidate {
  readonly target: string;
  readonly reason: Reason;
  /** As the strategy compares it; present where the decision was traced. */
  readonly score: number | undefined;
}

/** The record of one choice. */
export interface Decision {
  readonly callId: number;
  readonly pool: string;
  readonly strategy: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Milliseconds since the Unix epoch. */
  readonly epochMs: number;
  /** The chosen target; undefined when none was admissible. */
  readonly target: string | undefined;
  /** Every target of the pool, in the order of the configuration; empty where a large pool's were not recorded. */
  readonly candidates: readonly Candidate[];
  /** The way through a composite strategy, outermost first; empty where the decision was not traced. */
  readonly path: readonly string[];
  /** How the attempt ended; undefined while it runs, and for a decision that was only tried out. */
  readonly outcome: 'success' | 'failed' | 'aborted' | undefined;
  /** The failure's message, when it failed. */
  readonly failure: string | undefined;
}

/** A decision tried out: what would be chosen now, and what after that. */
export interface Explanation extends Decision {
  /** Targets in the order they would be tried if each failed. */
  readonly order: readonly string[];
}
