import { PlimsollError, type Request } from '@plimsoll/core';

import { callError } from './call-error.ts';
import type { Pool } from './pool.ts';
import type { Call, CallFailure, Result, Sink } from './sink.ts';

/** Chunks that may wait for a slow reader before the upstream is read no further. */
const HIGH_WATER = 64;
const LOW_WATER = 16;

/** A committed answer. Read it to its end or leave the loop: its lease is held until then. */
export interface Answer<Head = unknown, Chunk = unknown> extends AsyncIterable<Chunk> {
  readonly head: Head;
  readonly call: Call;
  /** Resolves when the answer is complete; rejects when it breaks off. */
  readonly result: Promise<Result>;
}

/** `start` for `for await`. */
export function stream(
  pool: Pool,
  request: Request,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const aborted = (): PlimsollError =>
      new PlimsollError('ERR_PLIMSOLL_ABORTED', 'the caller went away', { cause: signal?.reason });
    if (signal?.aborted === true) {
      reject(aborted());
      return;
    }
    const answer = new QueuedAnswer(resolve, reject);
    const call = pool.start(request, answer);
    answer.call = call;
    const leave = (): void => {
      call.abort();
      answer.fail(aborted());
    };
    signal?.addEventListener('abort', leave, { once: true });
    answer.onSettled = () => signal?.removeEventListener('abort', leave);
  });
}

class QueuedAnswer implements Answer, Sink, AsyncIterator<unknown, undefined> {
  head: unknown = undefined;
  call!: Call;
  readonly result: Promise<Result>;
  onSettled: () => void = () => {};
  readonly #commit: (answer: Answer) => void;
  readonly #reject: (error: Error) => void;
  readonly #resolveResult: (result: Result) => void;
  readonly #rejectResult: (error: Error) => void;
  readonly #queue: unknown[] = [];
  #waiting: PromiseWithResolvers<IteratorResult<unknown, undefined>> | undefined = undefined;
  #isOver = false;
  #isPaused = false;
  #error: Error | undefined = undefined;

  constructor(commit: (answer: Answer) => void, reject: (error: Error) => void) {
    const { promise, resolve, reject: rejectResult } = Promise.withResolvers<Result>();
    // Who only iterates hears of an error there.
    promise.catch(() => {});
    this.result = promise;
    this.#resolveResult = resolve;
    this.#rejectResult = rejectResult;
    this.#commit = commit;
    this.#reject = reject;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  onHead(head: unknown): void {
    this.head = head;
    this.#commit(this);
  }

  onChunk(chunk: unknown): void {
    if (this.#waiting !== undefined) {
      this.#waiting.resolve({ done: false, value: chunk });
      this.#waiting = undefined;
      return;
    }
    this.#queue.push(chunk);
    if (this.#queue.length >= HIGH_WATER && !this.#isPaused) {
      this.#isPaused = true;
      this.call.pause();
    }
  }

  onEnd(result: Result): void {
    this.#isOver = true;
    this.#waiting?.resolve({ done: true, value: undefined });
    this.#resolveResult(result);
    this.onSettled();
  }

  onError(failure: CallFailure): void {
    this.fail(callError(failure));
  }

  fail(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#error = error;
    this.#waiting?.reject(error);
    this.#reject(error);
    this.#rejectResult(error);
    this.onSettled();
  }

  next(): Promise<IteratorResult<unknown, undefined>> {
    if (this.#queue.length > 0) {
      const value = this.#queue.shift();
      if (this.#isPaused && this.#queue.length <= LOW_WATER) {
        this.#isPaused = false;
        this.call.resume();
      }
      return Promise.resolve({ done: false, value });
    }
    if (this.#error !== undefined) return Promise.reject(this.#error);
    if (this.#isOver) return Promise.resolve({ done: true, value: undefined });
    this.#waiting = Promise.withResolvers();
    return this.#waiting.promise;
  }

  return(): Promise<IteratorResult<unknown, undefined>> {
    if (!this.#isOver) {
      this.call.abort();
      this.fail(new PlimsollError('ERR_PLIMSOLL_ABORTED', 'the reader left'));
    }
    this.#error = undefined;
    this.#queue.length = 0;
    return Promise.resolve({ done: true, value: undefined });
  }
}
