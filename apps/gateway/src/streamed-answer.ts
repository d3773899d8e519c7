import type { Call, CallFailure, Result, Sink } from '@plimsoll/balancer';
import type { WireHead } from '@plimsoll/core';

import { answerFailure, answerHeaders, logFailure } from './answer.ts';
import type { Exchange } from './exchange.ts';
import { logServed } from './log.ts';
import { errorBody, failureError } from './openai-error.ts';

const LINE_FEED = 0x0a;

/** The answer to a request that wants a stream: bytes are handed on as they come, no faster than the client reads. */
export class StreamedAnswer implements Sink<WireHead, Uint8Array> {
  readonly #exchange: Exchange;
  #call: Call | undefined = undefined;
  #isPaused = false;
  #listensForDrain = false;
  #lastByte = LINE_FEED;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  onHead(head: WireHead, call: Call): void {
    this.#call = call;
    // Node keeps the head back until the first write, which follows at once: both leave in one packet.
    this.#exchange.res.writeHead(head.status, answerHeaders(this.#exchange, head, call));
  }

  onChunk(chunk: Uint8Array): void {
    this.#lastByte = chunk[chunk.length - 1] ?? this.#lastByte;
    if (this.#exchange.res.write(chunk) || this.#isPaused) return;
    this.#isPaused = true;
    this.#call!.pause();
    if (this.#listensForDrain) return;
    this.#listensForDrain = true;
    this.#exchange.res.on('drain', () => {
      this.#isPaused = false;
      this.#call!.resume();
    });
  }

  onEnd(result: Result): void {
    this.#exchange.res.end();
    logServed(this.#exchange, result);
  }

  onError(failure: CallFailure): void {
    const { res, pool } = this.#exchange;
    if (!res.headersSent) {
      answerFailure(this.#exchange, failure);
      return;
    }
    logFailure(this.#exchange, failure);
    if (this.#isPaused) {
      // The client does not read, so it would not read the reason either.
      res.destroy();
      return;
    }
    // Neither a finish reason nor an end marker follows: nobody may take what there is for a whole answer.
    const event = `data: ${errorBody(failureError(failure, (pool?.targets.length ?? 0) > 1))}\n\n`;
    res.end(this.#lastByte === LINE_FEED ? event : `\n\n${event}`);
  }
}
