import type { Attention, PoolView, TargetView } from '@plimsoll/monitor';
import type { VNode } from 'preact';
import { conditionOf } from '../condition.ts';
import { count, duration, percent } from '../format.ts';
import type { Identity } from '../identity.ts';
import { QuotaBars } from '../parts/quota-bars.tsx';
import { StateWords } from '../parts/state-words.tsx';
import { TargetAction } from '../parts/target-action.tsx';
import { TargetName } from '../parts/target-name.tsx';
import { useTargetControls } from '../parts/use-target-controls.ts';
import { WeightStepper } from '../parts/weight-stepper.tsx';
import { useDashboard } from '../state/context.ts';
import { rowId } from './show-target.ts';
import { expectedWords } from './target-table.tsx';
import './target-cards.css';

/** The same figures where no table fits. */
export function TargetCards({ pool: { targets, attention } }: { pool: PoolView }): VNode {
  const { identities } = useDashboard();
  return (
    <ul class="cards">
      {targets.map((target) => (
        <Card
          key={target.id}
          target={target}
          identity={identities.value.get(target.id)}
          attention={attention.find((one) => one.target === target.id)}
        />
      ))}
    </ul>
  );
}

function Card(props: {
  target: TargetView;
  identity: Identity | undefined;
  attention: Attention | undefined;
}): VNode {
  const { target, identity, attention } = props;
  const controls = useTargetControls(target);
  const { firstContentMs, actualShare, expectedShare, inFlight } = target;
  const isQuiet =
    conditionOf(target) === 'healthy' && attention === undefined && controls.error === undefined;
  return (
    <li class="card" id={rowId(target.id)} tabIndex={-1}>
      <div class="head">
        <TargetName target={target} identity={identity} />
        <div class="share">
          <b>{percent(actualShare ?? expectedShare)}</b>
          <span class="sub">
            {actualShare === null ? 'expected' : expectedWords(actualShare, expectedShare)}
          </span>
        </div>
      </div>
      {!isQuiet && <StateWords target={target} attention={attention} error={controls.error} />}
      <div>
        <QuotaBars quotas={target.quotas} />
      </div>
      <div class="pair">
        <span>
          First token <b>{duration(firstContentMs.p50)}</b> · {duration(firstContentMs.p95)} ·{' '}
          {duration(firstContentMs.p99)}
        </span>
        <span>
          <b>{count(inFlight)}</b> in flight
        </span>
      </div>
      <div class="controls">
        <span class="weight">
          <span class="hint">Weight</span>
          <WeightStepper target={target} controls={controls} />
        </span>
        <TargetAction target={target} controls={controls} isPlain />
      </div>
    </li>
  );
}
