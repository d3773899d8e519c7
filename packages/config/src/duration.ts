const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** The form of a duration above zero. */
export const durationPattern = /^(?=.*[1-9])\d+(?:\.\d+)?(?:ms|s|m|h)$/;

/** Milliseconds of a duration such as `500ms`, `1.5s`, `5m` or `1h`; a number is milliseconds already. */
export function durationMs(duration: string | number): number {
  if (typeof duration === 'number') return duration;
  const unit = duration.replace(/^[\d.]+/, '');
  return Number.parseFloat(duration) * units[unit]!;
}

/** As `durationMs`, and undefined for what is not stated. */
export function optionalMs(duration: string | number | undefined): number | undefined {
  return duration === undefined ? undefined : durationMs(duration);
}
