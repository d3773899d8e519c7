import type { Logger } from 'pino';

import { ExitCode } from './exit-code.ts';
import { faultPlace } from './fault-place.ts';

/**
 * Ends the process after an error that nobody caught, since what it left behind can no longer be relied on: says where it
 * was thrown, lets `stop` end what is under way, and exits with `ExitCode.failed`, for a supervisor to start it anew. A
 * second such error ends it at once. Node alone would print the error whole, and its message may quote a request.
 *
 * @param stop - must resolve within a bound.
 */
export function endOnFault(log: Logger, stop: () => Promise<void>): void {
  let isEnding = false;
  const end = async (): Promise<void> => {
    try {
      await stop();
    } finally {
      process.exit(ExitCode.failed);
    }
  };
  const onFault = (error: unknown): void => {
    const name = error instanceof Error ? error.constructor.name : typeof error;
    log.fatal({ error: name, at: faultPlace(error) }, 'a fault that nobody caught: ending');
    if (isEnding) process.exit(ExitCode.failed);
    isEnding = true;
    void end();
  };
  process.on('uncaughtException', onFault);
  process.on('unhandledRejection', onFault);
}
