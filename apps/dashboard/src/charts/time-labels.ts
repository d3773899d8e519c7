const MINUTE_MS = 60_000;

/** Nearer to an edge, in parts of the axis, a label would reach past it. */
const EDGE = 0.03;

/** Whole times of the clock between two times, so far apart that about five fit. */
export function timeLabels(fromMs: number, toMs: number, offsetMinutes: number): number[] {
  const span = toMs - fromMs;
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 240, 360].map((minutes) => minutes * MINUTE_MS);
  const step = steps.find((one) => span / one <= 6) ?? 360 * MINUTE_MS;
  const labels: number[] = [];
  // Hours of the day are round in the reader's time zone, not in that of the epoch.
  const shift = offsetMinutes * MINUTE_MS;
  for (let at = Math.ceil((fromMs - shift) / step) * step + shift; at <= toMs; at += step) {
    if (at - fromMs > span * EDGE) labels.push(at);
  }
  return labels;
}
