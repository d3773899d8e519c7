import type { VNode } from 'preact';
import { useDashboard } from '../state/context.ts';
import type { Link } from '../state/dashboard.ts';

/** The stream's state, which pauses this screen. */
export function LiveButton(): VNode {
  const { link, isPaused, togglePause } = useDashboard();
  const { state } = link.value;
  const look = state === 'lost' ? 'lost' : isPaused.value ? 'paused' : '';
  return (
    <button
      class={`live ${look}`}
      type="button"
      aria-pressed={isPaused.value}
      aria-label={`${textOf(link.value, isPaused.value)}: ${isPaused.value ? 'go on' : 'pause this screen'}`}
      title="Pauses this screen; the gateway keeps working"
      onClick={togglePause}
    >
      <i aria-hidden="true" />
      <span>{textOf(link.value, isPaused.value)}</span>
    </button>
  );
}

function textOf(link: Link, isPaused: boolean): string {
  if (link.state === 'lost') return `Reconnecting, ${Math.round(link.ageMs / 1000)} s old`;
  if (isPaused) return 'Paused';
  return link.state === 'live' ? 'Live' : 'Connecting';
}
