import type { Result } from '@plimsoll/balancer';
import type { LogLevel } from '@plimsoll/config';
import { destination, type Logger, pino, stdTimeFunctions } from 'pino';

import type { Exchange } from './exchange.ts';

/** JSON lines on stderr. What is said in requests and answers, and every key, stays out of them. */
export function createLog(level: LogLevel): Logger {
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(options, destination({ fd: 2, sync: true }));
}

/** Notes a request that was served. */
export function logServed({ id, state }: Exchange, result: Result): void {
  if (!state.log.isLevelEnabled('debug')) return;
  state.log.debug(
    {
      request: id,
      pool: result.pool,
      target: result.target.id,
      attempts: result.attempts,
      ms: Math.round(result.latencyMs),
      firstContentMs: Math.round(result.firstContentMs),
      usage: result.usage,
      costUsd: result.costUsd,
    },
    'request served',
  );
}
