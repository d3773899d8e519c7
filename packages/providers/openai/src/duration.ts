const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/**
 * Milliseconds of a duration as Go prints it: `12ms`, `6s`, `1m30s`, `10h17m5.7s`; `undefined` for anything else, signs
 * included. Microseconds and nanoseconds are not accepted: no wait is that short.
 */
export function parseDurationMs(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:h|ms|m|s))+$/.test(text)) return undefined;
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)) {
    totalMs += Number(amount) * unitMs[unit!]!;
  }
  return totalMs;
}
