import { vi } from 'vitest';

/** Waits until `check` throws no more: milliseconds, and longer on a machine that is busy. */
export function soon(check: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(check, { timeout: 10_000, interval: 5 });
}
