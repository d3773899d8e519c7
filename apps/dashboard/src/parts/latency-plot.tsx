import type { Quantiles } from '@plimsoll/monitor';
import type { VNode } from 'preact';

const WIDTH = 116;

/** One scale for all rows, so that they can be compared. */
const FIRST_MS = 150;
const LAST_MS = 5_000;

/** A dot at p50, a line to p95, dots to p99. */
export function LatencyPlot({ of: { p50, p95, p99 } }: { of: Quantiles }): VNode | null {
  if (p50 === null || p95 === null || p99 === null) return null;
  const [dot, line, end] = [position(p50), position(p95), position(p99)];
  return (
    <svg class="latency-plot" width={WIDTH} height="10" aria-hidden="true">
      <path d={`M0 5h${WIDTH}`} stroke="var(--line)" />
      <path d={`M${dot} 5H${line}`} stroke="var(--ink-2)" stroke-width="2" />
      <path d={`M${line} 5H${end}`} stroke="var(--ink-3)" stroke-dasharray="2 2" />
      <circle cx={dot} cy="5" r="3.2" fill="var(--ink)" />
      <path d={`M${end} 2v6`} stroke="var(--ink-3)" stroke-width="1.5" />
    </svg>
  );
}

function position(ms: number): string {
  const part = Math.log(ms / FIRST_MS) / Math.log(LAST_MS / FIRST_MS);
  return (4 + Math.min(1, Math.max(0, part)) * (WIDTH - 8)).toFixed(1);
}
