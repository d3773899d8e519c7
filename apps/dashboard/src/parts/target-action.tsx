import type { TargetView } from '@plimsoll/monitor';
import type { VNode } from 'preact';
import { percent } from '../format.ts';
import { useDashboard } from '../state/context.ts';
import { shareWith } from '../weight.ts';
import type { TargetControls } from './use-target-controls.ts';

/** The one thing to do to a target as it stands; while its weight is being changed, that. */
export function TargetAction(props: {
  target: TargetView;
  controls: TargetControls;
  isPlain?: boolean;
}): VNode {
  const { target, controls, isPlain = false } = props;
  const { isBusy, newWeight } = controls;
  if (newWeight !== undefined)
    return <ApplyWeight target={target} controls={controls} weight={newWeight} />;
  const { verb, label, run } = actionOf(target, controls);
  return (
    <button
      class={`btn small ${verb === 'Drain' && !isPlain ? 'quiet' : ''}`}
      type="button"
      aria-label={label}
      disabled={isBusy}
      onClick={run}
    >
      {verb}
    </button>
  );
}

function actionOf(
  { id, state }: TargetView,
  { drain, enable, tryNow }: TargetControls,
): { verb: string; label: string; run: () => void } {
  switch (state) {
    case 'draining':
      return { verb: 'Enable', label: `Enable ${id}`, run: enable };
    case 'cooling':
      return { verb: 'Try now', label: `Try ${id} now`, run: tryNow };
    case 'open':
      return { verb: 'Probe', label: `Probe ${id}`, run: tryNow };
    default:
      return { verb: 'Drain', label: `Drain ${id}`, run: drain };
  }
}

/** Says the share first, then applies. */
function ApplyWeight(props: {
  target: TargetView;
  controls: TargetControls;
  weight: number;
}): VNode {
  const { target, controls, weight } = props;
  const { view } = useDashboard();
  const share = shareWith(view.value?.pool.targets ?? [], target.id, weight);
  const words = share === null ? 'no share while it is out of service' : `share ${percent(share)}`;
  return (
    <button
      class="btn small primary"
      type="button"
      aria-label={`Apply weight ${weight} to ${target.id}: ${words}`}
      title={`Weight ${weight}: ${words}. Enter applies, Escape takes it back.`}
      disabled={controls.isBusy}
      onClick={controls.applyWeight}
    >
      {share === null ? 'Apply' : `→ ${percent(share)}`}
    </button>
  );
}
