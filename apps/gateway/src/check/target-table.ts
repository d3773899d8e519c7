import type { RateLimitFact } from '@plimsoll/core';

import { formatCount, formatDuration } from '../terminal/figures.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { printable, wrapped } from '../terminal/text.ts';
import { textTable } from '../terminal/text-table.ts';
import type { TargetCheck } from './live.ts';

/** What `check --live` found, for people. */
export function targetTable(
  targets: readonly TargetCheck[],
  { paint, stdout }: Pick<Terminal, 'paint' | 'stdout'>,
): string[] {
  const word = (is: boolean | null, yes: string, no: string): string =>
    is === null ? '–' : is ? paint('green', yes) : paint('red', no);
  const table = textTable(
    [
      { title: 'target' },
      { title: 'reachable' },
      { title: 'latency', side: 'right' },
      { title: 'key' },
      { title: 'model' },
      { title: 'limits told' },
    ],
    targets.map(({ target, isReachable, latencyMs, isKeyAccepted, isModelKnown, limits }) => [
      target,
      word(isReachable, 'yes', 'no'),
      latencyMs === null ? '–' : formatDuration(latencyMs),
      word(isKeyAccepted, 'accepted', 'refused'),
      word(isModelKnown, 'known', 'unknown'),
      limits.length === 0 ? '–' : limits.map(limitText).join(', '),
    ]),
    (title) => paint('bold', title),
  );
  const problems = targets.flatMap(({ target, problem }) => {
    if (problem === null) return [];
    const [first, ...rest] = wrapped(`${target}: ${printable(problem)}`, stdout.columns ?? 120, 2);
    return [first!, ...rest.map((line) => `  ${line}`)];
  });
  const wrong = targets.filter(({ problem }) => problem !== null).length;
  const verdict =
    wrong === 0
      ? paint('green', `All ${targets.length} targets answer.`)
      : paint('red', `${wrong} of ${targets.length} targets will not work:`);
  return ['', ...table, '', verdict, ...problems];
}

const WINDOWS: Readonly<Record<number, string>> = {
  1000: 'per second',
  60_000: 'per minute',
  86_400_000: 'per day',
};

/** `499 of 500 requests per minute`. */
function limitText({ dimension, windowMs, limit, remaining }: RateLimitFact): string {
  const counts = [remaining, limit].filter((count) => count !== undefined).map(formatCount);
  const window =
    windowMs === undefined ? '' : ` ${WINDOWS[windowMs] ?? `in ${formatDuration(windowMs)}`}`;
  return `${counts.join(' of ')} ${dimension.replace('_', ' ')}${window}`;
}
