import type { Logger } from 'pino';

/** The same trouble is told again after this time, in milliseconds: a store is called every half second. */
const AGAIN_MS = 60_000;

/** Logs, as `message`, what goes wrong with something that is tried again by itself while requests are served. */
export function logTrouble(log: Logger, message: string): (error: unknown) => void {
  const toldAtMs = new Map<string, number>();
  return (thrown) => {
    const error = describe(thrown);
    const nowMs = performance.now();
    if (nowMs - (toldAtMs.get(error) ?? -Infinity) < AGAIN_MS) return;
    toldAtMs.set(error, nowMs);
    log.warn({ error }, message);
  };
}

/** A connection that is refused on all addresses of a name has no message of its own, but a code. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  return 'code' in error ? String(error.code) : error.name;
}
