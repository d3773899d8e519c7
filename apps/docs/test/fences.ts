/** A fenced block of a guide. */
export interface Fence {
  /** `sh`, `yaml`, `ts`, `text` … */
  readonly language: string;
  /** What stands behind the language on the fence's first line. */
  readonly mark: string;
  readonly text: string;
  /** The line it begins on, from 1. */
  readonly line: number;
}

/** All fenced blocks of a Markdown text, in order. */
export function fencesIn(markdown: string): Fence[] {
  return [...markdown.matchAll(/^```(\w+)[ ]*([^\n]*)\n(.*?)^```$/gms)].map((match) => ({
    language: match[1]!,
    mark: match[2]!,
    text: match[3]!,
    line: markdown.slice(0, match.index).split('\n').length,
  }));
}

/**
 * Whether `actual` is what a guide shows: the same lines, where `…` stands for whatever is there, also for lines. Blanks
 * at the ends of lines do not count.
 */
export function isAsShown(actual: string, shown: string): boolean {
  const pattern = tidy(shown)
    .split('…')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('[^]*?');
  return new RegExp(`^${pattern}$`).test(tidy(actual));
}

function tidy(text: string): string {
  return text.replace(/[ \t\r]+$/gm, '').trim();
}
