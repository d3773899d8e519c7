import type { VNode } from 'preact';
import { countdown } from '../format.ts';
import { useDashboard } from '../state/context.ts';

/** Time until then. All of the page counts by one clock, the gateway's. */
export function Countdown({ to }: { to: number }): VNode {
  const { nowMs } = useDashboard();
  return <time>{countdown(to - nowMs.value)}</time>;
}
