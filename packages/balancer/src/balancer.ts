import type { Failure, Request, RequestTraits, Target } from '@plimsoll/core';
import type { BalancerEvents } from './events.ts';
import type { Decision, Explanation } from './decision.ts';
import type { TargetOptions } from './options.ts';
import type { Call, Result, Sink } from './sink.ts';
import type { Stats } from './stats.ts';
import type { RunAttempt } from './run.ts';
import type { Answer } from './stream.ts';

/** A pool at work. All methods but `run`, `stream`, `drain`, `remove` and `close` return at once. */
export interface Balancer<Payload = unknown, Head = unknown, Chunk = unknown> {
  readonly name: string;
  /** The strategy's name. */
  readonly strategy: string;
  /** The primitive: balances one request and tells the sink what arrives. Never throws. */
  start(request: Request<Payload>, sink: Sink<Head, Chunk>): Call;
  /** As `start`, for `for await`. Resolves when the answer is committed; rejects with a `PlimsollError` before that. */
  stream(
    request: Request<Payload>,
    options?: { signal?: AbortSignal },
  ): Promise<Answer<Head, Chunk>>;
  /** Balances a call that the application makes itself, with any client library. */
  run<T>(
    traits: RequestTraits,
    callback: (target: Target, attempt: RunAttempt) => Promise<T>,
    options?: { signal?: AbortSignal },
  ): Promise<T>;
  /** A new target, which gets requests at once. @throws PlimsollError ERR_PLIMSOLL_OPTION on an option out of range. */
  add(target: TargetOptions): void;
  /** No new requests to the target; resolves when its last one ended. */
  drain(id: string): Promise<void>;
  /** Takes a draining target back. */
  enable(id: string): void;
  /** Drains the target, then forgets it. */
  remove(id: string): Promise<void>;
  /** Real and >= 0; 0 keeps the target in stand-by. Sequences keep their phase. */
  setWeight(id: string, weight: number): void;
  /**
   * Ends the target's cool-down, or has its open breaker let a probe through at once: the next request tries it out.
   * Returns whether there was either.
   */
  tryNow(id: string): boolean;
  /** Its targets, in the order in which they were added. */
  targets(): readonly Target[];
  /** Whether at least one target is healthy and takes requests. */
  isUsable(): boolean;
  /** The numbers since the start, as they stand now. */
  stats(): Stats;
  /** The decision that `request` would get now; changes nothing. */
  explain(request: RequestTraits): Explanation;
  /** Recent decisions, newest first. */
  decisions(limit?: number): readonly Decision[];
  /** Calls `listener` on each event; returns the way to stop that. */
  on<Name extends keyof BalancerEvents>(
    name: Name,
    listener: (event: BalancerEvents[Name]) => void,
  ): () => void;
  /** Told of every request that was served. Returns the way to stop that. */
  onSuccess(listener: (result: Result) => void): () => void;
  /** Told of every failed attempt, whether or not another target took over. */
  onError(listener: (error: Failure, target: Target) => void): () => void;
  /** Refuses new requests, waits for those in flight for at most `graceMs`, aborts the rest. @defaultValue graceMs 30000 */
  close(graceMs?: number): Promise<void>;
}
