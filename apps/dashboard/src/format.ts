/*
 * Numbers as they are read: every figure of the page goes through here. Zero is `0`, unknown is a dash, a minus is a
 * minus sign. Ratios are 0 to 1, times are milliseconds.
 */

export const UNKNOWN = '–';

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `12,690`. */
export function count(value: number): string {
  return whole.format(value);
}

/** `47.2%`. */
export function percent(ratio: number | null, digits = 1): string {
  if (ratio === null) return UNKNOWN;
  return ratio === 0 ? '0%' : `${(ratio * 100).toFixed(digits)}%`;
}

/** `14%` of what is left: never rounded to nothing, nor up to all. */
export function wholePercent(ratio: number): string {
  if (ratio <= 0) return '0%';
  return `${Math.min(ratio < 1 ? 99 : 100, Math.max(1, Math.round(ratio * 100)))}%`;
}

/** `0.02%` of errors; what is above ten needs no second digit. */
export function errorPercent(ratio: number | null): string {
  if (ratio === null) return UNKNOWN;
  if (ratio === 0 || ratio === 1) return `${ratio * 100}%`;
  return `${trimmed(ratio * 100, ratio < 0.01 ? 2 : 1)}%`;
}

/** `+0.75` or `−0.02`. */
export function signed(value: number, digits = 2): string {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return '0';
  return (value > 0 ? '+' : '−') + text;
}

/** `1.6 ×`. */
export function times(value: number | null): string {
  if (value === null) return UNKNOWN;
  return `${value >= 100 ? count(value) : trimmed(value, 1)} ×`;
}

/** `42.3`, `1,284`, `0.04`. */
export function rate(perSecond: number): string {
  if (perSecond >= 100) return count(perSecond);
  if (perSecond >= 0.1) return perSecond.toFixed(1);
  return trimmed(perSecond, 2);
}

/** `418 ms`, `1.12 s`, `12.3 s`. */
export function duration(ms: number | null): string {
  if (ms === null) return UNKNOWN;
  if (ms > 0 && ms < 10) return `${trimmed(ms, 1)} ms`;
  if (Math.round(ms) < 1000) return `${Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(ms < 9_995 ? 2 : 1)} s`;
}

/** A limit that someone wrote: `60 s`, `1.5 s`, `250 ms`. */
export function span(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${trimmed(ms / 1000, 1)} s`;
}

/** `0:23` below an hour, `5 h` above, `3 d` after two days; `now` when it is over. */
export function countdown(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds <= 0) return 'now';
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${twoDigits(seconds % 60)}`;
  const hours = Math.floor(seconds / 3600);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}

/** `now`, `37 s ago`, `1:50 ago`, `5 h ago`. */
export function ago(ms: number): string {
  const seconds = Math.round(ms / 1000);
  // What is told each second is no news before two.
  if (seconds <= 1) return 'now';
  return seconds < 60 ? `${seconds} s ago` : `${countdown(seconds * 1000)} ago`;
}

/** `240`, `1.2k`, `48k`, `1.3M`. */
export function tokens(value: number | null): string {
  if (value === null) return UNKNOWN;
  if (value < 1000) return String(Math.round(value));
  if (value < 999_500) return `${trimmed(value / 1000, value < 9_950 ? 1 : 0)}k`;
  return `${trimmed(value / 1e6, 1)}M`;
}

/** `$5,910`, `$56.4`, `$1.28`, `$0.0008`. */
export function usd(value: number | null): string {
  if (value === null) return UNKNOWN;
  if (value === 0) return '$0';
  if (value >= 100) return `$${count(value)}`;
  if (value >= 10) return `$${value.toFixed(1)}`;
  if (value >= 0.1) return `$${value.toFixed(2)}`;
  if (value < 0.000_005) return '<$0.00001';
  return `$${value.toFixed(value >= 0.000_1 ? 4 : 5)}`;
}

/** What an hour costs, to the cent: `$56.4`, `$1.88`, `$0.02`. */
export function usdPerHour(value: number | null): string {
  if (value === null || value === 0 || value >= 0.1) return usd(value);
  return value < 0.005 ? '<$0.01' : `$${value.toFixed(2)}`;
}

/** `14:05`, in the reader's time zone. */
export function clockMinutes(epochMs: number): string {
  const at = new Date(epochMs);
  return `${twoDigits(at.getHours())}:${twoDigits(at.getMinutes())}`;
}

/** `14:05:19`. */
export function clockSeconds(epochMs: number): string {
  return `${clockMinutes(epochMs)}:${twoDigits(new Date(epochMs).getSeconds())}`;
}

/** `14:05:19.9`. */
export function clockTenths(epochMs: number): string {
  return `${clockSeconds(epochMs)}.${Math.floor(new Date(epochMs).getMilliseconds() / 100)}`;
}

/** `weighted round-robin` for `weighted-round-robin`. */
export function strategyName(name: string): string {
  return name.replaceAll('-', ' ').replace('round robin', 'round-robin');
}

const small = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/** `four`, and `11` past ten. */
export function inWords(value: number): string {
  return small[value] ?? count(value);
}

function trimmed(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
