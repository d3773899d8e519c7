import {
  type AttemptControl,
  type AttemptSink,
  ChunkKind,
  type Failure,
  type RateLimitFact,
  type Usage,
  type WireHead,
} from '@plimsoll/core';
import type { Schedule, Scheduled } from './schedule.ts';

/** What the model does with a request. */
export type Reply = GoodReply | BadReply;

export interface BadReply {
  readonly failure: Failure;
  /** Where the limits stand; absent where there are none, or none was asked. */
  readonly limits?: readonly RateLimitFact[] | undefined;
}

export interface GoodReply {
  readonly head: WireHead;
  /** Where the limits stand; absent where there are none. */
  readonly limits: readonly RateLimitFact[] | undefined;
  readonly model: string;
  readonly usage: Usage | undefined;
  /** The whole body, or the stream that it is sent as. */
  readonly body: Uint8Array | TokenStream;
  /** Milliseconds to the first token. */
  readonly firstTokenMs: number;
  /** Milliseconds from one token to the next. */
  readonly tokenMs: number;
  /** Tokens that are waited for before a whole body is sent. */
  readonly tokens: number;
}

/** An answer as events, in the order in which they are sent. */
export interface TokenStream {
  readonly tokens: number;
  /** What comes with the first token, before it. */
  opening(): string;
  token(index: number): string;
  /** What comes after the last one. */
  closing(): string;
}

/** What an attempt needs of the model it is made on. */
export interface AttemptHost {
  readonly schedule: Schedule;
  now(): number;
  /** Receives the request: from here on it is in flight, until `leave`. */
  receive(): Reply;
  leave(): void;
}

/** Events that go out together are cut here, so that a pause takes hold within a chunk. */
const MOST_CHUNK_CHARACTERS = 0x4000;

/** Starts an attempt. It is received in the next tick, so that the sink is never called before this returns. */
export function startAttempt(
  host: AttemptHost,
  sink: AttemptSink<WireHead, Uint8Array>,
): AttemptControl {
  const attempt = new SimulatedAttempt(host, sink);
  process.nextTick(receive, attempt);
  return attempt;
}

function receive(attempt: SimulatedAttempt): void {
  attempt.receive();
}

function goOn(attempt: SimulatedAttempt): void {
  attempt.goOn();
}

class SimulatedAttempt implements AttemptControl {
  readonly #host: AttemptHost;
  readonly #sink: AttemptSink<WireHead, Uint8Array>;
  #reply: GoodReply | undefined;
  #scheduled: Scheduled | undefined;
  #isOver = false;
  #isPaused = false;
  /** A step came while paused. */
  #isHeld = false;
  #hasHead = false;
  #nextToken = 0;
  #dueMs = 0;

  constructor(host: AttemptHost, sink: AttemptSink<WireHead, Uint8Array>) {
    this.#host = host;
    this.#sink = sink;
  }

  receive(): void {
    if (this.#isOver) return;
    const reply = this.#host.receive();
    if ('failure' in reply) {
      this.#host.leave();
      if (reply.limits !== undefined) this.#sink.onLimits?.(reply.limits);
      if (this.#isOver) return;
      this.#isOver = true;
      this.#sink.onError(reply.failure);
      return;
    }
    this.#reply = reply;
    this.#sink.onConnect();
    if (this.#isOver) return;
    const { firstTokenMs, tokenMs, tokens, body } = reply;
    const isWhole = body instanceof Uint8Array;
    this.#dueMs =
      this.#host.now() + firstTokenMs + (isWhole ? tokenMs * Math.max(0, tokens - 1) : 0);
    this.#wait();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#isHeld) process.nextTick(goOn, this);
  }

  abort(): void {
    if (this.#isOver) return;
    // Before it was received there is nothing to leave.
    if (this.#reply === undefined) this.#isOver = true;
    else this.#end();
  }

  /** The step that is due. */
  run(nowMs: number): void {
    this.#scheduled = undefined;
    if (this.#isPaused) {
      this.#isHeld = true;
      return;
    }
    const { head, body, limits } = this.#reply!;
    if (!this.#hasHead) {
      this.#hasHead = true;
      if (limits !== undefined) this.#sink.onLimits?.(limits);
      if (this.#isOver) return;
      this.#sink.onHead(head);
      if (this.#isOver) return;
    }
    if (body instanceof Uint8Array) {
      this.#sink.onChunk(body, ChunkKind.content);
      if (!this.#isOver) this.#finish();
    } else {
      this.#stream(body, nowMs);
    }
  }

  goOn(): void {
    if (this.#isOver || this.#isPaused || !this.#isHeld) return;
    this.#isHeld = false;
    this.run(this.#host.now());
  }

  /** Sends all events that are due. */
  #stream(stream: TokenStream, nowMs: number): void {
    const { tokenMs } = this.#reply!;
    const { tokens } = stream;
    let text = this.#nextToken === 0 ? stream.opening() : '';
    let kind: ChunkKind = ChunkKind.event;
    while (this.#nextToken < tokens && this.#dueMs <= nowMs) {
      text += stream.token(this.#nextToken++);
      kind = ChunkKind.content;
      this.#dueMs += tokenMs;
      if (text.length < MOST_CHUNK_CHARACTERS) continue;
      this.#sink.onChunk(Buffer.from(text), kind);
      text = '';
      kind = ChunkKind.event;
      if (this.#isOver) return;
      if (this.#isPaused) {
        this.#isHeld = true;
        return;
      }
    }
    const isLast = this.#nextToken === tokens;
    if (isLast) text += stream.closing();
    if (text !== '') this.#sink.onChunk(Buffer.from(text), kind);
    if (this.#isOver) return;
    if (isLast) this.#finish();
    else this.#wait();
  }

  #wait(): void {
    if (this.#dueMs <= this.#host.now()) {
      this.#isHeld = true;
      process.nextTick(goOn, this);
    } else {
      this.#scheduled = this.#host.schedule.at(this.#dueMs, this);
    }
  }

  #finish(): void {
    const { usage, model } = this.#reply!;
    this.#end();
    this.#sink.onEnd({ usage, model });
  }

  #end(): void {
    this.#isOver = true;
    this.#scheduled?.cancel();
    this.#host.leave();
  }
}
