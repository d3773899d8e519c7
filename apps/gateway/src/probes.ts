import type { Exchange } from './exchange.ts';
import type { ServedPool } from './pool-directory.ts';

/** The process is there. */
export function serveHealth(exchange: Exchange): void {
  exchange.answerJson(200, { status: 'ok' });
}

/** Requests may be sent: every pool has a usable target, and the gateway is not going away. */
export function serveReadiness(exchange: Exchange): void {
  const { directory, isDraining } = exchange.state;
  const pools = Object.fromEntries(
    directory.pools.map((pool) => [pool.name, isReady(pool) ? 'ready' : 'no usable target']),
  );
  const status = isDraining
    ? 'draining'
    : Object.values(pools).every((state) => state === 'ready')
      ? 'ready'
      : 'not ready';
  exchange.answerJson(status === 'ready' ? 200 : 503, { status, pools });
}

function isReady({ balancer }: ServedPool): boolean {
  return balancer.stats().targets.some(({ state }) => state === 'healthy' || state === 'half_open');
}
