import type { Attention, TargetView, TargetViewState, View } from '@plimsoll/monitor';

import {
  formatCount,
  formatDuration,
  formatPercent,
  formatRate,
  formatUsd,
} from '../terminal/figures.ts';
import { levelBar } from '../terminal/level-bar.ts';
import type { Painter } from '../terminal/painter.ts';
import { type Column, textTable } from '../terminal/text-table.ts';
import { printable, shortened, widthOf, wrapped } from '../terminal/text.ts';
import { evidence, headline } from './verdict-words.ts';

/** How and where a view is shown. */
export interface FrameOptions {
  readonly columns: number;
  readonly rows: number;
  readonly paint: Painter;
  /** Milliseconds since the view came. */
  readonly ageMs: number;
  /** What stands at the end of the first line: what is wrong with the connection, or how to leave. */
  readonly status: string;
}

const BAR_CELLS = 12;

interface TargetColumn extends Column {
  /** The higher, the sooner it goes where the terminal is narrow. */
  readonly goes: number;
  readonly cell: (target: TargetView, context: CellContext) => string;
}

interface CellContext extends Pick<FrameOptions, 'paint'> {
  readonly nowEpochMs: number;
  /** What a full bar stands for. */
  readonly fullShare: number;
}

const NAMES: Readonly<Record<TargetViewState, string>> = {
  healthy: 'healthy',
  recovering: 'recovering',
  cooling: 'cooling',
  open: 'open',
  half_open: 'probing',
  draining: 'draining',
};

const TONES: Readonly<Record<TargetViewState, Parameters<Painter>[0]>> = {
  healthy: 'green',
  recovering: 'yellow',
  cooling: 'yellow',
  open: 'red',
  half_open: 'yellow',
  draining: 'dim',
};

const COLUMNS: readonly TargetColumn[] = [
  { title: 'target', goes: 0, cell: ({ id }) => shortened(printable(id), 24) },
  {
    title: 'share',
    side: 'right',
    goes: 0,
    cell: ({ actualShare }) => formatPercent(actualShare),
  },
  {
    title: 'expected',
    side: 'right',
    goes: 2,
    cell: ({ expectedShare }) => formatPercent(expectedShare),
  },
  {
    title: '',
    goes: 4,
    cell: ({ actualShare, expectedShare }, { fullShare, paint }) => {
      const expected = expectedShare === null ? null : expectedShare / fullShare;
      return paint('cyan', levelBar((actualShare ?? 0) / fullShare, expected, BAR_CELLS));
    },
  },
  {
    title: 'state',
    goes: 0,
    cell: ({ state, untilEpochMs, slowStart }, { nowEpochMs, paint }) => {
      const until = slowStart?.fullAtEpochMs ?? untilEpochMs;
      const left = until === null || state === 'healthy' ? '' : ` ${countdown(until, nowEpochMs)}`;
      return paint(TONES[state], `${NAMES[state]}${left}`);
    },
  },
  { title: 'req/s', side: 'right', goes: 1, cell: ({ ratePerSecond }) => ratePerSecond.toFixed(1) },
  {
    title: 'in flight',
    side: 'right',
    goes: 7,
    cell: ({ inFlight, concurrencyLimit }) =>
      concurrencyLimit === null ? String(inFlight) : `${inFlight}/${concurrencyLimit}`,
  },
  {
    title: 'errors',
    side: 'right',
    goes: 3,
    cell: ({ errorRatio }, { paint }) => {
      const text = formatPercent(errorRatio);
      return errorRatio !== null && errorRatio > 0 ? paint('red', text) : text;
    },
  },
  {
    title: 'first p50',
    side: 'right',
    goes: 5,
    cell: ({ firstContentMs }) => formatDuration(firstContentMs.p50),
  },
  {
    title: 'p95',
    side: 'right',
    goes: 6,
    cell: ({ firstContentMs }) => formatDuration(firstContentMs.p95),
  },
  {
    title: 'quota left',
    side: 'right',
    goes: 8,
    cell: ({ quotas: [tightest] }) =>
      tightest === undefined
        ? '–'
        : `${formatPercent(tightest.leftRatio, 0)} ${printable(tightest.dimension)}`,
  },
  { title: '$/h', side: 'right', goes: 9, cell: ({ usdPerHour }) => formatUsd(usdPerHour) },
];

/** A pool as lines that fit a terminal: the verdict, a row for each target, and what wants attention. */
export function frame({ epochMs, pool, pools }: View, options: FrameOptions): string[] {
  const { columns, rows, paint, ageMs, status } = options;
  const nowEpochMs = epochMs + ageMs;
  const { verdict, figures, targets, attention } = pool;
  const isWell = verdict.served === 'all' || (verdict.served === 'idle' && verdict.usable > 0);
  const tone = isWell
    ? 'green'
    : verdict.usable === 0 || verdict.served === 'none'
      ? 'red'
      : 'yellow';
  const title = shortened(printable(`${pool.id}: ${pool.strategy}`), columns - status.length - 2);
  const gap = ' '.repeat(Math.max(1, columns - widthOf(title) - status.length));
  const others = pools.filter(({ id }) => id !== pool.id);
  const prose = (text: string): string[] => wrapped(printable(text), columns);
  const summary = [
    formatRate(figures.requests.perSecond),
    `${formatPercent(figures.errors.callerRatio)} errors seen`,
    `first token p50 ${formatDuration(figures.firstContentMs.p50)}, p95 ${formatDuration(figures.firstContentMs.p95)}`,
    `${figures.inFlight.now} in flight`,
    ...(figures.cost.usdPerHour === null ? [] : [`${formatUsd(figures.cost.usdPerHour)}/h`]),
  ].join(' · ');
  const head = [
    `${paint('bold', title)}${gap}${paint('dim', status)}`,
    ...prose(headline(pool)).map((line) => paint(tone, line)),
    ...evidence(pool).flatMap(prose),
    ...prose(summary),
    '',
  ];
  const below = [
    ...attention.map((one) => paint('yellow', shortened(attentionLine(one, nowEpochMs), columns))),
    ...(others.length === 0 ? [] : prose(`Other pools: ${others.map(otherPool).join(', ')}`)),
  ];
  // At least a few rows of the table are shown, however much there is to say.
  const room = Math.max(3, rows - head.length - Math.min(below.length, 6) - 3);
  const shown = targets.slice(0, room);
  const hidden = targets.length - shown.length;
  const shares = targets.flatMap(({ actualShare, expectedShare }) => [
    actualShare ?? 0,
    expectedShare ?? 0,
  ]);
  const fullShare = Math.max(0.01, ...shares);
  return [
    ...head,
    ...table(shown, { paint, nowEpochMs, fullShare }, columns),
    ...(hidden > 0 ? [paint('dim', `… and ${formatCount(hidden)} more targets`)] : []),
    ...(below.length === 0 ? [] : ['', ...below]),
  ];
}

/** All columns that fit, the least telling left out first. */
function table(targets: readonly TargetView[], context: CellContext, columns: number): string[] {
  const { paint } = context;
  const steps = [...new Set(COLUMNS.map(({ goes }) => goes))].sort((a, b) => b - a);
  let lines: string[] = [];
  for (const step of steps) {
    const kept = COLUMNS.filter(({ goes }) => goes <= step);
    const rows = targets.map((target) => kept.map(({ cell }) => cell(target, context)));
    lines = textTable(kept, rows, (title) => paint('bold', title));
    if (lines.every((line) => widthOf(line) <= columns)) break;
  }
  return lines;
}

function attentionLine(
  { target, reason, untilEpochMs, untilLabel }: Attention,
  nowEpochMs: number,
): string {
  const until =
    untilEpochMs === null || untilLabel === null
      ? ''
      : `; ${untilLabel} ${countdown(untilEpochMs, nowEpochMs)}`;
  return `! ${printable(`${target}: ${reason}${until}`)}`;
}

function otherPool({ id, usable, total, ratePerSecond }: View['pools'][number]): string {
  return `${id} ${usable}/${total} usable, ${formatRate(ratePerSecond)}`;
}

function countdown(untilEpochMs: number, nowEpochMs: number): string {
  const seconds = Math.max(0, Math.ceil((untilEpochMs - nowEpochMs) / 1000));
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
