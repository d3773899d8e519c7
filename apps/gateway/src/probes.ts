import type { Exchange } from './exchange.ts';
import type { ServedPool } from './pool-directory.ts';

/** The process is there. */
export function serveHealth(exchange: Exchange): void {
  exchange.answerJson(200, { status: 'ok' });
}

/**
 * Requests may be sent: a pool has a usable target, and the gateway is not going away. One pool without any is no reason
 * to take the others away from their clients.
 */
export function serveReadiness(exchange: Exchange): void {
  const { directory, isDraining } = exchange.state;
  const ready = directory.pools.filter(isReady);
  const status = isDraining ? 'draining' : ready.length > 0 ? 'ready' : 'no usable target';
  const pools = Object.fromEntries(
    directory.pools.map((pool) => [pool.name, ready.includes(pool) ? 'ready' : 'no usable target']),
  );
  exchange.answerJson(status === 'ready' ? 200 : 503, { status, pools });
}

function isReady({ balancer }: ServedPool): boolean {
  return balancer.stats().targets.some(({ state }) => state === 'healthy' || state === 'half_open');
}
