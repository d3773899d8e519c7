import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Call } from '@plimsoll/balancer';

import { faultPlace } from './fault-place.ts';
import { headerText } from './header-text.ts';
import { type ApiError, errorBody as openAIErrorBody } from './openai-error.ts';
import type { ServedPool } from './pool-directory.ts';
import type { GatewayState } from './state.ts';

/** One HTTP request and its answer. */
export class Exchange {
  readonly state: GatewayState;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly id: string;
  /** On the clock of `performance.now()`. */
  readonly startedMs: number = performance.now();
  /** The pool that serves it, once its body has said which. */
  pool: ServedPool | undefined = undefined;
  /** How errors are written: in the words of whoever's API the client speaks. */
  errorBody: (error: ApiError) => string = openAIErrorBody;
  /** Milliseconds from the last byte of the request to the start of its first attempt. */
  overheadMs = 0;

  constructor(state: GatewayState, req: IncomingMessage, res: ServerResponse) {
    this.state = state;
    this.req = req;
    this.res = res;
    this.id = state.nextRequestId();
  }

  /** Notes how long the gateway took, once it has handed the request to its pool. */
  noteOverhead(milliseconds: number): void {
    this.overheadMs = milliseconds;
    this.state.metrics?.exporter.onOverhead(this.pool!.name, milliseconds);
  }

  /** The headers that tell how the answer came about, as a flat list. */
  headers(call: Pick<Call, 'attempts' | 'target'> | undefined): string[] {
    const { pool } = this;
    if (pool === undefined || call === undefined) {
      const headers = ['x-plimsoll-request-id', this.id];
      if (this.state.isDraining) headers.push('connection', 'close');
      return headers;
    }
    const overhead = this.overheadMs.toFixed(3);
    const total = (performance.now() - this.startedMs).toFixed(1);
    const headers = [
      'x-plimsoll-request-id',
      this.id,
      'x-plimsoll-pool',
      headerText(pool.name),
      'x-plimsoll-strategy',
      headerText(pool.strategy),
      'x-plimsoll-attempts',
      String(call.attempts),
      'x-plimsoll-overhead-ms',
      overhead,
      'server-timing',
      `plimsoll;dur=${overhead}, total;dur=${total}`,
    ];
    const { target } = call;
    if (target !== undefined) {
      headers.push('x-plimsoll-target', headerText(target.id));
      if (target.region !== undefined) headers.push('x-plimsoll-region', headerText(target.region));
    }
    if (this.state.isDraining) headers.push('connection', 'close');
    return headers;
  }

  /** Answers with JSON of our own. */
  answerJson(status: number, json: unknown): void {
    this.#answer(status, this.headers(undefined), JSON.stringify(json));
  }

  answerText(status: number, contentType: string, text: string): void {
    this.#answer(status, this.headers(undefined), text, contentType);
  }

  /** Answers with an error of our own. */
  answerError(error: ApiError, call?: Pick<Call, 'attempts' | 'target'>): void {
    const headers = this.headers(call);
    if (error.headers !== undefined) headers.push(...error.headers);
    this.#answer(error.status, headers, this.errorBody(error));
  }

  /** Answers that we are at fault, and notes where. */
  answerFault(error: unknown): void {
    const { log } = this.state;
    log.error({ request: this.id, at: faultPlace(error) }, 'fault in the gateway');
    if (this.res.headersSent) {
      this.res.destroy();
      return;
    }
    const message = 'The gateway failed. Its log says where, under this request’s id.';
    this.answerError({ status: 500, message, type: 'server_error', code: 'internal_error' });
  }

  #answer(status: number, headers: string[], body: string, contentType = 'application/json'): void {
    const { req, res } = this;
    headers.push('content-type', contentType);
    headers.push('content-length', String(Buffer.byteLength(body)));
    res.writeHead(status, headers);
    if (req.complete) {
      res.end(body);
      return;
    }
    // The client is still sending. If the connection were closed now, the system would reset it and the client would lose
    // the answer with it. So the rest is read and thrown away, up to a bound.
    res.write(body);
    let left = this.state.maxBodyBytes;
    req.removeAllListeners('data');
    req.on('data', (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) req.destroy();
    });
    req.once('end', () => res.end());
    req.resume();
  }
}
