import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';

import type { View } from '@plimsoll/monitor';

import { AdminClientError } from '../admin-client.ts';
import { formatDuration } from '../terminal/figures.ts';
import { Screen } from '../terminal/screen.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { frame } from './frame.ts';

/** Countdowns move this often, whether or not a view comes. */
const REDRAW_MS = 1000;

/** A gateway that is silent for so long is asked anew: its views come each second. */
const SILENT_MS = 10_000;

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5000;

/**
 * Shows the views of a gateway in the whole terminal until `stop`, or q or Ctrl-C, reconnecting when they break off. The
 * terminal is as it was when this returns or throws.
 *
 * @param connect - a new stream of views.
 * @throws AdminClientError when not even the first view can be had.
 */
export async function showLive(
  connect: (signal: AbortSignal) => AsyncGenerator<View>,
  terminal: Terminal,
  stop: AbortController,
): Promise<void> {
  let view: View | undefined;
  let viewAtMs = 0;
  let isConnected = false;
  let connection = new AbortController();
  const draw = (): void => {
    if (view === undefined) return;
    const { stdout, paint } = terminal;
    const ageMs = performance.now() - viewAtMs;
    const isLate = ageMs > 2 * REDRAW_MS;
    const status =
      isConnected && !isLate ? 'q quits' : `reconnecting, ${formatDuration(ageMs)} old`;
    const { columns = 80, rows = 24 } = stdout;
    screen.draw(frame(view, { columns, rows, paint, ageMs, status }));
  };
  const screen = new Screen(terminal, {
    key: (key) => {
      if (key === 'q' || key === 'Q') stop.abort();
    },
    resize: draw,
  });
  // A fault elsewhere in the program must not leave the terminal without its cursor.
  const restore = (): void => screen.close();
  process.once('exit', restore);
  const clock = setInterval(() => {
    if (view !== undefined && performance.now() - viewAtMs > SILENT_MS) connection.abort();
    draw();
  }, REDRAW_MS);
  try {
    let pauseMs = FIRST_PAUSE_MS;
    while (!stop.signal.aborted) {
      connection = new AbortController();
      try {
        const signal = AbortSignal.any([stop.signal, connection.signal]);
        for await (const next of connect(signal)) {
          view = next;
          viewAtMs = performance.now();
          isConnected = true;
          pauseMs = FIRST_PAUSE_MS;
          screen.open();
          draw();
        }
      } catch (error) {
        if (view === undefined || !(error instanceof AdminClientError)) throw error;
      }
      isConnected = false;
      if (stop.signal.aborted) break;
      draw();
      // The wait is cut short by rejecting.
      await wait(pauseMs, undefined, { signal: stop.signal }).catch(() => {});
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
    }
  } catch (error) {
    // What broke off because it was told to is no trouble.
    if (!stop.signal.aborted) throw error;
  } finally {
    clearInterval(clock);
    process.removeListener('exit', restore);
    screen.close();
  }
}
