/** Told where a row may be out of sight, and so not in the page: it is brought there first. */
export const SHOW_TARGET = 'plimsoll:show-target';

/** The element that has a target's figures: a row, or a card on a small screen. */
export function rowId(target: string): string {
  return `target-${encodeURIComponent(target)}`;
}

/** Brings a target's row into view and puts the focus there. */
export function showTarget(event: MouseEvent, target: string): void {
  event.preventDefault();
  dispatchEvent(new CustomEvent(SHOW_TARGET, { detail: target }));
  requestAnimationFrame(() => {
    const row = document.getElementById(rowId(target));
    row?.scrollIntoView({ block: 'center' });
    row?.focus({ preventScroll: true });
  });
}
