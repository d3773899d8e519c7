import { randomUUID } from 'node:crypto';

import type { Clock, Timer } from '@plimsoll/core';

/** The system's own time: the one place where this store reads it. */
export const systemClock: Clock = {
  now: () => performance.now(),
  epochMs: () => Date.now(),
  every(intervalMs: number, callback: () => void): Timer {
    const timer = setInterval(callback, intervalMs);
    timer.unref();
    return { cancel: () => clearInterval(timer) };
  },
};

/** A name that no other member of a fleet has. */
export function memberName(): string {
  return randomUUID();
}
