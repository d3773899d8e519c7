import type { TargetView } from '@plimsoll/monitor';
import type { VNode } from 'preact';
import { LARGEST_WEIGHT, weightIn } from '../weight.ts';
import type { TargetControls } from './use-target-controls.ts';
import './weight-stepper.css';

/** A target's weight: buttons and arrows change it, Enter applies it, Escape takes it back. */
export function WeightStepper({
  target,
  controls,
}: {
  target: TargetView;
  controls: TargetControls;
}): VNode {
  const { weightText, newWeight, editWeight, resetWeight, applyWeight } = controls;
  const step = (by: number): void => {
    const from = weightIn(weightText) ?? target.weight;
    editWeight(String(Math.min(LARGEST_WEIGHT, Math.max(0, from + by))));
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') applyWeight();
    else if (event.key === 'Escape') resetWeight();
    else if (event.key === 'ArrowUp') step(1);
    else if (event.key === 'ArrowDown') step(-1);
    else return;
    event.preventDefault();
  };
  return (
    <span class={newWeight === undefined ? 'step' : 'step changed'}>
      <button type="button" aria-label={`Lower weight of ${target.id}`} onClick={() => step(-1)}>
        −
      </button>
      <input
        value={weightText}
        inputMode="decimal"
        autocomplete="off"
        aria-label={`Weight of ${target.id}, Enter applies`}
        onInput={(event) => editWeight(event.currentTarget.value)}
        onKeyDown={onKey}
      />
      <button type="button" aria-label={`Raise weight of ${target.id}`} onClick={() => step(1)}>
        +
      </button>
    </span>
  );
}
