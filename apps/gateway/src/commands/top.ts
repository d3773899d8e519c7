import type { View } from '@plimsoll/monitor';

import { AdminClientError } from '../admin-client.ts';
import { ExitCode } from '../exit-code.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { frame } from '../top/frame.ts';
import { showLive } from '../top/live.ts';
import { viewsOf } from '../top/views.ts';
import { command, jsonOption } from './command.ts';
import { gatewayAt, tokenOption, USUAL_URL } from './gateway-option.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** A table that goes to no terminal is as wide as it needs to be. */
const UNBOUNDED = 1000;

export const topCommand = command({
  name: 'top',
  argument: '',
  summary: 'watch a running gateway in the terminal',
  description: [
    'Shows a pool of a running gateway, each second anew: whether callers are served, and of each target its share ' +
      'beside the expected one (the line in the bar), its state and how long that lasts, requests per second, what is ' +
      'in flight, errors, time to the first token, the tightest quota and what it costs in an hour. q or Ctrl-C quits.',
    'Where the output is no terminal, one table is printed, as with --once. With --json each view is one line of JSON, ' +
      'until the gateway ends or --once says that one is enough.',
  ],
  options: {
    url: { type: 'string', value: 'URL', help: 'where the gateway is', usually: USUAL_URL },
    token: tokenOption,
    pool: { type: 'string', value: 'POOL', help: 'which pool', usually: 'the first' },
    once: { type: 'boolean', help: 'print one table and end' },
    json: jsonOption,
  },
  examples: ['top', 'top --url http://10.0.0.5:8787 --pool chat', 'top --once --json'],
  exitCodes: {
    [ExitCode.failed]: 'the gateway cannot be asked',
    [ExitCode.unwell]: 'with --once: no target of the pool is usable',
  },
  async run({ values }, terminal) {
    const client = gatewayAt(values.url ?? USUAL_URL, values.token, terminal);
    const { pool } = values;
    const isJson = values.json === true;
    const isOnce = values.once === true || (!isJson && terminal.stdout.isTTY !== true);
    const stop = new AbortController();
    const end = (): void => stop.abort();
    for (const signal of SIGNALS) process.once(signal, end);
    try {
      if (!isOnce && !isJson) {
        await showLive((signal) => viewsOf(client, pool, signal), terminal, stop);
        return ExitCode.done;
      }
      for await (const view of viewsOf(client, pool, stop.signal)) {
        if (isJson) terminal.print(JSON.stringify(view));
        else printOnce(view, terminal);
        if (isOnce) return view.pool.verdict.usable === 0 ? ExitCode.unwell : ExitCode.done;
      }
      throw new AdminClientError('the gateway has ended');
    } catch (error) {
      if (stop.signal.aborted) return ExitCode.done;
      if (!(error instanceof AdminClientError)) throw error;
      terminal.complain(`plimsoll: ${error.message}`);
      return ExitCode.failed;
    } finally {
      for (const signal of SIGNALS) process.removeListener(signal, end);
    }
  },
});

function printOnce(view: View, terminal: Terminal): void {
  const columns = terminal.stdout.columns ?? UNBOUNDED;
  const { paint } = terminal;
  const lines = frame(view, { columns, rows: UNBOUNDED, paint, ageMs: 0, status: '' });
  for (const line of lines) terminal.print(line.trimEnd());
}
