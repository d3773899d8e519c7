import { optionError } from '@plimsoll/core';

/** A day or a month as a calendar on the wall has it. */
export interface CalendarPeriod {
  /** `2026-03-29`, or `2026-03` for a month. */
  readonly label: string;
  /** Milliseconds since the Unix epoch at which the next one begins. */
  readonly endsAtEpochMs: number;
}

const HOUR_MS = 3_600_000;
/** Longer than the longest day (25 hours) and the longest month, so that a label differs after it. */
const REACH_MS = { day: 26 * HOUR_MS, month: 32 * 24 * HOUR_MS };

/**
 * Days or months of one time zone. Days of 23 and 25 hours come out right, since the end of a period is found by asking
 * the time zone itself, not by adding 24 hours.
 */
export class Calendar {
  readonly timeZone: string;
  readonly #format: Intl.DateTimeFormat;
  readonly #reachMs: number;

  /** @throws RangeError on a time zone that is not known. */
  constructor(timeZone: string, unit: 'day' | 'month') {
    this.timeZone = timeZone;
    this.#reachMs = REACH_MS[unit];
    this.#format = new Intl.DateTimeFormat('en-u-ca-iso8601', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      ...(unit === 'day' && { day: '2-digit' }),
    });
  }

  /** The period that `epochMs` lies in. */
  period(epochMs: number): CalendarPeriod {
    const label = this.#label(epochMs);
    let beforeMs = Math.floor(epochMs);
    let endsAtEpochMs = beforeMs + this.#reachMs;
    while (endsAtEpochMs - beforeMs > 1) {
      const middleMs = Math.floor((beforeMs + endsAtEpochMs) / 2);
      if (this.#label(middleMs) === label) beforeMs = middleMs;
      else endsAtEpochMs = middleMs;
    }
    return { label, endsAtEpochMs };
  }

  #label(epochMs: number): string {
    const parts: Record<string, string> = {};
    for (const { type, value } of this.#format.formatToParts(epochMs)) parts[type] = value;
    const month = `${parts.year}-${parts.month}`;
    return parts.day === undefined ? month : `${month}-${parts.day}`;
  }
}

/** @throws PlimsollError ERR_PLIMSOLL_OPTION on a time zone that is not known; `option` names where it stands. */
export function calendarOf(option: string, timeZone: string, unit: 'day' | 'month'): Calendar {
  try {
    return new Calendar(timeZone, unit);
  } catch {
    throw optionError(
      'balancer',
      option,
      'the IANA name of a time zone, such as Europe/Berlin',
      timeZone,
    );
  }
}
