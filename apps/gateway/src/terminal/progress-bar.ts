import { performance } from 'node:perf_hooks';

import type { Terminal } from './terminal.ts';
import { shortened } from './text.ts';

/** Drawn at most this often: more is flicker, and work taken from what it is about. */
const EVERY_MS = 100;

const MOST_CELLS = 30;

/**
 * How far long work is, in one line of stderr that is drawn over itself. Nothing is drawn where stderr is no terminal, so
 * logs and scripts are not filled with it.
 */
export class ProgressBar {
  readonly #terminal: Pick<Terminal, 'stderr' | 'paintError'>;
  readonly #isDrawn: boolean;
  readonly #now: () => number;
  #drawnAtMs = -Infinity;
  #isShown = false;

  /** @param options.isQuiet - whether to draw nothing at all. */
  constructor(
    terminal: Pick<Terminal, 'stderr' | 'paintError'>,
    options: { readonly isQuiet: boolean; readonly now?: () => number },
  ) {
    this.#terminal = terminal;
    this.#isDrawn = !options.isQuiet && terminal.stderr.isTTY === true;
    this.#now = options.now ?? (() => performance.now());
  }

  /** @param ratio - the part that is done, 0 to 1. */
  show(ratio: number, label: string): void {
    if (!this.#isDrawn) return;
    const nowMs = this.#now();
    if (nowMs - this.#drawnAtMs < EVERY_MS) return;
    this.#drawnAtMs = nowMs;
    this.#isShown = true;
    const { stderr, paintError } = this.#terminal;
    // The last column stays free: a character there makes some terminals go to the next line.
    const columns = (stderr.columns ?? 80) - 1;
    const cells = Math.max(0, Math.min(MOST_CELLS, columns - 30));
    const full = Math.round(Math.min(1, Math.max(0, ratio)) * cells);
    const percent = `${Math.floor(ratio * 100)}`.padStart(3);
    const bar = `${paintError('cyan', '█'.repeat(full))}${paintError('dim', '░'.repeat(cells - full))}`;
    const words = shortened(label, columns - cells - 8);
    stderr.write(`\r${bar} ${percent} %  ${words}\u001B[K`);
  }

  /** Takes it away, so that what comes next stands in its place. */
  clear(): void {
    if (!this.#isShown) return;
    this.#isShown = false;
    this.#terminal.stderr.write('\r\u001B[K');
  }
}
