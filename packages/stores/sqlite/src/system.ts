import type { Clock } from '@plimsoll/core';

/** The system's own time: the one place where this store reads it. */
export const systemClock: Pick<Clock, 'epochMs'> = { epochMs: () => Date.now() };
