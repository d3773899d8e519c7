import assert from 'node:assert/strict';

import { type AttemptEnd, type AttemptSink, ChunkKind, type Failure } from '@plimsoll/core';

/** One call of the sink. */
export type SinkCall =
  | { readonly name: 'connect' }
  | { readonly name: 'head'; readonly head: unknown }
  | { readonly name: 'chunk'; readonly chunk: unknown; readonly kind: ChunkKind }
  | { readonly name: 'end'; readonly end: AttemptEnd }
  | { readonly name: 'error'; readonly failure: Failure };

/** A sink that keeps what it is told. */
export class SinkRecord implements AttemptSink {
  readonly calls: SinkCall[] = [];
  /** Called after each call was kept: a clause can act from inside one, as the engine does. */
  onCall: (call: SinkCall) => void = () => {};
  #waiting: { condition: () => boolean; resolve: () => void }[] = [];

  onConnect(): void {
    this.#keep({ name: 'connect' });
  }

  onHead(head: unknown): void {
    this.#keep({ name: 'head', head });
  }

  onChunk(chunk: unknown, kind: ChunkKind): void {
    this.#keep({ name: 'chunk', chunk, kind });
  }

  onEnd(end: AttemptEnd): void {
    this.#keep({ name: 'end', end });
  }

  onError(failure: Failure): void {
    this.#keep({ name: 'error', failure });
  }

  /** The names of the calls in order, chunks that follow each other taken as one. */
  get order(): string {
    return this.calls
      .map(({ name }) => name)
      .join(' ')
      .replace(/chunk( chunk)+/g, 'chunk');
  }

  /** The failure that the attempt ended in. Throws when it did not. */
  get failure(): Failure {
    const last = this.calls.at(-1);
    assert.ok(last?.name === 'error', `ended in no failure, but as "${this.order}"`);
    return last.failure;
  }

  get isOver(): boolean {
    return this.calls.some(({ name }) => name === 'end' || name === 'error');
  }

  async until(condition: () => boolean): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve) => void this.#waiting.push({ condition, resolve }));
  }

  #keep(call: SinkCall): void {
    this.calls.push(call);
    this.onCall(call);
    for (const { condition, resolve } of this.#waiting) if (condition()) resolve();
  }
}

/** Whether a call tells something that a reader would see. */
export function isContent(call: SinkCall): boolean {
  return call.name === 'chunk' && call.kind === ChunkKind.content;
}
