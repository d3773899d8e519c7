import type { Call, CallFailure, Result, Sink } from '@plimsoll/balancer';
import type { WireHead } from '@plimsoll/core';

import { answerFailure, answerHeaders } from './answer.ts';
import type { Exchange } from './exchange.ts';
import { logServed } from './log.ts';

/** The answer to a request that wants no stream: written whole, so that its headers can tell what it cost. */
export class BufferedAnswer implements Sink<WireHead, Uint8Array> {
  readonly #exchange: Exchange;
  #head: WireHead | undefined = undefined;
  #call: Call | undefined = undefined;
  readonly #chunks: Uint8Array[] = [];

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  onHead(head: WireHead, call: Call): void {
    this.#head = head;
    this.#call = call;
  }

  onChunk(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
  }

  onEnd(result: Result): void {
    const { res } = this.#exchange;
    const head = this.#head!;
    const body = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
    const headers = answerHeaders(this.#exchange, head, this.#call!);
    if (result.costUsd !== undefined) {
      headers.push('x-plimsoll-cost-usd', result.costUsd.toFixed(9));
    }
    headers.push('content-length', String(body.length));
    res.writeHead(head.status, headers);
    res.end(body);
    logServed(this.#exchange, result);
  }

  onError(failure: CallFailure): void {
    // Nothing was written yet, whether or not the engine counts the answer as begun.
    answerFailure(this.#exchange, failure);
  }
}
