import { describe, expect, it } from 'vitest';

import { wantsColour } from '../src/terminal/colour.ts';
import {
  formatCount,
  formatDuration,
  formatPercent,
  formatRate,
  formatUsd,
} from '../src/terminal/figures.ts';
import { levelBar } from '../src/terminal/level-bar.ts';
import { painter } from '../src/terminal/painter.ts';
import { ProgressBar } from '../src/terminal/progress-bar.ts';
import { printable, shortened, widthOf, wrapped } from '../src/terminal/text.ts';
import { textTable } from '../src/terminal/text-table.ts';
import { fakeTerminal } from './fake-terminal.ts';

describe('colours', () => {
  const terminal = { isTTY: true };
  const xterm = { TERM: 'xterm-256color' };

  it.each([
    ['a terminal', terminal, xterm, true],
    ['a pipe', {}, xterm, false],
    ['a dumb terminal', terminal, { TERM: 'dumb' }, false],
    ['NO_COLOR', terminal, { ...xterm, NO_COLOR: '1' }, false],
    ['FORCE_COLOR in a pipe', {}, { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR=0 in a terminal', terminal, { ...xterm, FORCE_COLOR: '0' }, false],
  ])('of %s', (_what, output, env, expected) => {
    expect(wantsColour(output, env)).toBe(expected);
  });

  it('are escape sequences, or nothing', () => {
    expect(painter(true)('red', 'no')).toBe('\u001B[31mno\u001B[39m');
    expect(painter(false)('red', 'no')).toBe('no');
  });
});

describe('text', () => {
  it('has the width that is seen', () => {
    expect(widthOf(painter(true)('bold', 'né'))).toBe(2);
    expect(shortened('openai', 4)).toBe('ope…');
    expect(shortened('openai', 6)).toBe('openai');
  });

  it('is one line without control characters when it comes from elsewhere', () => {
    expect(printable('a\n b\u001B[2Jc\u0007d')).toBe('a bc\uFFFDd');
  });

  it('is wrapped between words', () => {
    expect(wrapped('one two three', 9, 2)).toEqual(['  one two', '  three']);
    expect(wrapped('incomprehensible', 5)).toEqual(['incomprehensible']);
  });

  it('stands in tables as wide as they must be, without empty columns', () => {
    const columns = [{ title: 'id' }, { title: 'none' }, { title: 'n', side: 'right' }] as const;
    const red = painter(true)('red', '12');
    expect(
      textTable(columns, [
        ['long', '', red],
        ['b', '', '3'],
      ]),
    ).toEqual(['id     n', `long  ${red}`, 'b      3']);
  });
});

describe('figures', () => {
  it.each([
    [formatDuration, 0.4, '0 ms'],
    [formatDuration, 999.6, '1.0 s'],
    [formatDuration, 9960, '10 s'],
    [formatDuration, 119_400, '119 s'],
    [formatDuration, 600_000, '10 min'],
    [formatDuration, 7_200_000, '2 h'],
    [formatDuration, null, '–'],
    [formatDuration, Number.NaN, '–'],
    [formatPercent, 0.12345, '12.3 %'],
    [formatCount, 12_345.6, '12,346'],
    [formatRate, 0.04, '0.0/s'],
    [formatRate, 1234.5, '1,235/s'],
    [formatUsd, 12.3, '$12.30'],
    [formatUsd, 0.00423, '$0.0042'],
    [formatUsd, 0, '$0.00'],
  ] as const)('%o of %s', (format, value, expected) => {
    expect(format(value)).toBe(expected);
  });
});

describe('levelBar', () => {
  it.each([
    [0, null, '········'],
    [1, null, '████████'],
    [0.5, null, '████····'],
    [0.55, null, '████▍···'],
    [0.25, 0.75, '██···│··'],
    [0.5, 1, '████···│'],
    [2, null, '████████'],
  ])('of %d with %s expected', (ratio, expected, bar) => {
    expect(levelBar(ratio, expected, 8)).toBe(bar);
  });
});

describe('ProgressBar', () => {
  it('is drawn over itself, at most ten times a second, and taken away', () => {
    const terminal = fakeTerminal({ isTTY: true, columns: 60 });
    let nowMs = 0;
    const bar = new ProgressBar(terminal, { isQuiet: false, now: () => nowMs });
    bar.show(0.5, 'half');
    const { text } = terminal.stderr;
    expect(text).toBe(`\r${'█'.repeat(15)}${'░'.repeat(14)}  50 %  half\u001B[K`);
    nowMs = 99;
    bar.show(0.6, 'more');
    expect(terminal.stderr.text).toBe(text);
    nowMs = 100;
    bar.show(1, 'all');
    expect(terminal.stderr.text).toContain('100 %  all');
    bar.clear();
    expect(terminal.stderr.text.endsWith('\r\u001B[K')).toBe(true);
    expect(terminal.stdout.text).toBe('');
  });

  it('leaves logs and scripts alone', () => {
    for (const [isTTY, isQuiet] of [
      [false, false],
      [true, true],
    ] as const) {
      const terminal = fakeTerminal({ isTTY });
      const bar = new ProgressBar(terminal, { isQuiet });
      bar.show(0.5, 'half');
      bar.clear();
      expect(terminal.stderr.text).toBe('');
    }
  });
});
