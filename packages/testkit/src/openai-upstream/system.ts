import type { Clock } from '@plimsoll/core';

/** The time of the machine. */
export const systemClock: Clock = {
  now: () => performance.now(),
  epochMs: () => Date.now(),
  every(intervalMs, callback) {
    const interval = setInterval(callback, intervalMs).unref();
    return { cancel: () => clearInterval(interval) };
  },
};
