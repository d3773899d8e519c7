import type { AdminCall } from './admin-call.ts';
import { poolView } from './pool-view.ts';

/** `GET /admin/pools`: pools and targets with their numbers. */
export function servePools({ exchange }: AdminCall): void {
  exchange.answerJson(200, { pools: exchange.state.directory.pools.map(poolView) });
}
