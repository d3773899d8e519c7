import type { Terminal } from './terminal.ts';

const ESCAPE = '\u001B[';

/** Another screen than the one with the shell's history, without cursor, and lines that are cut rather than wrapped. */
const OPEN = `${ESCAPE}?1049h${ESCAPE}?25l${ESCAPE}?7l`;
const CLOSE = `${ESCAPE}?7h${ESCAPE}?25h${ESCAPE}?1049l`;

const CONTROL_C = '\u0003';

/** The whole terminal, for as long as it is open; closing leaves it as it was. */
export class Screen {
  readonly #terminal: Terminal;
  readonly #onBytes: (bytes: string | Uint8Array) => void;
  readonly #onResize: () => void;
  #isOpen = false;

  /** @param on.key - a key was pressed; Ctrl-C is `q`, too. */
  constructor(terminal: Terminal, on: { key(key: string): void; resize(): void }) {
    this.#terminal = terminal;
    this.#onBytes = (bytes) => {
      const key = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString();
      on.key(key.includes(CONTROL_C) ? 'q' : key);
    };
    this.#onResize = () => on.resize();
  }

  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    const { stdin, stdout } = this.#terminal;
    stdout.write(OPEN);
    stdout.on?.('resize', this.#onResize);
    if (stdin.isTTY !== true) return;
    stdin.setRawMode?.(true);
    stdin.on('data', this.#onBytes);
    stdin.resume();
  }

  /** Shows `lines` from the top; those that do not fit are left out. */
  draw(lines: readonly string[]): void {
    if (!this.#isOpen) return;
    const { stdout } = this.#terminal;
    const { rows = 24 } = stdout;
    const shown = lines.slice(0, rows);
    // Line by line over what is there, so that nothing flickers. Cleared before it is written: after a line that fills all
    // columns the cursor stands on its last character.
    const cleared = shown.map((line) => `${ESCAPE}2K${line}`);
    stdout.write(`${ESCAPE}H${cleared.join('\r\n')}${shown.length < rows ? `\r\n${ESCAPE}J` : ''}`);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const { stdin, stdout } = this.#terminal;
    stdout.off?.('resize', this.#onResize);
    stdout.write(CLOSE);
    if (stdin.isTTY !== true) return;
    stdin.off('data', this.#onBytes);
    stdin.setRawMode?.(false);
    stdin.pause();
  }
}
