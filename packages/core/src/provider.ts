import type { Failure } from './failure.ts';
import type { Usage } from './outcome.ts';
import type { RateLimitFact } from './rate-limit.ts';
import type { Request } from './request.ts';
import type { Target } from './target.ts';
import type { Transcript } from './transcript.ts';

/**
 * The adapter for one API, holding one credential. It makes single attempts: no retries, no time limits (the engine has
 * them). It tells what arrives through a sink, not a promise, because a promise and a timer per request cost more than
 * the whole rest of the way.
 *
 * Rules, checked by `providerContract` of the testkit:
 *
 * 1. `attempt` returns before it calls the sink.
 * 2. Calls come in the order `onConnect` `onHead` `onChunk`* and then exactly one of `onEnd` and `onError`. `onError`
 *    may come at any point; an answer that is an error gives `onError` alone, without a head.
 * 3. After `abort` the sink is not called again, and the upstream sees the connection (or stream) closed.
 * 4. An answer that breaks off ends in `onError`, never in `onEnd`.
 * 5. Nothing that a caller, a log or an event can see contains the credential.
 */
export interface Provider<Payload = unknown, Head = unknown, Chunk = unknown> {
  /** As metrics label it: `openai`. */
  readonly name: string;
  /** Starts one attempt of `request` on `target`. Never throws: a request that cannot be sent ends in `onError`. */
  attempt(
    target: Target,
    request: Request<Payload>,
    sink: AttemptSink<Head, Chunk>,
  ): AttemptControl;
  /** What an error means that was thrown by a client library of this API, in `balancer.run`. */
  classify(error: unknown): Failure;
  /**
   * Goes on with an answer that broke off on another target: what the sink gets follows `transcript.text` without a gap
   * or a repetition, under the same id. Where the API can continue a given text that is used, otherwise the answer is
   * begun anew and dropped for as long as it is the same; one that differs ends in `onError`.
   *
   * Absent where the adapter cannot take over an answer.
   */
  resume?(
    target: Target,
    request: Request<Payload>,
    transcript: Transcript,
    sink: AttemptSink<Head, Chunk>,
  ): AttemptControl;
  /**
   * Asks whether the API can be reached, without using tokens. `done` is called once, not before `probe` has returned,
   * and not after `abort`.
   */
  probe?(
    target: Target,
    done: (failure: Failure | undefined) => void,
  ): Pick<AttemptControl, 'abort'>;
  /** Frees connections; attempts under way are finished or aborted first by the engine. */
  close?(): Promise<void>;
}

/** How the engine steers an attempt under way. */
export interface AttemptControl {
  /** Reads no more of the answer for now: the caller is slow. */
  pause(): void;
  /** Reading goes on. */
  resume(): void;
  /** Ends the attempt at once; more than one call does nothing. */
  abort(): void;
  /**
   * What has been given to `onChunk` so far, also after the attempt broke off. Undefined, or absent, where no other
   * target could go on with it: several choices, tool calls, JSON mode, log probabilities, or no adapter for that.
   */
  transcript?(): Transcript | undefined;
}

/** Where an attempt tells what arrives. */
export interface AttemptSink<Head = unknown, Chunk = unknown> {
  /** Whether `transcript` may be asked for: an adapter that can give one keeps the text only then. */
  readonly wantsTranscript?: boolean | undefined;
  /** The connection stands and the request is on its way. */
  onConnect(): void;
  /** Status and headers of a good answer. */
  onHead(head: Head): void;
  /**
   * A piece of the answer, in order, to be handed on as it is.
   *
   * @param kind - what is in it: this decides when the answer is committed.
   */
  onChunk(chunk: Chunk, kind: ChunkKind): void;
  /** What the answer says of rate limits, good or bad; before `onHead` or `onError`, at most once. */
  onLimits?(facts: readonly RateLimitFact[]): void;
  /** The answer is complete. */
  onEnd(end: AttemptEnd): void;
  /** The attempt failed; nothing follows. */
  onError(failure: Failure): void;
}

/**
 * What a chunk carries, the most telling part of it:
 *
 * - `filler`: no word from the model: comments, pings.
 * - `event`: the model works, but nothing a reader would see: a role, empty choices, usage.
 * - `content`: text, reasoning, a refusal, audio, a tool call; or a whole buffered body. The first one commits.
 */
export type ChunkKind = 0 | 1 | 2;
/** What a chunk is to the engine: nothing, a sign of life, or content. */
export const ChunkKind: { readonly filler: 0; readonly event: 1; readonly content: 2 } = {
  filler: 0,
  event: 1,
  content: 2,
};

/** What is known once an answer is complete. */
export interface AttemptEnd {
  readonly usage?: Usage | undefined;
  /** The model that answered, as the provider named it. */
  readonly model?: string | undefined;
}
