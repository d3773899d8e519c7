/** A logarithmic axis: where it begins and ends, and which values have a line. */
export interface LogRange {
  readonly low: number;
  readonly high: number;
  readonly lines: readonly number[];
}

/** So many lines at most, or their labels would touch. */
const MOST_LINES = 6;

/** Holds all values, with lines at 1, 2 and 5 of each power of ten; or fewer, where the values reach far. */
export function logRange(values: readonly number[], otherwise: number): LogRange {
  const positive = values.filter((value) => value > 0);
  const least = Math.min(...positive, positive.length === 0 ? otherwise : Infinity);
  const most = Math.max(...positive, positive.length === 0 ? otherwise : 0);
  const low = least / 1.6;
  const high = most * 1.5;
  for (const steps of [[1, 2, 5], [1, 5], [1]]) {
    const lines = linesBetween(low, high, steps);
    if (lines.length <= MOST_LINES) return { low, high, lines };
  }
  return { low, high, lines: linesBetween(low, high, [1]) };
}

function linesBetween(low: number, high: number, steps: readonly number[]): number[] {
  const lines: number[] = [];
  for (let power = 10 ** Math.floor(Math.log10(low)); power <= high; power *= 10) {
    for (const step of steps) {
      const value = Number((power * step).toPrecision(1));
      if (value >= low && value <= high) lines.push(value);
    }
  }
  return lines;
}
