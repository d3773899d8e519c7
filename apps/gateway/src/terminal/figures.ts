/*
 * How figures are written, the same in every command: few digits, always a unit, a dash for what is not known.
 */

const DASH = '–';

type Figure = number | null | undefined;

function isKnown(value: Figure): value is number {
  return typeof value === 'number' && !Number.isNaN(value);
}

/** `340 ms`, `2.4 s`, `12 s`, `3 min`, `2 h`. */
export function formatDuration(milliseconds: Figure): string {
  if (!isKnown(milliseconds)) return DASH;
  if (milliseconds < 999.5) return `${milliseconds.toFixed(0)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 119.5) return `${seconds.toFixed(0)} s`;
  const minutes = seconds / 60;
  if (minutes < 119.5) return `${minutes.toFixed(0)} min`;
  return `${(minutes / 60).toFixed(0)} h`;
}

/** `34.2 %`. */
export function formatPercent(ratio: Figure, digits = 1): string {
  return isKnown(ratio) ? `${(ratio * 100).toFixed(digits)} %` : DASH;
}

/** `1,234`. */
export function formatCount(count: Figure): string {
  return isKnown(count) ? Math.round(count).toLocaleString('en-US') : DASH;
}

/** `12/s`, `0.3/s`. */
export function formatRate(perSecond: Figure): string {
  if (!isKnown(perSecond)) return DASH;
  return `${perSecond >= 99.95 ? formatCount(perSecond) : perSecond.toFixed(1)}/s`;
}

/** `$12.30`, `$0.0042`. */
export function formatUsd(dollars: Figure): string {
  if (!isKnown(dollars)) return DASH;
  if (dollars === 0 || dollars >= 0.995) return `$${dollars.toFixed(2)}`;
  return `$${dollars.toPrecision(2)}`;
}
