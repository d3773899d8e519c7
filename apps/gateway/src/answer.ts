import type { Call, CallFailure } from '@plimsoll/balancer';
import type { WireHead } from '@plimsoll/core';

import type { Exchange } from './exchange.ts';
import { failureError } from './openai-error.ts';

/**
 * What is handed on of a provider's headers: what describes the answer. The rest tells of the account that happened to
 * serve it: its limits, its organisation, its cookies.
 */
const handedOn = [
  'content-type',
  'content-encoding',
  'cache-control',
  'x-request-id',
  'openai-processing-ms',
  'openai-version',
] as const;

/** The headers of an answer that came from a target, as a flat list. */
export function answerHeaders(
  exchange: Exchange,
  head: WireHead,
  call: Pick<Call, 'attempts' | 'target'>,
): string[] {
  const headers = exchange.headers(call);
  if (call.target !== undefined) exchange.pool?.rateLimits?.append(headers, call.target.id);
  for (const name of handedOn) {
    const value = head.headers[name];
    if (typeof value === 'string') headers.push(name, value);
  }
  return headers;
}

/** Answers a request that was not served and of which nothing was handed on yet. */
export function answerFailure(exchange: Exchange, call: CallFailure): void {
  logFailure(exchange, call);
  const { failure } = call;
  const isCallersFault = failure?.verdict === 'fail' || failure?.verdict === 'conditional';
  if (isCallersFault && failure.answer !== undefined) {
    // The provider's word is better than ours.
    const { head, body } = failure.answer;
    const headers = answerHeaders(exchange, head, call);
    headers.push('content-length', String(body.length));
    exchange.res.writeHead(head.status, headers);
    exchange.res.end(body);
    return;
  }
  const hasOthers = (exchange.pool?.targets.length ?? 0) > 1;
  exchange.answerError(failureError(call, hasOthers), call);
}

/** Notes a request that was not served: what happened and where, never what was said. */
export function logFailure({ id, state }: Exchange, call: CallFailure): void {
  const { failure } = call;
  const isCallersFault = failure?.verdict === 'fail' || failure?.verdict === 'conditional';
  state.log[isCallersFault ? 'debug' : 'warn'](
    {
      request: id,
      pool: call.pool,
      target: call.target?.id,
      code: call.code,
      kind: failure?.kind,
      status: failure?.status,
      attempts: call.attempts,
      ms: Math.round(call.latencyMs),
    },
    'request not served',
  );
}
