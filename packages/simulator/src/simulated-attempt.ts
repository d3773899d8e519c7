import {
  type AttemptControl,
  type AttemptSink,
  ChunkKind,
  type Failure,
  type Target,
} from '@plimsoll/core';

import type { PromptCache } from './prompt-cache.ts';
import type { SimulatedRequest } from './request.ts';
import type { Server } from './server.ts';
import { Job } from './service.ts';
import type { Tally } from './tally.ts';

/** One attempt on a simulated server, from the moment it is sent to its last byte. */
export class SimulatedAttempt extends Job implements AttemptControl {
  readonly target: Target;
  readonly request: SimulatedRequest;
  cache: PromptCache | undefined = undefined;
  cachedTokens = 0;
  isInService = false;
  readonly #server: Server;
  readonly #sink: AttemptSink;
  readonly #tally: Tally;
  /** What it will end in, once the server has decided that. */
  #failure: Failure | undefined = undefined;
  #isOver = false;

  constructor(server: Server, target: Target, request: SimulatedRequest, sink: AttemptSink) {
    super();
    this.#server = server;
    this.target = target;
    this.request = request;
    this.#sink = sink;
    this.#tally = server.tallies.of(target.id);
    this.#tally.inFlight++;
    const isFirst = request.onAttempt(target.id);
    if (!request.isMeasured) return;
    this.#tally.attempts++;
    if (isFirst) this.#tally.picks++;
  }

  /** It arrives at the server, or the error that was decided on is sent. */
  onDue(nowMs: number): void {
    if (this.#failure === undefined) this.#server.receive(this, nowMs);
    else this.fail(this.#failure);
  }

  /** The server has taken it up. */
  accept(): void {
    this.#sink.onConnect();
  }

  failAt(failure: Failure, atMs: number): void {
    this.#failure = failure;
    this.#server.clock.schedule(this, atMs);
  }

  fail(failure: Failure): void {
    this.#end();
    if (this.request.isMeasured) {
      if (failure.status === 429) this.#tally.throttled++;
      else this.#tally.errors++;
    }
    this.#sink.onError(failure);
  }

  onFirstContent(nowMs: number): void {
    this.cache?.remember(this.request.prefix, this.request.inputTokens, nowMs);
    this.#sink.onHead(undefined);
    this.#sink.onChunk(undefined, ChunkKind.content);
  }

  onProgress(): void {
    this.#sink.onChunk(undefined, ChunkKind.content);
  }

  onDone(): void {
    this.#end();
    if (this.request.isMeasured) this.#tally.served++;
    const { inputTokens, outputTokens } = this.request;
    this.#sink.onEnd({
      usage: { inputTokens, outputTokens, cachedInputTokens: this.cachedTokens },
    });
  }

  abort(): void {
    if (this.#isOver) return;
    if (this.isInService) this.#server.abandon(this);
    else this.#server.clock.cancel(this);
    this.#end();
    if (this.request.isMeasured) this.#tally.abandoned++;
  }

  /** A simulated caller reads as fast as it is served. */
  pause(): void {}
  resume(): void {}

  #end(): void {
    this.#isOver = true;
    this.#tally.inFlight--;
  }
}
