import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';

import type { View } from '@plimsoll/monitor';
import { describe, expect, it } from 'vitest';

import { runCommandLine } from '../src/command.ts';
import { painter } from '../src/terminal/painter.ts';
import { widthOf } from '../src/terminal/text.ts';
import { frame, type FrameOptions } from '../src/top/frame.ts';
import { fakeTerminal, type FakeTerminal } from './fake-terminal.ts';
import { gatewayOf, hello } from './rig.ts';
import { targetViewOf, viewOf } from './top-view.ts';

const plain: FrameOptions = {
  columns: 140,
  rows: 40,
  paint: painter(false),
  ageMs: 0,
  status: 'q quits',
};

describe('frame', () => {
  it('shows the verdict, and of each target share, state, load, errors and speed', () => {
    const cooling = targetViewOf('groq-1', {
      actualShare: 0.25,
      expectedShare: 0.5,
      state: 'cooling',
      untilEpochMs: 1_012_400,
      errorRatio: 0.125,
      inFlight: 3,
      concurrencyLimit: 50,
      usdPerHour: 1.5,
      quotas: [
        {
          dimension: 'tokens/min',
          leftRatio: 0.42,
          resetEpochMs: null,
          isShared: false,
          timesNow: null,
        },
      ],
    });
    const view = viewOf([targetViewOf('openai-1', { actualShare: null }), cooling], {
      attention: [
        {
          target: 'groq-1',
          kind: 'cooling',
          reason: '429: tokens used up',
          untilEpochMs: 1_012_400,
          untilLabel: 'back in',
        },
      ],
      verdict: { served: 'some', usable: 1, waiting: 3, oldestWaitMs: 2000 },
    });
    expect(frame(view, { ...plain, ageMs: 2000 })).toEqual([
      `chat: weighted-round-robin${' '.repeat(140 - 26 - 7)}q quits`,
      'Some requests failed; 1 of 2 targets serve',
      'largest gap in share 0.3 points',
      '3 waiting, the oldest for 2.0 s',
      '8.5/s · 0.0 % errors seen · first token p50 180 ms, p95 1.2 s · 4 in flight',
      '',
      'target     share  expected                state         req/s  in flight  errors  first p50    p95       quota left    $/h',
      'openai-1       –    50.0 %  ···········│  healthy         4.3          2   0.0 %     180 ms  1.2 s                –      –',
      'groq-1    25.0 %    50.0 %  ██████·····│  cooling 11 s    4.3       3/50  12.5 %     180 ms  1.2 s  42 % tokens/min  $1.50',
      '',
      '! groq-1: 429: tokens used up; back in 11 s',
    ]);
  });

  it('fits any width, leaving out the columns that tell least, and any height', () => {
    const targets = Array.from({ length: 100 }, (_, index) => targetViewOf(`target-${index}`));
    const view = viewOf(targets);
    for (const columns of [60, 80, 100, 140]) {
      const lines = frame(view, { ...plain, columns, rows: 24 });
      expect(Math.max(...lines.map(widthOf)), String(columns)).toBeLessThanOrEqual(columns);
      expect(lines.length).toBeLessThanOrEqual(24);
      expect(lines.at(-1)).toMatch(/^… and \d+ more targets$/);
    }
    expect(frame(view, { ...plain, columns: 60 }).join('\n')).not.toContain('quota left');
    expect(frame(view, { ...plain, columns: 80 }).join('\n')).toContain('first p50');
  });

  it('lets no word of a provider steer the terminal', () => {
    const reason = 'bad \u001B[2J\u0007 news';
    const attention = [
      { target: 'a', kind: 'open', reason, untilEpochMs: null, untilLabel: null },
    ] as const;
    const lines = frame(
      viewOf([targetViewOf('a')], { attention, verdict: { cause: reason } }),
      plain,
    );
    for (const control of ['\u001B', '\u0007']) expect(lines.join('')).not.toContain(control);
  });

  it('says when no target is usable', () => {
    const view = viewOf([targetViewOf('a')], { verdict: { served: 'none', usable: 0 } });
    expect(frame(view, plain)[1]).toBe('No target can serve chat');
  });
});

/** A gateway that sends what it is told to. */
async function fakeGateway(answer: (res: ServerResponse, number: number) => void) {
  let number = 0;
  const asked: string[] = [];
  const server = createServer((req, res) => {
    asked.push(req.url!);
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    answer(res, ++number);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const event = (name: string, data: unknown): string =>
  `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

const view: View = viewOf([targetViewOf('a')]);

/** A terminal with keys. */
function keyed() {
  const raw: boolean[] = [];
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (isRaw: boolean) => void raw.push(isRaw),
  });
  const terminal = fakeTerminal({ stdin, isTTY: true, columns: 100, rows: 20 });
  return { terminal, raw, press: (key: string) => void stdin.write(key) };
}

async function shown(terminal: FakeTerminal, text: string | RegExp): Promise<void> {
  await expect.poll(() => terminal.stdout.text, { timeout: 10_000 }).toMatch(text);
}

const OPENED = '\u001B[?1049h\u001B[?25l';
const CLOSED = '\u001B[?25h\u001B[?1049l';

describe('top', () => {
  it('fills the terminal until q, and leaves it as it was', async () => {
    await using gateway = await fakeGateway((res) => res.write(event('view', view)));
    const { terminal, raw, press } = keyed();
    const ended = runCommandLine(['top', '--url', gateway.url, '--pool', 'a b'], terminal);
    await shown(terminal, 'All requests served, by 1 of 1 targets');
    expect(gateway.asked).toEqual(['/admin/watch?window=5m&pool=a+b']);
    terminal.stdout.resize(60, 20);
    await shown(terminal, / {27}q quits/);
    press('q');
    expect(await ended).toBe(0);
    const { text } = terminal.stdout;
    expect(text.startsWith(OPENED)).toBe(true);
    expect(text.endsWith(CLOSED)).toBe(true);
    expect(raw).toEqual([true, false]);
  });

  it('quits on Ctrl-C, which is a key in raw mode', async () => {
    await using gateway = await fakeGateway((res) => res.write(event('view', view)));
    const { terminal, press } = keyed();
    const ended = runCommandLine(['top', '--url', gateway.url], terminal);
    await shown(terminal, 'All requests served');
    press('\u0003');
    expect(await ended).toBe(0);
    expect(terminal.stdout.text.endsWith(CLOSED)).toBe(true);
  });

  it('says how old the view is while it reconnects, and goes on with the next one', async () => {
    const later = viewOf([targetViewOf('b')], { id: 'later' });
    await using gateway = await fakeGateway((res, number) => {
      if (number === 1) res.end(event('view', view));
      else res.write(event('view', later));
    });
    const { terminal, press } = keyed();
    const ended = runCommandLine(['top', '--url', gateway.url], terminal);
    await shown(terminal, /reconnecting, \d+ ms old/);
    await shown(terminal, 'later: weighted-round-robin');
    press('q');
    expect(await ended).toBe(0);
  });

  it('prints one table with --once, and where the output is no terminal', async () => {
    await using gateway = await fakeGateway((res) => res.write(event('view', view)));
    for (const [args, options] of [
      [['--once'], { isTTY: true, columns: 120 }],
      [[], {}],
    ] as const) {
      const terminal = fakeTerminal(options);
      expect(await runCommandLine(['top', '--url', gateway.url, ...args], terminal)).toBe(0);
      expect(terminal.stdout.text).toMatch(/^chat: weighted-round-robin\nAll requests served/);
      expect(terminal.stdout.text).not.toContain('\u001B');
    }
  });

  it('prints one view per line with --json, whatever else comes and however it is cut', async () => {
    await using gateway = await fakeGateway((res) => {
      const bytes = Buffer.from(
        `:\n\n${event('history', {})}${event('view', view)}${event('decisions', [])}${event('view', view)}`,
      );
      res.write(bytes.subarray(0, 100));
      setImmediate(() => res.end(bytes.subarray(100)));
    });
    const terminal = fakeTerminal();
    const code = await runCommandLine(['top', '--url', gateway.url, '--json'], terminal);
    const lines = terminal.stdout.text.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([view, view]);
    // The gateway ended, and not who watched.
    expect(code).toBe(1);
    expect(terminal.stderr.text).toContain('the gateway has ended');
    const once = fakeTerminal();
    expect(await runCommandLine(['top', '--url', gateway.url, '--json', '--once'], once)).toBe(0);
    expect(once.stdout.text.trim().split('\n')).toHaveLength(1);
  });

  it('ends with 4 when asked once and no target is usable', async () => {
    const bad = viewOf([targetViewOf('a')], { verdict: { served: 'none', usable: 0 } });
    await using gateway = await fakeGateway((res) => res.write(event('view', bad)));
    const terminal = fakeTerminal();
    expect(await runCommandLine(['top', '--url', gateway.url, '--once'], terminal)).toBe(4);
  });

  it('ends with 1, without touching the terminal, when there is no gateway', async () => {
    const { terminal, raw } = keyed();
    expect(await runCommandLine(['top', '--url', 'http://127.0.0.1:9'], terminal)).toBe(1);
    expect(terminal.stderr.text).toContain('http://127.0.0.1:9 cannot be reached: ');
    expect(terminal.stdout.text).toBe('');
    expect(raw).toEqual([]);
  });

  it('watches a real gateway', async () => {
    await using gateway = await gatewayOf({
      pools: {
        chat: {
          targets: [
            { id: 'a', provider: 'simulated', model: 'm', simulate: { firstToken: '1ms' } },
            { id: 'b', provider: 'simulated', model: 'm', simulate: { firstToken: '1ms' } },
          ],
        },
      },
    });
    const response = await gateway.post('/v1/chat/completions', { model: 'chat', messages: hello });
    expect(response.status).toBe(200);
    await response.text();
    const args = ['top', '--url', gateway.url, '--token', 'tea', '--once'];
    const terminal = fakeTerminal();
    expect(await runCommandLine(args, terminal)).toBe(0);
    expect(terminal.stdout.text).toMatch(/^chat: round-robin\n/);
    expect(terminal.stdout.text).toMatch(/^a .* healthy /m);
    const unknown = fakeTerminal();
    expect(await runCommandLine([...args, '--pool', 'nope'], unknown)).toBe(1);
    expect(unknown.stderr.text).toContain('There is no pool "nope".');
    const refused = fakeTerminal();
    expect(await runCommandLine(['top', '--url', gateway.url, '--token', 'no'], refused)).toBe(1);
    expect(refused.stderr.text).toContain('the gateway refuses this admin token');
  });
});
