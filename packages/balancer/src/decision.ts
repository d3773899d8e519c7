import type { FailureFacts } from './failure-facts.ts';

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

/** Why an attempt was made: the request came, an attempt failed, was slow, or broke off after content. */
export const ATTEMPT_CAUSES = ['first', 'retry', 'hedge', 'rescue'] as const;

/** One of `ATTEMPT_CAUSES`. */
export type AttemptCause = (typeof ATTEMPT_CAUSES)[number];

/** The record of one choice. */
export interface Decision {
  /** Grows by one with each decision of the pool. */
  readonly number: number;
  readonly callId: number;
  readonly pool: string;
  readonly strategy: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly cause: AttemptCause;
  /** Milliseconds since the Unix epoch. */
  readonly epochMs: number;
  /** Milliseconds since the request came. */
  readonly sinceStartMs: number;
  /** What the request said of itself, as far as it bears on the choice. */
  readonly request: DecidedRequest;
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
  /** What the failure was, without the provider's words. */
  readonly failureFacts: FailureFacts | undefined;
  /** Milliseconds from the attempt's start to its first content, and to its end; undefined before. */
  readonly firstContentMs: number | undefined;
  readonly durationMs: number | undefined;
  /** Tokens that the attempt used, and US dollars; undefined where that is not known. */
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly costUsd: number | undefined;
}

/** What a decision keeps of its request. */
export interface DecidedRequest {
  /** Estimated tokens of the prompt. */
  readonly inputTokens: number | undefined;
  /** The only target it may go to. */
  readonly pin: string | undefined;
  /** The regions it may go to. */
  readonly residency: readonly string[] | undefined;
  /** Whether it goes to the home of its key; undefined where the strategy goes by no key. */
  readonly isAtHome: boolean | undefined;
  /** Milliseconds that it has, up to the first content of a stream; undefined for a decision that was only tried out. */
  readonly deadlineMs: number | undefined;
}

/** A decision tried out: what would be chosen now, and what after that. */
export interface Explanation extends Decision {
  /** Targets in the order they would be tried if each failed. */
  readonly order: readonly string[];
}
