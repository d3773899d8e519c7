import type { Attention, TargetView } from '@plimsoll/monitor';
import type { VNode } from 'preact';
import {
  conditionOf,
  conditionTitles,
  conditionTones,
  conditionWith,
  leastQuota,
  LITTLE_QUOTA_RATIO,
  restRatio,
  untilOf,
} from '../condition.ts';
import { ago } from '../format.ts';
import { useDashboard } from '../state/context.ts';
import { Countdown } from './countdown.tsx';
import { StateGlyph } from './state-glyph.tsx';
import './state-words.css';

interface StateProps {
  readonly target: TargetView;
  readonly attention: Attention | undefined;
  /** What went wrong with something that was just asked of it. */
  readonly error: string | undefined;
}

/** A target's state in two lines: what and until when, then why. */
export function StateWords({ target, attention, error }: StateProps): VNode {
  const { nowMs } = useDashboard();
  const condition = attention?.kind === 'off_line' ? 'off_line' : conditionOf(target);
  const until = untilOf(target);
  return (
    <div class="state">
      <StateGlyph condition={condition} rest={restRatio(target, nowMs.value)} />
      <div>
        <span class={`title ${conditionTones[condition]}`}>
          {conditionTitles[condition]}
          {until !== undefined && (
            <>
              ,{' '}
              <span class="nowrap">
                {until.label} <Countdown to={until.epochMs} />
              </span>
            </>
          )}
        </span>
        {error === undefined ? (
          <Reason target={target} attention={attention} nowMs={nowMs.value} />
        ) : (
          <span class="reason fail" role="alert">
            {error}
          </span>
        )}
      </div>
    </div>
  );
}

function Reason({
  target,
  attention,
  nowMs,
}: {
  target: TargetView;
  attention: Attention | undefined;
  nowMs: number;
}): VNode {
  const { reason, lastProbeEpochMs } = target;
  const isTight = leastQuota(target) < LITTLE_QUOTA_RATIO && conditionOf(target) === 'healthy';
  const probe = lastProbeEpochMs === null ? '' : `probe ${ago(nowMs - lastProbeEpochMs)}`;
  if (attention?.kind === 'off_line') return <span class="reason">{attention.reason}</span>;
  if (isTight) {
    return (
      <span class="reason">
        <span class="warn">little quota left</span>
        {probe === '' ? '' : `, ${probe}`}
      </span>
    );
  }
  return <span class="reason">{reason || probe}</span>;
}

/** The same in one line, for a row of a long table. */
export function StateLine({ target, attention, error }: StateProps): VNode {
  const { nowMs } = useDashboard();
  const condition = conditionWith(target, attention);
  const until = untilOf(target);
  const reason = error ?? (attention === undefined ? target.reason : attention.reason);
  return (
    <div class="state line">
      <StateGlyph condition={condition} rest={restRatio(target, nowMs.value)} size={12} />
      <div title={reason}>
        <span class={condition === 'healthy' ? 'ink2' : `title ${conditionTones[condition]}`}>
          {conditionTitles[condition]}
          {until !== undefined && (
            <>
              {' '}
              <Countdown to={until.epochMs} />
            </>
          )}
        </span>{' '}
        <span
          class={error === undefined ? 'ink2' : 'fail'}
          role={error === undefined ? undefined : 'alert'}
        >
          {reason}
        </span>
      </div>
    </div>
  );
}
