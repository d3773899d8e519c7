/**
 * What was used under one limit in one day or month: plain data for a store. Adding the `used` of several processes
 * under the same `key` and `period` gives the use of all.
 */
export interface PeriodUse {
  readonly key: string;
  /** `2026-03-29`, or `2026-03`, in the time zone of the limit. */
  readonly period: string;
  readonly used: number;
}

/** A key from its parts, which may contain anything. */
export function periodKey(...parts: readonly string[]): string {
  return parts.map(encodeURIComponent).join('/');
}
