import type { ErrorCode, Failure, Target, Usage } from '@plimsoll/core';

/**
 * Where a balanced request tells what arrives. Calls come in the order `onHead` `onChunk`+ `onEnd`; `onError` may come
 * at any point and ends it. Nothing is called after `onEnd`, `onError` or `Call.abort`, and nothing before `start` has
 * returned.
 */
export interface Sink<Head = unknown, Chunk = unknown> {
  /** The answer is committed: from here no other target can take over invisibly. Followed by its first content at once. */
  onHead(head: Head, call: Call): void;
  /** Content, or what stands between; the chunk is the caller’s. */
  onChunk(chunk: Chunk): void;
  /** The answer is complete. */
  onEnd(result: Result): void;
  /** The request was not served, or broke off after `onHead`. */
  onError(failure: CallFailure): void;
}

/** A request on its way. */
export interface Call {
  /** Grows by one with every request of the process. */
  readonly id: number;
  /** The target of the current or last attempt. */
  readonly target: Target | undefined;
  /** Attempts so far, hedges and retries included. */
  readonly attempts: number;
  /** Milliseconds spent in attempts until the first content: the rest of that time is the balancer's own. */
  readonly upstreamMs: number;
  /** The caller goes away: the attempt under way is aborted, its lease released, the sink not called again. */
  abort(): void;
  /** The caller cannot take more for now; the upstream is read no further. Ended by the `idle` limit. */
  pause(): void;
  /** The caller can take more again. */
  resume(): void;
}

/** A request that was served. */
export interface Result {
  readonly id: number;
  readonly pool: string;
  /** As the request's traits say it. */
  readonly operation: string | undefined;
  readonly isStream: boolean;
  readonly target: Target;
  readonly attempts: number;
  /** Milliseconds from the request's start to its end, waiting and failed attempts included. */
  readonly latencyMs: number;
  /** Milliseconds from the request's start to its first content. */
  readonly firstContentMs: number;
  /** The target's own part of that, from the start of the attempt that served the request. */
  readonly attemptFirstContentMs: number;
  readonly usage: Usage | undefined;
  /** US dollars; undefined when the target has no price or the provider told no usage. */
  readonly costUsd: number | undefined;
  /** The model that answered, as the provider named it. */
  readonly model: string | undefined;
}

/** A request that was not served. */
export interface CallFailure {
  readonly id: number;
  readonly pool: string;
  /** As the request's traits say it. */
  readonly operation: string | undefined;
  readonly code: ErrorCode;
  /** Plain words: what happened, and with which target. */
  readonly message: string;
  /** The last attempt's failure; when none was made, the one for which all targets are left alone, if it is one. */
  readonly failure: Failure | undefined;
  /** The target of the last attempt. */
  readonly target: Target | undefined;
  readonly attempts: number;
  readonly latencyMs: number;
  /** Milliseconds until a target may be usable again, where that is known. */
  readonly retryAfterMs: number | undefined;
  /** Whether content had been handed on: then the answer the caller has is incomplete. */
  readonly isCommitted: boolean;
}
