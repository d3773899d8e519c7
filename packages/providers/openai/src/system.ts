/** Milliseconds since the Unix epoch by the system's clock. */
export const systemEpochMs = (): number => Date.now();
