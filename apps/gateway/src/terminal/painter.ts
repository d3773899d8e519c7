import { styleText } from 'node:util';

type Format = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Gives text a format, or leaves it as it is where colours are not wanted. */
export type Painter = (format: Format, text: string) => string;

export function painter(isColoured: boolean): Painter {
  if (!isColoured) return (_format, text) => text;
  return (format, text) => (text === '' ? '' : styleText(format, text, { validateStream: false }));
}
