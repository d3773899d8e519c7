import type { WindowName } from '@plimsoll/monitor';
import type { VNode } from 'preact';
import { Mark } from '../parts/mark.tsx';
import { Segmented } from '../parts/segmented.tsx';
import { useDashboard } from '../state/context.ts';
import { LiveButton } from './live-button.tsx';
import { PoolMenu } from './pool-menu.tsx';
import { ThemeButton } from './theme-button.tsx';
import './bar.css';

const windows = [
  { value: '5m', text: '5 min' },
  { value: '1h', text: '1 h' },
  { value: '24h', text: '24 h' },
] as const satisfies readonly { value: WindowName; text: string }[];

/** What is shown, and whether it lives. */
export function Bar({ onSend, isSending }: { onSend: () => void; isSending: boolean }): VNode {
  const { window, chooseWindow, view } = useDashboard();
  return (
    <header class="top">
      <div class="wrap">
        <a class="brand" href="./" aria-label="Plimsoll, overview">
          <Mark size={22} />
          <span class="hide-s">Plimsoll</span>
        </a>
        <span class="slash" aria-hidden="true">
          /
        </span>
        <PoolMenu />
        <span class="grow" />
        <LiveButton />
        <Segmented
          label="Window of figures and charts"
          options={windows}
          chosen={window.value}
          class="hide-s"
          onChoose={chooseWindow}
        />
        <ThemeButton />
        <button
          class="btn primary"
          id="send"
          type="button"
          aria-haspopup="dialog"
          aria-expanded={isSending}
          disabled={view.value === undefined}
          onClick={onSend}
        >
          <span class="hide-s">Send a request</span>
          <span class="only-s">
            <span class="vh">Send a request</span>
            <svg
              width="14"
              height="14"
              viewBox="0 0 14 14"
              fill="none"
              stroke="currentColor"
              stroke-width="1.6"
              aria-hidden="true"
            >
              <path d="M2 7h9M7.5 3.5 11 7l-3.5 3.5" />
            </svg>
          </span>
        </button>
      </div>
    </header>
  );
}
