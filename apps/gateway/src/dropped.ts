import type { Server } from 'node:http';

import type { Logger } from 'pino';

/** How often it is told, in milliseconds: there may be thousands in a second. */
const TELL_EVERY_MS = 60_000;

/** Logs that connections were closed because there were as many as may be. */
export function logDropped(server: Server, log: Logger): void {
  let toldAtMs = -Infinity;
  let count = 0;
  server.on('drop', () => {
    count++;
    const nowMs = performance.now();
    if (nowMs - toldAtMs < TELL_EVERY_MS) return;
    toldAtMs = nowMs;
    log.warn(
      { count, maxConnections: server.maxConnections },
      'too many connections: new ones are closed',
    );
    count = 0;
  });
}
