/** The last places where a day ends are this far behind UTC. */
const LAST_ZONE_MS = 12 * 3_600_000;

/**
 * When the day `2026-03-29` or the month `2026-03` is over in every time zone, in milliseconds since the Unix epoch: a
 * store keeps periods by their names and does not know the zones of their limits.
 *
 * @throws RangeError on a text that names neither a day nor a month.
 */
export function periodOverAtEpochMs(period: string): number {
  const parts = /^(\d{4})-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?$/.exec(period);
  if (parts === null) {
    throw new RangeError(`a period is written 2026-03-29 or 2026-03, got "${period}"`);
  }
  const [year, month, day] = parts.slice(1).map(Number) as [number, number, number];
  // Months count from 0, and a day past the end of a month is one of the next.
  const next: [number, number, number] = parts[3] ? [year, month - 1, day + 1] : [year, month, 1];
  // oxlint-disable-next-line no-restricted-globals -- Arithmetic of the calendar; it reads no clock.
  return Date.UTC(...next) + LAST_ZONE_MS;
}
