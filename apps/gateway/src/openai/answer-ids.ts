import type { Call, CallFailure, Result, Sink } from '@plimsoll/balancer';
import type { Target, WireHead } from '@plimsoll/core';

import { property } from './json.ts';
import { idsIn } from './kept.ts';

/** Pieces of a stream in which the event that begins it is looked for. */
const MOST_PIECES = 8;

/**
 * Reads the ids of a response off its answer as it passes: of a stream in its first event, so that it can be cancelled
 * while it is made, and again in its last, which has its items. Adapters hand on events whole, so none is put together
 * here.
 */
export class AnswerIds implements Sink<WireHead, Uint8Array> {
  readonly #inner: Sink<WireHead, Uint8Array>;
  readonly #isStream: boolean;
  readonly #onIds: (ids: readonly string[], target: Target) => void;
  #call: Call | undefined = undefined;
  #pieces = 0;
  /** The ids of its first event. */
  #told: readonly string[] = [];
  /** All of a whole answer, or the last piece of a stream. */
  #bytes: Uint8Array[] = [];

  constructor(
    inner: Sink<WireHead, Uint8Array>,
    isStream: boolean,
    onIds: (ids: readonly string[], target: Target) => void,
  ) {
    this.#inner = inner;
    this.#isStream = isStream;
    this.#onIds = onIds;
  }

  onHead(head: WireHead, call: Call): void {
    this.#call = call;
    this.#inner.onHead(head, call);
  }

  onChunk(chunk: Uint8Array): void {
    if (!this.#isStream) {
      this.#bytes.push(chunk);
    } else {
      this.#bytes[0] = chunk;
      if (this.#told.length === 0 && this.#pieces++ < MOST_PIECES) this.#readBeginning(chunk);
    }
    this.#inner.onChunk(chunk);
  }

  onEnd(result: Result): void {
    const text = Buffer.concat(this.#bytes).toString();
    // JSON has no line ends of its own, so the last line of data is the last event's.
    const last = this.#isStream ? text.slice(text.lastIndexOf('\ndata:') + 1) : text;
    this.#tell(
      this.#isStream ? property(dataOf(last.split('\n', 1)[0]!), 'response') : parsed(last),
    );
    this.#inner.onEnd(result);
  }

  onError(failure: CallFailure): void {
    this.#inner.onError(failure);
  }

  #readBeginning(chunk: Uint8Array): void {
    for (const line of Buffer.from(chunk).toString().split('\n')) {
      const response = property(dataOf(line), 'response');
      if (response === undefined) continue;
      this.#tell(response);
      return;
    }
  }

  #tell(response: unknown): void {
    // What the provider does not keep cannot be referred to.
    if (property(response, 'store') === false) return;
    const ids = idsIn(response).filter((id) => !this.#told.includes(id));
    if (ids.length > 0) this.#onIds(ids, this.#call!.target!);
    this.#told = ids;
  }
}

function dataOf(line: string): unknown {
  return line.startsWith('data:') ? parsed(line.slice('data:'.length)) : undefined;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
