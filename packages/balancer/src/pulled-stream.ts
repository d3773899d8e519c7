import {
  type AttemptSink,
  ChunkKind,
  type Failure,
  PlimsollError,
  type Usage,
} from '@plimsoll/core';

/** Options of `attempt.stream`. */
export interface StreamOptions<Item> {
  /** Whether an item is something the reader would see. @defaultValue every item is */
  readonly isContent?: (item: Item) => boolean;
  /** The tokens an item tells of; the last answer counts. @defaultValue none do */
  readonly usage?: (item: Item) => Usage | undefined;
}

/** A chunk that carries nothing: it tells the engine that the stream moves. */
export const SIGN_OF_LIFE: unique symbol = Symbol('sign of life');

/**
 * A client library's stream under a lease: read ahead to the first content, then handed to its reader item by item. The
 * lease ends when the stream does, when its reader stops (`break`, `return`), or by the engine's limits.
 */
export class PulledStream<Item> implements AsyncIterable<Item>, AsyncIterator<Item, undefined> {
  readonly #source: AsyncIterator<Item>;
  readonly #options: StreamOptions<Item>;
  readonly #sink: AttemptSink;
  readonly #ahead: Item[] = [];
  #usage: Usage | undefined = undefined;
  #isOver = false;
  #classify: ((error: unknown) => Failure) | undefined = undefined;
  #pending: PromiseWithResolvers<IteratorResult<Item, undefined>> | undefined = undefined;
  #error: PlimsollError | undefined = undefined;

  constructor(source: AsyncIterable<Item>, options: StreamOptions<Item>, sink: AttemptSink) {
    this.#source = source[Symbol.asyncIterator]();
    this.#options = options;
    this.#sink = sink;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Reads up to the first content; throws what the stream throws before it. */
  async peek(): Promise<void> {
    for (;;) {
      const { done, value } = await this.#source.next();
      if (done === true) {
        this.#isOver = true;
        return;
      }
      this.#note(value);
      this.#ahead.push(value);
      if (this.#options.isContent?.(value) ?? true) return;
      this.#sink.onChunk(SIGN_OF_LIFE, ChunkKind.event);
    }
  }

  /** The reader has the stream now: from here its errors are the reader's and the attempt's. */
  open(classify: (error: unknown) => Failure): void {
    this.#classify = classify;
    if (this.#isOver && this.#ahead.length === 0) this.#sink.onEnd({ usage: this.#usage });
  }

  next(): Promise<IteratorResult<Item, undefined>> {
    if (this.#ahead.length > 0) {
      const value = this.#ahead.shift()!;
      if (this.#isOver && this.#ahead.length === 0) this.#sink.onEnd({ usage: this.#usage });
      return Promise.resolve({ done: false, value });
    }
    if (this.#error !== undefined) return Promise.reject(this.#error);
    if (this.#isOver) return Promise.resolve({ done: true, value: undefined });
    this.#pending = Promise.withResolvers();
    const { promise } = this.#pending;
    this.#source.next().then(
      (result) => this.#arrived(result),
      (error: unknown) => this.#broke(error),
    );
    return promise;
  }

  /** The reader stops early: it has what it wanted, so the attempt served it. */
  async return(): Promise<IteratorResult<Item, undefined>> {
    this.#ahead.length = 0;
    this.#error = undefined;
    if (!this.#isOver) {
      this.#end();
      await this.#source.return?.();
    }
    return { done: true, value: undefined };
  }

  /** The engine gave the attempt up: its reader must not take that for the end of the answer. */
  abandon(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#error = new PlimsollError('ERR_PLIMSOLL_STREAM', 'the stream was given up');
    this.#pending?.reject(this.#error);
    // What the source says to its end is of no interest: the reader has heard of it.
    Promise.resolve(this.#source.return?.()).catch(() => {});
  }

  #arrived(result: IteratorResult<Item>): void {
    if (this.#isOver) return;
    if (result.done === true) {
      this.#end();
      this.#pending?.resolve({ done: true, value: undefined });
    } else {
      this.#note(result.value);
      this.#sink.onChunk(SIGN_OF_LIFE, ChunkKind.content);
      this.#pending?.resolve({ done: false, value: result.value });
    }
  }

  #broke(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#classify !== undefined) this.#sink.onError(this.#classify(error));
    this.#pending?.reject(error);
  }

  #end(): void {
    this.#isOver = true;
    this.#sink.onEnd({ usage: this.#usage });
  }

  #note(item: Item): void {
    this.#usage = this.#options.usage?.(item) ?? this.#usage;
  }
}
