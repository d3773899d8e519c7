import { stripVTControlCharacters } from 'node:util';

const graphemes = new Intl.Segmenter();

function charactersOf(text: string): string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

/** Columns that `text` takes, formats left out; a character is taken to be one column wide. */
export function widthOf(text: string): number {
  return charactersOf(stripVTControlCharacters(text)).length;
}

/** `text` with spaces up to `width`, in front of it where `side` is `right`. */
export function padded(text: string, width: number, side: 'left' | 'right' = 'left'): string {
  const spaces = ' '.repeat(Math.max(0, width - widthOf(text)));
  return side === 'left' ? text + spaces : spaces + text;
}

/** `text` cut to `width` columns, with an ellipsis where something is missing. It must have no formats. */
export function shortened(text: string, width: number): string {
  const characters = charactersOf(text);
  if (characters.length <= width) return text;
  return width < 1 ? '' : `${characters.slice(0, width - 1).join('')}…`;
}

/**
 * `text` in one line and without control characters, so that what a provider or another gateway says cannot steer the
 * terminal it is shown in.
 */
export function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\p{Cc}/gu, '\uFFFD');
}

/** `text` in lines of at most `width` columns, each after `indent` spaces; a longer word has a line of its own. */
export function wrapped(text: string, width: number, indent = 0): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((one) => `${' '.repeat(indent)}${one}`);
}
