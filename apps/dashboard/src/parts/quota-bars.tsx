import type { QuotaView } from '@plimsoll/monitor';
import type { VNode } from 'preact';
import { LITTLE_QUOTA_RATIO } from '../condition.ts';
import { UNKNOWN, wholePercent } from '../format.ts';
import { Countdown } from './countdown.tsx';
import './quota-bars.css';

/** The tightest quotas: the bar fills as the hull does, the words say what is left. */
export function QuotaBars({ quotas }: { quotas: readonly QuotaView[] }): VNode {
  if (quotas.length === 0) return <span class="ink2">no limits known</span>;
  return (
    <>
      {quotas.map((quota) => {
        const { dimension, leftRatio, resetEpochMs, isShared } = quota;
        return (
          <div
            class="quota"
            key={dimension}
            title={isShared ? 'Shared with other targets' : undefined}
          >
            <span class="dimension">{dimension}</span>
            <QuotaBar leftRatio={leftRatio} />
            <span class={`left ${toneOf(leftRatio)}`}>{wholePercent(leftRatio)} left</span>
            <span class="reset">
              {resetEpochMs === null ? UNKNOWN : <Countdown to={resetEpochMs} />}
            </span>
          </div>
        );
      })}
    </>
  );
}

export function QuotaBar({ leftRatio }: { leftRatio: number }): VNode {
  const look = leftRatio <= 0 ? 'used-up' : leftRatio < LITTLE_QUOTA_RATIO ? 'tight' : '';
  return (
    <span class={`quota-bar ${look}`} aria-hidden="true">
      <i style={{ width: `${(100 - Math.max(0, leftRatio) * 100).toFixed(1)}%` }} />
    </span>
  );
}

export function toneOf(leftRatio: number): string {
  if (leftRatio <= 0) return 'bad strong';
  return leftRatio < LITTLE_QUOTA_RATIO ? 'warn strong' : '';
}
