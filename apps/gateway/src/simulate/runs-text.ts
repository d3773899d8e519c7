import type { Report } from '@plimsoll/simulator';

import {
  formatCount,
  formatDuration,
  formatPercent,
  formatRate,
  formatUsd,
} from '../terminal/figures.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type Column, textTable } from '../terminal/text-table.ts';
import { wrapped } from '../terminal/text.ts';
import type { PoolRun, TargetRun } from './run-pool.ts';

/** A pool that was simulated. */
export interface SimulatedPool {
  readonly pool: string;
  readonly strategy: string;
  readonly ratePerS: number;
  readonly durationS: number;
  readonly capacityPerS: number;
  readonly faults: readonly string[];
  readonly leftOut: readonly string[];
  /** One for each seed. */
  readonly runs: readonly PoolRun[];
}

type Row = readonly [
  name: string,
  of: (run: PoolRun) => number | null,
  format: (value: number) => string,
];

const report =
  (of: (report: Report) => number) =>
  (run: PoolRun): number =>
    of(run.report);

const total =
  (of: (target: TargetRun) => number) =>
  (run: PoolRun): number =>
    run.targets.reduce((sum, target) => sum + of(target), 0);

/** Of targets with a price; `null` where none has one. */
function costOf({ targets }: PoolRun): number | null {
  const costs = targets.flatMap(({ costUsd }) => costUsd ?? []);
  return costs.length === 0 ? null : costs.reduce((sum, cost) => sum + cost, 0);
}

/** A distance between two shares: `2.1 points`. */
const points = (ratio: number): string => `${(ratio * 100).toFixed(1)} points`;
/** Errors are rare, and one in ten thousand is worth a digit. */
const rare = (ratio: number): string => formatPercent(ratio, ratio > 0 && ratio < 0.001 ? 3 : 2);

const ROWS: readonly Row[] = [
  ['requests', report(({ requests }) => requests), formatCount],
  ['served', report(({ successRatio }) => successRatio), rare],
  ['errors callers saw', report(({ failed }) => failed), formatCount],
  ['errors of targets', total(({ errors }) => errors), formatCount],
  ['429s of targets', total(({ throttled }) => throttled), formatCount],
  [
    'attempts per request',
    report(({ attemptsPerRequest }) => attemptsPerRequest),
    (n) => n.toFixed(3),
  ],
  ['first token p50', report(({ firstContentMs }) => firstContentMs.p50), formatDuration],
  ['first token p95', report(({ firstContentMs }) => firstContentMs.p95), formatDuration],
  ['first token p99', report(({ firstContentMs }) => firstContentMs.p99), formatDuration],
  ['latency p50', report(({ latencyMs }) => latencyMs.p50), formatDuration],
  ['latency p95', report(({ latencyMs }) => latencyMs.p95), formatDuration],
  ['latency p99', report(({ latencyMs }) => latencyMs.p99), formatDuration],
  ['cost', costOf, formatUsd],
  ['largest gap in share', ({ largestGap }) => largestGap, points],
  ["Jain's index", report(({ jainIndex }) => jainIndex), (n) => n.toFixed(4)],
];

/** What came of simulating a pool, for people. Of several seeds the middle one and both ends are shown. */
export function runsText(
  simulated: SimulatedPool,
  { paint, stdout }: Pick<Terminal, 'paint' | 'stdout'>,
): string[] {
  const { pool, strategy, ratePerS, durationS, capacityPerS, faults, leftOut, runs } = simulated;
  const seeds = runs.map(({ seed }) => seed).join(', ');
  const load =
    capacityPerS === Infinity
      ? ''
      : `, ${formatPercent(ratePerS / capacityPerS, 0)} of what speed and limits allow (${formatRate(capacityPerS)})`;
  const head =
    `${formatRate(ratePerS)} for ${formatDuration(durationS * 1000)}${load}, ` +
    `seed${runs.length === 1 ? '' : 's'} ${seeds}`;
  const prose = (text: string): string[] => wrapped(text, Math.min(stdout.columns ?? 100, 100), 2);
  return [
    `${paint('bold', pool)}: ${strategy}`,
    ...prose(head),
    ...faults.flatMap((fault) => prose(paint('yellow', `fault: ${fault}`))),
    '',
    ...targetTable(runs, paint),
    '',
    ...figureTable(runs, paint),
    ...failureLines(runs, paint).flatMap(prose),
    ...(leftOut.length === 0 ? [] : ['', ...prose(`Not simulated: ${leftOut.join('; ')}.`)]),
  ];
}

function figureTable(runs: readonly PoolRun[], paint: Terminal['paint']): string[] {
  const columns: Column[] =
    runs.length === 1
      ? [{ title: '' }, { title: '', side: 'right' }]
      : [
          { title: '' },
          { title: 'median', side: 'right' },
          { title: 'least', side: 'right' },
          { title: 'most', side: 'right' },
        ];
  const rows = ROWS.map(([name, of, format]) => {
    const values = runs.map(of).filter((value) => value !== null);
    const shown = (value: number | undefined): string =>
      value === undefined ? '–' : format(value);
    const sorted = values.toSorted((a, b) => a - b);
    if (runs.length === 1) return [name, shown(sorted[0])];
    return [name, shown(medianOf(sorted)), shown(sorted[0]), shown(sorted.at(-1))];
  });
  const lines = textTable(columns, rows, (title) => paint('bold', title));
  return runs.length === 1 ? lines.slice(1) : lines;
}

function targetTable(runs: readonly PoolRun[], paint: Terminal['paint']): string[] {
  const right = (title: string): Column => ({ title, side: 'right' });
  const columns = [
    { title: 'target' },
    ...['weight', 'share', 'expected', 'served', 'errors', '429s', 'given up', 'cost'].map(right),
  ];
  const rows = runs[0]!.targets.map(({ id, weight }, index) => {
    const median = (of: (target: TargetRun) => number | null): number | null => {
      const values = runs.map(({ targets }) => of(targets[index]!));
      const known = values.filter((value) => value !== null);
      return medianOf(known.toSorted((a, b) => a - b)) ?? null;
    };
    const bad = (count: number | null): string => {
      const text = formatCount(count);
      return count === 0 ? text : paint('red', text);
    };
    return [
      id,
      String(weight),
      formatPercent(median(({ share }) => share)),
      formatPercent(median(({ expectedShare }) => expectedShare)),
      formatCount(median(({ served }) => served)),
      bad(median(({ errors }) => errors)),
      bad(median(({ throttled }) => throttled)),
      formatCount(median(({ abandoned }) => abandoned)),
      formatUsd(median(({ costUsd }) => costUsd)),
    ];
  });
  return textTable(columns, rows, (title) => paint('bold', title));
}

const FAILURES: Readonly<Record<string, string>> = {
  ERR_PLIMSOLL_CAPACITY: 'no quota or concurrency was left, and the wait was too long',
  ERR_PLIMSOLL_DEADLINE: 'the deadline passed',
  ERR_PLIMSOLL_FAILED: 'attempts failed, and no other was worth trying',
  ERR_PLIMSOLL_NO_TARGET: 'no target may serve such a request',
  ERR_PLIMSOLL_STREAM: 'an answer broke off after its first content',
  ERR_PLIMSOLL_UNAVAILABLE: 'no target was usable',
};

/** Why callers saw errors, summed over the runs. */
function failureLines(runs: readonly PoolRun[], paint: Terminal['paint']): string[] {
  const counts = new Map<string, number>();
  for (const {
    report: { failures },
  } of runs) {
    for (const [code, count] of Object.entries(failures)) {
      counts.set(code, (counts.get(code) ?? 0) + count);
    }
  }
  return [...counts].map(([code, count]) =>
    paint('red', `${formatCount(count)} × ${code}: ${FAILURES[code] ?? 'of another kind'}`),
  );
}

/** Of sorted values; of an even number the lower middle one, so that it is a figure that was measured. */
function medianOf(sorted: readonly number[]): number | undefined {
  return sorted[Math.floor((sorted.length - 1) / 2)];
}
