import type { Sink } from '@plimsoll/balancer';
import type { Request, WireHead, WireRequest } from '@plimsoll/core';

import type { Exchange } from '../exchange.ts';
import type { ServedPool } from '../pool-directory.ts';

/**
 * Starts a request whose answer is written by `answer`, and ends it when the client leaves.
 *
 * @param receivedMs - when its last byte had come, on the clock of `performance.now()`.
 */
export function send(
  exchange: Exchange,
  { balancer }: ServedPool,
  request: Request<WireRequest>,
  answer: Sink<WireHead, Uint8Array>,
  receivedMs: number,
): void {
  const { res, state } = exchange;
  const call = balancer.start(request, answer);
  exchange.noteOverhead(performance.now() - receivedMs);
  state.served.note(call.id, exchange.id, exchange.overheadMs);
  res.on('close', () => {
    if (!res.writableEnded) call.abort();
  });
}
