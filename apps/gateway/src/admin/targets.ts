import type { Exchange } from '../exchange.ts';
import { badRequest } from '../openai-error.ts';
import type { ServedPool } from '../pool-directory.ts';
import type { AdminCall } from './admin-call.ts';
import { answerChange } from './answer-change.ts';

/** `POST /admin/pools/POOL/targets`: a target as the configuration writes it, or the id of one that other pools have. */
export async function addTarget({ exchange, admin, names, json }: AdminCall): Promise<void> {
  const pool = findPool(exchange, names);
  if (pool !== undefined) answerChange(exchange, await admin.live.add(pool.name, json));
}

/** `DELETE /admin/pools/POOL/targets/ID`: nothing new goes there; what is under way ends. */
export async function removeTarget({ exchange, admin, names }: AdminCall): Promise<void> {
  const pool = findTarget(exchange, names);
  if (pool === undefined) return;
  if (pool.targets.length === 1) {
    const message = `It is the last target of ${pool.name}; drain it, or add another first.`;
    exchange.answerError(badRequest(409, 'last_target', message));
    return;
  }
  answerChange(exchange, await admin.live.remove(pool.name, names[1]!));
}

/** `POST …/drain`: nothing new goes there, in all pools that have it; what is under way ends. */
export function drainTarget({ exchange, names }: AdminCall): void {
  const pool = findTarget(exchange, names);
  if (pool === undefined) return;
  void pool.balancer.drain(names[1]!);
  answerTarget(exchange, pool, names[1]!);
}

/** `POST …/enable`: takes a drained target back. */
export function enableTarget({ exchange, names }: AdminCall): void {
  const pool = findTarget(exchange, names);
  if (pool === undefined) return;
  pool.balancer.enable(names[1]!);
  answerTarget(exchange, pool, names[1]!);
}

/** `POST …/weight`: `{ "weight": 3 }`, for all pools that have it. */
export async function weighTarget({ exchange, admin, names, json }: AdminCall): Promise<void> {
  const pool = findTarget(exchange, names);
  if (pool === undefined) return;
  const { weight } = json;
  if (typeof weight !== 'number' || !Number.isFinite(weight) || weight < 0) {
    const message = 'The body must have a `weight`, a number > 0, or 0 for standby.';
    exchange.answerError(badRequest(400, 'invalid_weight', message, { param: 'weight' }));
    return;
  }
  answerChange(exchange, await admin.live.setWeight(names[1]!, weight));
}

export function answerTarget(exchange: Exchange, { balancer }: ServedPool, id: string): void {
  exchange.answerJson(200, { target: balancer.stats().targets.find((one) => one.id === id) });
}

/** The pool that the path names first; answers by itself when there is none. */
function findPool(exchange: Exchange, [name]: readonly string[]): ServedPool | undefined {
  const { pools } = exchange.state.directory;
  const pool = pools.find((one) => one.name === name);
  if (pool === undefined) {
    const list = pools.map((one) => one.name).join(', ');
    const message = `There is no pool ${JSON.stringify(name)}; there are ${list}.`;
    exchange.answerError(badRequest(404, 'unknown_pool', message));
  }
  return pool;
}

/** The pool that the path names, if it has the target that the path names; answers by itself otherwise. */
export function findTarget(exchange: Exchange, names: readonly string[]): ServedPool | undefined {
  const pool = findPool(exchange, names);
  const id = names[1]!;
  if (pool === undefined || pool.targets.some((target) => target.id === id)) return pool;
  const list = pool.targets.map((target) => target.id).join(', ');
  const message = `The pool ${pool.name} has no target ${JSON.stringify(id)}; it has ${list}.`;
  exchange.answerError(badRequest(404, 'unknown_target', message));
  return undefined;
}
