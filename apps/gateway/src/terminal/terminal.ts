import type { Environment } from '@plimsoll/config';

import { wantsColour } from './colour.ts';
import { painter, type Painter } from './painter.ts';

/** Where text goes: a terminal, a file or a pipe. */
export interface Output {
  readonly isTTY?: boolean | undefined;
  /** Of a terminal; undefined otherwise. */
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  write(text: string): unknown;
  on?(event: 'resize', listener: () => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}

/** Where keys, or a file, come from. */
export interface Input extends AsyncIterable<Uint8Array | string> {
  readonly isTTY?: boolean | undefined;
  setRawMode?(isRaw: boolean): unknown;
  resume(): unknown;
  pause(): unknown;
  on(event: 'data', listener: (bytes: Uint8Array | string) => void): unknown;
  off(event: 'data', listener: (bytes: Uint8Array | string) => void): unknown;
}

/** What a command reads from and prints to. */
export class Terminal {
  readonly env: Environment;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Colours what goes to stdout, where colours are wanted there. */
  readonly paint: Painter;
  /** The same for stderr. */
  readonly paintError: Painter;

  constructor(streams: { env: Environment; stdin: Input; stdout: Output; stderr: Output }) {
    this.env = streams.env;
    this.stdin = streams.stdin;
    this.stdout = streams.stdout;
    this.stderr = streams.stderr;
    this.paint = painter(wantsColour(this.stdout, this.env));
    this.paintError = painter(wantsColour(this.stderr, this.env));
  }

  /** Prints a line on stdout. */
  print(line: string): void {
    this.stdout.write(`${line}\n`);
  }

  /** Prints a line on stderr. */
  complain(line: string): void {
    this.stderr.write(`${line}\n`);
  }

  printJson(value: unknown): void {
    this.print(JSON.stringify(value, undefined, 2));
  }
}
