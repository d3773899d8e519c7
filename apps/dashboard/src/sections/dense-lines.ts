import type { Attention, TargetView } from '@plimsoll/monitor';

export const ROW_HEIGHT = 29;
export const SEPARATOR_HEIGHT = 43;

/** A line of the long table: a target, or the title of a part. */
export interface Line {
  readonly target: TargetView | undefined;
  readonly title: string;
  /** How many lines the part has. */
  readonly count: number;
  /** Pixels from the top of the first line. */
  readonly top: number;
}

/** What wants attention in its order, then the others in theirs, without what the filter leaves out. */
export function linesOf(
  targets: readonly TargetView[],
  attention: readonly Attention[],
  filter: string,
  onlyAttention: boolean,
): Line[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const fitting = targets.filter((target) => fits(target, words));
  const order = [...new Set(attention.map(({ target }) => target))];
  const wanting = order.flatMap((id) => fitting.filter((target) => target.id === id));
  const others = onlyAttention ? [] : fitting.filter(({ id }) => !order.includes(id));
  const lines: Line[] = [];
  let top = 0;
  const add = (target: TargetView | undefined, title: string, count: number): void => {
    lines.push({ target, title, count, top });
    top += target === undefined ? SEPARATOR_HEIGHT : ROW_HEIGHT;
  };
  for (const [title, part] of [
    ['Want attention', wanting],
    ['As expected', others],
  ] as const) {
    if (part.length === 0) continue;
    add(undefined, title, part.length);
    for (const target of part) add(target, '', 0);
  }
  return lines;
}

function fits(
  { id, model, region, provider, tags }: TargetView,
  words: readonly string[],
): boolean {
  const text = [id, model, region ?? '', provider, ...tags].join(' ').toLowerCase();
  return words.every((word) => text.includes(word));
}

/** The table's height at most, and what is kept above and below so that scrolling shows no gap. */
const SHOWN_HEIGHT = 860;
const MARGIN = 300;

export interface Visible {
  readonly first: number;
  readonly last: number;
  /** Pixels of what is left out. */
  readonly above: number;
  readonly below: number;
}

/** Which lines are in the page when `top` pixels are scrolled away. */
export function visibleLines(lines: readonly Line[], top: number): Visible {
  const from = top - MARGIN;
  const to = top + SHOWN_HEIGHT + MARGIN;
  const first = Math.max(
    0,
    lines.findIndex((line) => bottomOf(line) > from),
  );
  const past = lines.findIndex((line) => line.top > to);
  const last = past < 0 ? lines.length : past;
  const end = lines.at(-1);
  const height = end === undefined ? 0 : bottomOf(end);
  const below = lines[last] === undefined ? 0 : height - lines[last].top;
  return { first, last, above: lines[first]?.top ?? 0, below };
}

function bottomOf({ top, target }: Line): number {
  return top + (target === undefined ? SEPARATOR_HEIGHT : ROW_HEIGHT);
}
