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
  readonly #format: Intl.DateTimeFormat;
  readonly #reachMs: number;
  /** The period that was asked for last, and a moment from which on it is known to last. */
  #known: CalendarPeriod = { label: '', endsAtEpochMs: -Infinity };
  #knownFromMs = 0;

  /** @throws RangeError on a time zone that is not known. */
  constructor(timeZone: string, unit: 'day' | 'month') {
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
    if (epochMs < this.#knownFromMs || epochMs >= this.#known.endsAtEpochMs) {
      this.#known = this.#find(epochMs);
      this.#knownFromMs = epochMs;
    }
    return this.#known;
  }

  /** Halves the time in which the label changes: 30 questions of a few microseconds, once a day. */
  #find(epochMs: number): CalendarPeriod {
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

/** Formats of `Intl` take tens of kilobytes each, and limits of a thousand targets follow the same few calendars. */
const calendars = new Map<string, Calendar>();

/** @throws PlimsollError ERR_PLIMSOLL_OPTION on a time zone that is not known; `option` names where it stands. */
export function calendarOf(option: string, timeZone: string, unit: 'day' | 'month'): Calendar {
  const name = `${unit} ${timeZone}`;
  const known = calendars.get(name);
  if (known !== undefined) return known;
  let calendar: Calendar;
  try {
    calendar = new Calendar(timeZone, unit);
  } catch {
    throw optionError(
      'balancer',
      option,
      'the IANA name of a time zone, such as Europe/Berlin',
      timeZone,
    );
  }
  calendars.set(name, calendar);
  return calendar;
}
