import type { Attention, PoolView, TargetView } from '@plimsoll/monitor';
import type { VNode } from 'preact';
import {
  ago,
  count,
  duration,
  errorPercent,
  percent,
  rate,
  UNKNOWN,
  usdPerHour,
} from '../format.ts';
import type { Identity } from '../identity.ts';
import { LatencyPlot } from '../parts/latency-plot.tsx';
import { QuotaBars } from '../parts/quota-bars.tsx';
import { fullShare, ShareTick } from '../parts/share-tick.tsx';
import { StateWords } from '../parts/state-words.tsx';
import { TargetAction } from '../parts/target-action.tsx';
import { TargetName } from '../parts/target-name.tsx';
import { useTargetControls } from '../parts/use-target-controls.ts';
import { WeightStepper } from '../parts/weight-stepper.tsx';
import { useDashboard } from '../state/context.ts';
import { rowId } from './show-target.ts';
import './target-table.css';

/** A handful of targets, two lines each. */
export function TargetTable({ pool: { targets, attention } }: { pool: PoolView }): VNode {
  const { identities } = useDashboard();
  const full = fullShare(targets);
  return (
    <table class="targets">
      <thead>
        <tr>
          <th scope="col" class="c-target">
            Target
          </th>
          <th scope="col">State</th>
          <th scope="col" class="c-share">
            Share, expected
          </th>
          <th scope="col" class="r c-rate">
            Requests
          </th>
          <th scope="col" class="r c-flight">
            In flight
          </th>
          <th scope="col" class="r c-errors">
            Errors
          </th>
          <th scope="col" class="latency c-latency">
            First token p50<span class="sub in-line"> · 95 · 99</span>
          </th>
          <th scope="col" class="c-quota">
            <span class="quota">
              <span>Quota</span>
              <span />
              <span />
              <span class="reset">Resets</span>
            </span>
          </th>
          <th scope="col" class="r cost c-cost">
            $/h
          </th>
          <th scope="col" class="r c-weight weight-head">
            Weight
          </th>
        </tr>
      </thead>
      <tbody>
        {targets.map((target) => (
          <Row
            key={target.id}
            target={target}
            identity={identities.value.get(target.id)}
            attention={attention.find((one) => one.target === target.id)}
            full={full}
          />
        ))}
      </tbody>
    </table>
  );
}

function Row(props: {
  target: TargetView;
  identity: Identity | undefined;
  attention: Attention | undefined;
  full: number;
}): VNode {
  const { target, identity, attention, full } = props;
  const controls = useTargetControls(target);
  const { firstContentMs, concurrencyLimit, errorRatio, errorNote } = target;
  return (
    <tr id={rowId(target.id)} tabIndex={-1}>
      <th scope="row">
        <TargetName target={target} identity={identity} />
      </th>
      <td>
        <StateWords target={target} attention={attention} error={controls.error} />
      </td>
      <td>
        <ShareWords target={target} />
        <ShareTick target={target} identity={identity} full={full} />
      </td>
      <td class="r">
        {rate(target.ratePerSecond)}/s
        <LastUsed target={target} />
      </td>
      <td class="r">
        {count(target.inFlight)}
        <span class="sub">{concurrencyLimit === null ? '' : `of ${count(concurrencyLimit)}`}</span>
      </td>
      <td class={errorRatio !== null && errorRatio >= 0.5 ? 'r bad' : 'r'}>
        {errorPercent(errorRatio)}
        <span class="sub" title={errorNote}>
          {errorNote}
        </span>
      </td>
      <td class="latency">
        <span class="medium">{duration(firstContentMs.p50)}</span>{' '}
        {firstContentMs.p95 !== null && (
          <span class="sub in-line">
            {seconds(firstContentMs.p95, 2)} · {seconds(firstContentMs.p99, 1)}
          </span>
        )}
        <LatencyPlot of={firstContentMs} />
      </td>
      <td>
        <QuotaBars quotas={target.quotas} />
      </td>
      <td class="r cost">{usdPerHour(target.usdPerHour)}</td>
      <td>
        <div class="controls">
          <WeightStepper target={target} controls={controls} />
          <TargetAction target={target} controls={controls} />
        </div>
      </td>
    </tr>
  );
}

export function ShareWords({
  target: { actualShare, expectedShare, weight },
}: {
  target: TargetView;
}): VNode {
  if (actualShare === null) {
    return (
      <span class="ink2">
        {expectedShare === null
          ? UNKNOWN
          : weight === 0
            ? 'standby'
            : `expected ${percent(expectedShare)}`}
      </span>
    );
  }
  return (
    <>
      <b>{percent(actualShare)}</b>{' '}
      <span class="sub in-line">{expectedWords(actualShare, expectedShare)}</span>
    </>
  );
}

export function expectedWords(actualShare: number, expectedShare: number | null): string {
  if (expectedShare === null) return '';
  return actualShare === 0 && expectedShare === 0
    ? 'none expected'
    : `of ${percent(expectedShare)}`;
}

function LastUsed({ target: { lastUsedEpochMs } }: { target: TargetView }): VNode {
  const { nowMs } = useDashboard();
  const words =
    lastUsedEpochMs === null
      ? 'not used'
      : ago(nowMs.value - lastUsedEpochMs).replace(/^now$/, 'used now');
  return <span class="sub">{words}</span>;
}

function seconds(ms: number | null, digits: number): string {
  return ms === null ? UNKNOWN : `${(ms / 1000).toFixed(digits)} s`;
}
