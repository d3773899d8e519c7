import { randomBytes } from 'node:crypto';

import { type Clock, seededRandom, type SeededRandom, type Timer } from '@plimsoll/core';

/** The system's own time: the one place where the engine reads it. */
export const systemClock: Clock = {
  now: () => performance.now(),
  epochMs: () => Date.now(),
  every(intervalMs: number, callback: () => void, keepsAlive = false): Timer {
    const timer = setInterval(callback, intervalMs);
    if (!keepsAlive) timer.unref();
    return { cancel: () => clearInterval(timer) };
  },
};

/** A generator with a seed of its own for each process, so that several instances do not walk in step. */
export function systemRandom(): SeededRandom {
  return seededRandom(randomBytes(6).readUIntLE(0, 6));
}

/** `14:05:09` in UTC. */
export function timeOfDay(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(11, 19);
}
