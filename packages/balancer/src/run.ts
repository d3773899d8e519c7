import {
  type AttemptControl,
  type AttemptSink,
  ChunkKind,
  PlimsollError,
  type Request,
  type RequestTraits,
  type Target,
  type Usage,
} from '@plimsoll/core';

import type { AttemptMaker } from './call.ts';
import { classifyUnknown } from './classify.ts';
import type { Pool } from './pool.ts';
import { callError } from './call-error.ts';
import { PulledStream, SIGN_OF_LIFE, type StreamOptions } from './pulled-stream.ts';
import type { Sink } from './sink.ts';

/** What the callback of `run` gets beside the target. */
export interface RunAttempt {
  /** 1 for the first attempt. */
  readonly number: number;
  /** Aborted when the attempt is given up: hand it to the client library. */
  readonly signal: AbortSignal;
  /** Tells the tokens of the answer, for costs and estimates. */
  usage(usage: Usage): void;
  /**
   * Wraps a stream, to be returned from the callback: `run` then resolves with it once its first content has arrived (an
   * error before that still fails over), and the lease ends with the stream.
   */
  stream<Item>(stream: AsyncIterable<Item>, options?: StreamOptions<Item>): AsyncIterable<Item>;
}

/**
 * Balances a call that the application makes itself.
 *
 * @returns what the callback returned for the attempt that served.
 * @throws PlimsollError; its `cause` is what the last callback threw.
 */
export function run<T>(
  pool: Pool,
  traits: RequestTraits,
  callback: (target: Target, attempt: RunAttempt) => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(
        new PlimsollError('ERR_PLIMSOLL_ABORTED', 'the caller went away', { cause: signal.reason }),
      );
      return;
    }
    const request: Request = { ...traits, payload: undefined };
    let number = 0;
    const maker: AttemptMaker = {
      attempt: (target, _request, sink) => new CallbackAttempt(target, ++number, callback, sink),
    };
    const sink: Sink<unknown, T | typeof SIGN_OF_LIFE> = {
      onHead() {},
      onChunk(chunk) {
        if (chunk !== SIGN_OF_LIFE) resolve(chunk);
      },
      onEnd: () => signal?.removeEventListener('abort', leave),
      onError(failure) {
        signal?.removeEventListener('abort', leave);
        reject(callError(failure));
      },
    };
    const call = pool.startWith(request, sink, maker);
    const leave = (): void => {
      call.abort();
      reject(
        new PlimsollError('ERR_PLIMSOLL_ABORTED', 'the caller went away', {
          cause: signal?.reason,
        }),
      );
    };
    signal?.addEventListener('abort', leave, { once: true });
  });
}

/** One call of the callback, as an attempt: what it returns is the one chunk, unless it is a stream. */
class CallbackAttempt<T> implements RunAttempt, AttemptControl {
  readonly number: number;
  readonly #target: Target;
  readonly #sink: AttemptSink;
  #controller: AbortController | undefined = undefined;
  #isAborted = false;
  #usage: Usage | undefined = undefined;
  #stream: PulledStream<unknown> | undefined = undefined;

  constructor(
    target: Target,
    number: number,
    callback: (target: Target, attempt: RunAttempt) => Promise<T>,
    sink: AttemptSink,
  ) {
    this.number = number;
    this.#target = target;
    this.#sink = sink;
    queueMicrotask(() => void this.#begin(callback));
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#isAborted) this.#controller.abort();
    return this.#controller.signal;
  }

  usage(usage: Usage): void {
    this.#usage = usage;
  }

  stream<Item>(
    stream: AsyncIterable<Item>,
    options: StreamOptions<Item> = {},
  ): AsyncIterable<Item> {
    const pulled = new PulledStream(stream, options, this.#sink);
    this.#stream = pulled as PulledStream<unknown>;
    if (this.#isAborted) pulled.abandon();
    return pulled;
  }

  /** A stream is pulled by its reader, and a promise cannot be paused: neither needs steering. */
  pause(): void {}
  resume(): void {}

  abort(): void {
    this.#isAborted = true;
    this.#controller?.abort();
    this.#stream?.abandon();
  }

  async #begin(callback: (target: Target, attempt: RunAttempt) => Promise<T>): Promise<void> {
    // Given up before it began.
    if (this.#isAborted) return;
    const sink = this.#sink;
    sink.onConnect();
    try {
      const value = await callback(this.#target, this);
      if (this.#stream === undefined || (value as unknown) !== this.#stream) {
        sink.onChunk(value, ChunkKind.content);
        sink.onEnd({ usage: this.#usage });
      } else {
        await this.#stream.peek();
        sink.onChunk(value, ChunkKind.content);
        this.#stream.open((error) => this.#classify(error));
      }
    } catch (error) {
      sink.onError(this.#classify(error));
    }
  }

  #classify(error: unknown): ReturnType<typeof classifyUnknown> {
    return this.#target.provider?.classify(error) ?? classifyUnknown(error);
  }
}
