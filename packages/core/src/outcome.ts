import type { Failure } from './failure.ts';

/** Tokens of one answer, as the provider counted them. */
export interface Usage {
  /** Tokens of the prompt, cached ones included. */
  readonly inputTokens: number;
  /** Tokens of the answer, reasoning included. */
  readonly outputTokens: number;
  /** The part of `inputTokens` that came from the provider's prompt cache. */
  readonly cachedInputTokens?: number | undefined;
  /** The part of `outputTokens` that was spent on reasoning. */
  readonly reasoningTokens?: number | undefined;
}

/** What became of one attempt. Health, estimates, strategies and telemetry are told once, when its lease ends. */
export interface Outcome {
  /** Absent when the attempt succeeded. */
  readonly failure?: Failure | undefined;
  readonly usage?: Usage | undefined;
  /** Milliseconds from the attempt's start to its first content; absent when there was none. */
  readonly firstContentMs?: number | undefined;
  /** Milliseconds from the attempt's start to its end. */
  readonly durationMs: number;
  /** US dollars, where the target has a price and the usage is known. */
  readonly costUsd?: number | undefined;
}
