import type { Balancer } from '@plimsoll/balancer';
import type { Logger } from 'pino';

/** Logs what happens to the targets of a pool, and attempts that failed. */
export function logEvents(balancer: Pick<Balancer, 'name' | 'on'>, log: Logger): void {
  const pool = balancer.name;
  balancer.on('target', ({ target, change, reason }) => {
    const level = change === 'open' || change === 'cooling' ? 'warn' : 'info';
    log[level]({ pool, target: target.id, change, reason }, 'target changed');
  });
  balancer.on('attemptFailed', ({ callId, target, failure, attempt }) => {
    // The provider's message is left out, since it may quote the request.
    const { kind, verdict, status, code } = failure;
    log.debug(
      { pool, call: callId, target: target.id, attempt, kind, verdict, status, code },
      'attempt failed',
    );
  });
}
