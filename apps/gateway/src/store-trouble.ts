import type { Logger } from 'pino';

/** The same trouble is told again after this time, in milliseconds: a store is called every half second. */
const AGAIN_MS = 60_000;

/** Logs what goes wrong with the store; it is tried again by itself, and requests are served meanwhile. */
export function storeTrouble(log: Logger): (error: unknown) => void {
  const toldAtMs = new Map<string, number>();
  return (error) => {
    const message = error instanceof Error ? error.message : String(error);
    const nowMs = performance.now();
    if (nowMs - (toldAtMs.get(message) ?? -Infinity) < AGAIN_MS) return;
    toldAtMs.set(message, nowMs);
    log.warn({ error: message }, 'the state is not saved or shared; trying again');
  };
}
