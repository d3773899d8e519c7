import type { VNode } from 'preact';

const WIDTH = 64;
const HEIGHT = 22;

/** The least range, in parts of the largest value, so that noise does not look like news. */
const LEAST_RANGE = 0.6;

/** The shape of the window behind a figure; what it says stands in the figure. */
export function Spark({ points }: { points: readonly number[] }): VNode | null {
  if (points.length < 2 || points.every((value) => value === 0)) return null;
  const high = Math.max(...points);
  const low = Math.min(...points);
  const range = Math.max(high - low, high * LEAST_RANGE);
  const bottom = Math.max(0, low - (range - (high - low)) / 2);
  const line = points.map((value, index) => {
    const x = (index / (points.length - 1)) * WIDTH;
    const y = HEIGHT - 2 - ((value - bottom) / range) * (HEIGHT - 4);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return (
    <svg class="spark" width={WIDTH} height={HEIGHT} aria-hidden="true">
      <polyline points={line.join(' ')} fill="none" stroke="var(--ink-3)" stroke-width="1.3" />
    </svg>
  );
}
