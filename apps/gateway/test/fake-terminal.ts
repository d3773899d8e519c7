import { Readable } from 'node:stream';

import { type Input, type Output, Terminal } from '../src/terminal/terminal.ts';

/** Keeps what is written. */
export class FakeOutput implements Output {
  text = '';
  isTTY: boolean;
  columns: number | undefined;
  rows: number | undefined;
  readonly #onResize = new Set<() => void>();

  constructor(options: { isTTY?: boolean; columns?: number; rows?: number } = {}) {
    this.isTTY = options.isTTY ?? false;
    this.columns = options.columns;
    this.rows = options.rows;
  }

  write(text: string): void {
    this.text += text;
  }

  on(_event: 'resize', listener: () => void): void {
    this.#onResize.add(listener);
  }

  off(_event: 'resize', listener: () => void): void {
    this.#onResize.delete(listener);
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    for (const listener of this.#onResize) listener();
  }
}

/** A terminal whose output can be looked at. */
export interface FakeTerminal extends Terminal {
  readonly stdout: FakeOutput;
  readonly stderr: FakeOutput;
}

export function fakeTerminal(
  options: {
    env?: Record<string, string>;
    stdin?: Input | string;
    isTTY?: boolean;
    columns?: number;
    rows?: number;
  } = {},
): FakeTerminal {
  const { stdin = '', env = {} } = options;
  return new Terminal({
    env,
    stdin: typeof stdin === 'string' ? Readable.from([stdin]) : stdin,
    stdout: new FakeOutput(options),
    stderr: new FakeOutput(options),
  }) as FakeTerminal;
}
