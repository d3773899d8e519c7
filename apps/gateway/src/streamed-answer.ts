import type { Call, CallFailure, Result, Sink } from '@plimsoll/balancer';
import type { WireHead } from '@plimsoll/core';

import { answerFailure, answerHeaders, logFailure } from './answer.ts';
import type { Exchange } from './exchange.ts';
import { logServed } from './log.ts';
import type { ErrorEvent } from './openai/error-event.ts';
import { failureError } from './openai-error.ts';

const LINE_FEED = 0x0a;
const NOTHING = new Uint8Array();

/** The answer to a request that wants a stream: bytes are handed on as they come, no faster than the client reads. */
export class StreamedAnswer implements Sink<WireHead, Uint8Array> {
  readonly #exchange: Exchange;
  #call: Call | undefined = undefined;
  readonly #errorEvent: ErrorEvent;
  /** Whether it is a stream of events. What is none, such as sound, has no place for an error. */
  #hasEvents = false;
  #isPaused = false;
  #listensForDrain = false;
  #last: Uint8Array = NOTHING;

  constructor(exchange: Exchange, errorEvent: ErrorEvent) {
    this.#exchange = exchange;
    this.#errorEvent = errorEvent;
  }

  onHead(head: WireHead, call: Call): void {
    this.#call = call;
    this.#hasEvents = String(head.headers['content-type']).startsWith('text/event-stream');
    // Node keeps the head back until the first write, which follows at once: both leave in one packet.
    this.#exchange.res.writeHead(head.status, answerHeaders(this.#exchange, head, call));
  }

  onChunk(chunk: Uint8Array): void {
    this.#last = chunk;
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
    // A client that does not read would not read the reason either. A body that ends without its last chunk is no whole one.
    if (this.#isPaused || !this.#hasEvents) {
      res.destroy();
      return;
    }
    const error = failureError(failure, (pool?.targets.length ?? 0) > 1);
    const event = this.#errorEvent(error, this.#last);
    res.end((this.#last.at(-1) ?? LINE_FEED) === LINE_FEED ? event : `\n\n${event}`);
  }
}
