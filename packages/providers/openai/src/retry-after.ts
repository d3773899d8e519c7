import type { WireHead } from '@plimsoll/core';
import { parseDurationMs, parseNumber } from './duration.ts';
import type { WireError } from './openai-wire.ts';

type Headers = WireHead['headers'];

/**
 * Milliseconds that the API asks to wait, by the first of these that states it: `retry-after-ms`, `x-ms-retry-after-ms`,
 * `retry-after`, a `RetryInfo` in the body, the words "try again in" of the message.
 *
 * @param nowEpochMs - read only where a date is given and the answer has no `date` of its own to measure it by.
 */
export function statedWaitMs(
  headers: Headers,
  error: WireError | undefined,
  message: string,
  nowEpochMs: () => number,
): number | undefined {
  return (
    parseCount(headers['retry-after-ms']) ??
    parseCount(headers['x-ms-retry-after-ms']) ??
    retryAfter(headers, nowEpochMs) ??
    retryInfoMs(error?.details) ??
    spokenWaitMs(message)
  );
}

/** Milliseconds until the limit that is used up begins anew: the longest of those with nothing remaining. */
export function exhaustedResetMs(
  headers: Headers,
  error: WireError | undefined,
  nowEpochMs: () => number,
): number | undefined {
  let longest: number | undefined;
  for (const name in headers) {
    if (!name.startsWith(REMAINING)) continue;
    const dimension = name.slice(REMAINING.length);
    // OpenAI names the dimension in the error's type: tokens may remain, but fewer than the request needs.
    const isExhausted = error?.type === dimension || parseCount(headers[name]) === 0;
    if (!isExhausted) continue;
    const waitMs = parseMoment(headers[RESET + dimension], headers, nowEpochMs);
    if (waitMs !== undefined && (longest === undefined || waitMs > longest)) longest = waitMs;
  }
  return longest;
}

const REMAINING = 'x-ratelimit-remaining-';
const RESET = 'x-ratelimit-reset-';

function retryAfter(headers: Headers, nowEpochMs: () => number): number | undefined {
  const seconds = parseCount(headers['retry-after']);
  if (seconds !== undefined) return seconds * 1000;
  return parseDate(headers['retry-after'], headers, nowEpochMs);
}

/** A reset as a duration (`6m0s`, `12ms`), seconds, a date, or an epoch in seconds or milliseconds. */
export function parseMoment(
  value: Headers[string] | undefined,
  headers: Headers,
  nowEpochMs: () => number,
): number | undefined {
  const number = parseCount(value);
  if (number !== undefined) {
    // Nobody waits for 30 years: numbers that large are moments.
    if (number >= 1e12) return Math.max(0, number - serverNow(headers, nowEpochMs));
    if (number >= 1e9) return Math.max(0, number * 1000 - serverNow(headers, nowEpochMs));
    return number * 1000;
  }
  const duration = typeof value === 'string' ? parseDurationMs(value) : undefined;
  return duration ?? parseDate(value, headers, nowEpochMs);
}

function parseDate(
  value: Headers[string] | undefined,
  headers: Headers,
  nowEpochMs: () => number,
): number | undefined {
  // Both forms in use begin with a weekday or a year; `Date.parse` alone takes `-1` and `5 apples` for dates.
  if (typeof value !== 'string' || !/^(?:[A-Z][a-z]{2},|\d{4}-)/.test(value)) return undefined;
  const atMs = Date.parse(value);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - serverNow(headers, nowEpochMs));
}

/** The time at the server, whose clock may differ from ours: dates in its answers are dates of that clock. */
function serverNow(headers: Headers, nowEpochMs: () => number): number {
  const { date } = headers;
  const atMs = typeof date === 'string' ? Date.parse(date) : Number.NaN;
  return Number.isNaN(atMs) ? nowEpochMs() : atMs;
}

/** Milliseconds until `value`, an ISO date or an epoch as it may stand in a body. */
export function waitUntilMs(
  value: unknown,
  headers: Headers,
  nowEpochMs: () => number,
): number | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  return parseMoment(String(value), headers, nowEpochMs);
}

export function parseCount(value: Headers[string] | undefined): number | undefined {
  return typeof value === 'string' ? parseNumber(value) : undefined;
}

/** `google.rpc.RetryInfo` among the error's details. */
function retryInfoMs(details: unknown): number | undefined {
  if (!Array.isArray(details)) return undefined;
  for (const detail of details as readonly { readonly retryDelay?: unknown }[]) {
    if (typeof detail?.retryDelay === 'string') return parseDurationMs(detail.retryDelay);
  }
  return undefined;
}

/** "Please try again in 7m12s", "Please retry in 20.2s", "retry after 26 seconds". */
function spokenWaitMs(message: string): number | undefined {
  const match =
    /(?:try again|retry) (?:in|after) (\d[\d.hms]*)(?: (milli)?(second|minute|hour)s?\b)?/i.exec(
      message,
    );
  if (match === null) return undefined;
  const [, amount = '', milli, unit] = match;
  if (unit === undefined) return parseDurationMs(amount.replace(/\.$/, ''));
  const factor = { second: 1000, minute: 60_000, hour: 3_600_000 }[unit.toLowerCase()] ?? 0;
  const waitMs = Number(amount) * (milli === undefined ? factor : 1);
  return Number.isNaN(waitMs) ? undefined : waitMs;
}
