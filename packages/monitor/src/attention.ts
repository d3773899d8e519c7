import type { Headroom } from '@plimsoll/balancer';

import { limitWords } from './failure-words.ts';
import { byTightness } from './quotas.ts';
import type { ShareGap } from './shares.ts';
import type { TargetWatch } from './target-watch.ts';
import type { Attention, AttentionKind, TargetView } from './view.ts';

/** A limit with less than this left wants attention. */
const LITTLE_QUOTA = 0.15;

/** Kinds in the order in which they matter. */
const ORDER: readonly AttentionKind[] = [
  'off_line',
  'open',
  'cooling',
  'recovering',
  'little_quota',
  'draining',
];

/** A target, as watched, as shown, and how its share stands. */
export interface Watched {
  readonly watch: TargetWatch;
  readonly view: TargetView;
  readonly gap: ShareGap | undefined;
}

/** What wants attention, what matters most first, and of equal kind what is over first. */
export function attention(targets: readonly Watched[]): Attention[] {
  return targets
    .flatMap((target) => [offLine(target), stateOf(target), littleQuota(target)])
    .filter((one) => one !== undefined)
    .sort(
      (a, b) =>
        ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) ||
        (a.untilEpochMs ?? Infinity) - (b.untilEpochMs ?? Infinity) ||
        0,
    );
}

/** How a share stands to its line, in words: `20.1% where 12.5% was expected (1.6 ×)`. */
export function gapWords({ actual, expected }: ShareGap): string {
  const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;
  const times = expected > 0 ? ` (${(actual / expected).toFixed(1)} ×)` : '';
  return `${percent(actual)} where ${percent(expected)} was expected${times}`;
}

function offLine({ watch, view, gap }: Watched): Attention | undefined {
  if (!watch.isOffLine || gap === undefined) return undefined;
  const isHeldBack = gap.actual < gap.expected;
  const { stats } = watch;
  const isFull = stats.concurrencyLimit !== undefined && stats.inFlight >= stats.concurrencyLimit;
  const isUsedUp = stats.quotas.some(({ leftRatio }) => leftRatio < 0.02);
  let cause = '';
  if (isHeldBack && isUsedUp) cause = ', its quota is used up';
  else if (isHeldBack && isFull) cause = ', as many requests as it may have are in flight';
  const reason = `takes ${gapWords(gap)}${cause}`;
  return { target: view.id, kind: 'off_line', reason, untilEpochMs: null, untilLabel: null };
}

function stateOf({ view }: Watched): Attention | undefined {
  const { id: target, state, reason, untilEpochMs } = view;
  const of = (kind: AttentionKind, label: string): Attention => ({
    target,
    kind,
    reason,
    untilEpochMs,
    untilLabel: untilEpochMs === null ? null : label,
  });
  switch (state) {
    case 'open':
      return of('open', 'next probe in');
    case 'cooling':
      return of('cooling', 'back in');
    case 'recovering':
    case 'half_open':
      return of('recovering', 'full weight in');
    case 'draining':
      return of('draining', '');
    default:
      return undefined;
  }
}

function littleQuota({ watch, view }: Watched): Attention | undefined {
  if (view.state !== 'healthy' && view.state !== 'recovering') return undefined;
  const tightest = watch.stats.quotas.toSorted(byTightness)[0];
  if (tightest === undefined || tightest.leftRatio >= LITTLE_QUOTA) return undefined;
  const { resetEpochMs = null } = view.quotas[0] ?? {};
  return {
    target: view.id,
    kind: 'little_quota',
    reason: leftWords(tightest),
    untilEpochMs: resetEpochMs,
    untilLabel: resetEpochMs === null ? null : 'resets in',
  };
}

function leftWords({ leftRatio, dimension, windowMs, scope }: Headroom): string {
  const whose = scope === 'group' ? ' left, shared with its quota group' : ' left';
  return `${Math.floor(leftRatio * 100)}% of ${limitWords(dimension, windowMs)}${whose}`;
}
