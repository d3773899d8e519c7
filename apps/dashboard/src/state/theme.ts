import { computed, signal } from '@preact/signals';

/** `system` follows the machine. */
export type Theme = 'system' | 'light' | 'dark';

const STORED = 'plimsoll-theme';

const chosen = signal<Theme>('system');
const prefersDark = signal(false);

export const theme = computed(() => chosen.value);

/** What is seen: charts on a canvas are drawn anew when it changes. */
export const isDark = computed(() =>
  chosen.value === 'system' ? prefersDark.value : chosen.value === 'dark',
);

export function startTheme(): void {
  const media = matchMedia('(prefers-color-scheme: dark)');
  prefersDark.value = media.matches;
  media.addEventListener('change', () => {
    prefersDark.value = media.matches;
  });
  const stored = localStorage.getItem(STORED);
  if (stored === 'light' || stored === 'dark') apply(stored);
}

export function chooseTheme(next: Theme): void {
  if (next === 'system') localStorage.removeItem(STORED);
  else localStorage.setItem(STORED, next);
  apply(next);
}

function apply(next: Theme): void {
  // The attribute first: who reads the signal may read colours.
  if (next === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = next;
  chosen.value = next;
}
