import type { AdminCall } from '../admin/admin-call.ts';
import { answerTarget, findTarget } from '../admin/targets.ts';
import { badRequest } from '../openai-error.ts';

/** `POST …/try`: ends a cool-down, or has an open breaker let a probe through at once. */
export function tryTarget({ exchange, names }: AdminCall): void {
  const pool = findTarget(exchange, names);
  if (pool === undefined) return;
  const id = names[1]!;
  if (pool.balancer.tryNow(id)) {
    answerTarget(exchange, pool, id);
    return;
  }
  const { state } = pool.balancer.stats().targets.find((target) => target.id === id)!;
  const why = state === 'half_open' ? 'it is being tried out' : `it is ${state}`;
  const message = `There is no cool-down of ${id} to end and no breaker to probe: ${why}.`;
  exchange.answerError(badRequest(409, 'nothing_to_try', message));
}
