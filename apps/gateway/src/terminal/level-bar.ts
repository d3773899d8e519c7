/** Eighths of a cell, so that a short bar still tells small differences. */
const PARTS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/**
 * A bar of `cells` columns that is full up to `ratio`, with a line where it is expected to be.
 *
 * @param ratio - 0 to 1.
 * @param expected - 0 to 1; `null` draws no line.
 */
export function levelBar(ratio: number, expected: number | null, cells: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, ratio)) * cells * 8);
  const full = Math.floor(eighths / 8);
  const bar = `${'█'.repeat(full)}${PARTS[eighths % 8]}`.padEnd(cells, '·');
  if (expected === null) return bar;
  const at = Math.min(cells - 1, Math.max(0, Math.round(expected * cells) - 1));
  return `${bar.slice(0, at)}│${bar.slice(at + 1)}`;
}
