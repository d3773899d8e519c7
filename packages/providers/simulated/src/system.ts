import type { Clock } from '@plimsoll/core';

/**
 * The system's clock. Its timers do keep the process alive, other than the engine's: they run only while requests are
 * being answered, and a program that waits for an answer must not end, as it would not with a connection open.
 */
export const systemClock: Clock = {
  now: () => performance.now(),
  epochMs: () => Date.now(),
  every(intervalMs, callback) {
    const timer = setInterval(callback, intervalMs);
    return { cancel: () => clearInterval(timer) };
  },
};
