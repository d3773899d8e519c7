import { useEffect } from 'preact/hooks';
import { pageTitle } from '../words.ts';
import { useDashboard } from './context.ts';

/** Keeps the tab's title and icon at what the page says, for those who look at another. */
export function useTab(): void {
  const { view, link } = useDashboard();
  const pool = view.value?.pool;
  const isLost = link.value.state === 'lost';
  const title = pool === undefined ? 'Plimsoll' : `${isLost ? '… ' : ''}${pageTitle(pool)}`;
  const look = pool === undefined || isLost ? 'unknown' : pool.verdict.usable === 0 ? 'down' : 'up';
  useEffect(() => {
    document.title = title;
  }, [title]);
  useEffect(() => {
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (icon !== null) icon.href = iconOf(look);
  }, [look]);
}

const colors = { up: '#2b63d9', down: '#d92d20', unknown: '#8791a0' } as const;

function iconOf(look: keyof typeof colors): string {
  const path =
    look === 'down'
      ? '<path d="m6 6 12 12m0-12L6 18"/>'
      : '<circle cx="12" cy="12" r="7"/><path d="M1 12h22"/>';
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="${colors[look]}" stroke-width="2.6">${path}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
