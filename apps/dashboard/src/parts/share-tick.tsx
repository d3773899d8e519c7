import type { TargetView } from '@plimsoll/monitor';
import type { VNode } from 'preact';
import type { Identity } from '../identity.ts';
import './share-tick.css';

/** A bar of the actual share, with a tick where it is expected. `full` is the share that fills it. */
export function ShareTick(props: {
  target: TargetView;
  identity: Identity | undefined;
  full: number;
}): VNode {
  const { target, identity, full } = props;
  const { actualShare, expectedShare } = target;
  const position = (share: number): string => `${Math.min(100, (share / full) * 100).toFixed(2)}%`;
  return (
    <div class="share-tick" style={{ '--c': identity?.color ?? 'var(--ink-3)' }} aria-hidden="true">
      <i style={{ width: position(actualShare ?? 0) }} />
      {expectedShare !== null && expectedShare > 0 && (
        <u style={{ left: `calc(${position(expectedShare)} - 1px)` }} />
      )}
    </div>
  );
}

/** The share at which the bars of a pool are full: the largest of all, so that they can be compared. */
export function fullShare(targets: readonly TargetView[]): number {
  const shares = targets.flatMap(({ actualShare, expectedShare }) => [
    actualShare ?? 0,
    expectedShare ?? 0,
  ]);
  return Math.max(...shares) * 1.05 || 1;
}
