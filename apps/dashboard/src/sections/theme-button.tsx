import type { VNode } from 'preact';
import { chooseTheme, theme, type Theme } from '../state/theme.ts';

const next: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' };
const words: Readonly<Record<Theme, string>> = {
  system: 'as the system',
  light: 'light',
  dark: 'dark',
};

/** Steps through the themes: as the system, light, dark. */
export function ThemeButton(): VNode {
  const now = theme.value;
  const label = `Colours: ${words[now]}. Switch to ${words[next[now]]}`;
  return (
    <button
      class="btn icon quiet"
      type="button"
      aria-label={label}
      title={label}
      onClick={() => chooseTheme(next[now])}
    >
      <svg
        width="16"
        height="16"
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        stroke-width="1.5"
        aria-hidden="true"
      >
        {now === 'light' && (
          <>
            <circle cx="8" cy="8" r="3" />
            <path d="M8 1v2m0 10v2M1 8h2m10 0h2M3 3l1.5 1.500m7 7L13 13M13 3l-1.5 1.500m-7 7L3 13" />
          </>
        )}
        {now === 'dark' && <path d="M13.5 9.600A6 6 0 0 1 6.4 2.500a6 6 0 1 0 7.1 7.100z" />}
        {now === 'system' && (
          <>
            <circle cx="8" cy="8" r="5.5" />
            <path d="M8 2.500a5.5 5.5 0 0 1 0 11z" fill="currentColor" />
          </>
        )}
      </svg>
    </button>
  );
}
