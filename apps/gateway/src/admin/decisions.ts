import type { Decision } from '@plimsoll/balancer';

import { badRequest } from '../openai-error.ts';
import type { ServedPool } from '../pool-directory.ts';
import type { AdminCall } from './admin-call.ts';

const DEFAULT_LIMIT = 50;

/** What a pool keeps by default. */
const MAX_LIMIT = 1000;

/** `GET /admin/decisions?pool=NAME&limit=N`: recent decisions, newest first. */
export function serveDecisions({ exchange, query }: AdminCall): void {
  const { pools } = exchange.state.directory;
  const name = query.get('pool');
  const chosen = name === null ? pools : pools.filter((pool) => pool.name === name);
  if (chosen.length === 0) {
    const message = `There is no pool ${JSON.stringify(name)}.`;
    exchange.answerError(badRequest(404, 'unknown_pool', message, { param: 'pool' }));
    return;
  }
  const limit = Number(query.get('limit') ?? DEFAULT_LIMIT);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    const message = `The limit must be an integer from 1 to ${MAX_LIMIT}.`;
    exchange.answerError(badRequest(400, 'invalid_limit', message, { param: 'limit' }));
    return;
  }
  exchange.answerJson(200, { decisions: newestFirst(chosen, limit).slice(0, limit) });
}

/** `GET /admin/decisions/ID`: the decisions of one call, by its `callId`, first attempt first. */
export function serveDecision({ exchange, names }: AdminCall): void {
  const callId = Number(names[0]);
  const decisions = newestFirst(exchange.state.directory.pools, MAX_LIMIT)
    .filter((decision) => decision.callId === callId)
    .toReversed();
  if (decisions.length > 0) {
    exchange.answerJson(200, { decisions });
    return;
  }
  const message = `No decision of a call ${names[0]} is kept: each pool keeps its last ${MAX_LIMIT}.`;
  exchange.answerError(badRequest(404, 'unknown_decision', message));
}

/** Failures are told by their facts: their message is the provider's, and may quote the request. */
type ShownDecision = Omit<Decision, 'failure'>;

function shown({ failure: _words, ...decision }: Decision): ShownDecision {
  return decision;
}

function newestFirst(pools: readonly ServedPool[], limit: number): ShownDecision[] {
  const all = pools.flatMap(({ balancer }) => balancer.decisions(limit).map(shown));
  return pools.length === 1 ? all : all.sort((a, b) => b.epochMs - a.epochMs);
}
