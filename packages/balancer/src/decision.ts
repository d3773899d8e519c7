/** Why a target was left out of a decision, or that it was not. */
export type Reason =
  | "admissible"
  | "tried"
  | "draining"
  | "unhealthy"
  | "concurrency"
  | "region"
  | "tags"
  | "pin"
  | "context_window"
  | "capability"
  | "not_considered";

/** One target in a decision. */
export interface Candidate {
  readonly target: string;
  readonly reason: Reason;
  /** As the strategy compares it; present where scores were recorded. */
  readonly score: number | undefined;
}

/** The record of one choice. */
export interface Decision {
  readonly callId: number;
  readonly pool: string;
  readonly strategy: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly epochMs: number;
  /** The chosen target; undefined when none was admissible. */
  readonly target: string | undefined;
  readonly candidates: readonly Candidate[];
  /** The way through a composite strategy, outermost first. */
  readonly path: readonly string[];
  /** How the attempt ended; undefined while it runs. */
  readonly outcome: "success" | "failed" | "aborted" | undefined;
  /** The failure's message, when it failed. */
  readonly failure: string | undefined;
}

/** A decision tried out: what would be chosen now, and what after that. */
export interface Explanation extends Decision {
  /** Targets in the order they would be tried if each failed. */
  readonly order: readonly string[];
}
