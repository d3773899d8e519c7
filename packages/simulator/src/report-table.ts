import type { Report } from './report.ts';
import { textTable } from './text-table.ts';

type Row = readonly [name: string, of: (report: Report) => string];

const ROWS: readonly Row[] = [
  ['requests', ({ requests }) => String(requests)],
  ['served', ({ successRatio }) => percent(successRatio)],
  ['within the SLO', ({ sloRatio }) => percent(sloRatio)],
  ['goodput', ({ goodputPerS }) => `${goodputPerS.toFixed(2)}/s`],
  ['output tokens', ({ outputTokensPerS }) => `${outputTokensPerS.toFixed(0)}/s`],
  ['latency mean', ({ latencyMs }) => seconds(latencyMs.mean)],
  ['latency p50', ({ latencyMs }) => seconds(latencyMs.p50)],
  ['latency p95', ({ latencyMs }) => seconds(latencyMs.p95)],
  ['latency p99', ({ latencyMs }) => seconds(latencyMs.p99)],
  ['first content p50', ({ firstContentMs }) => seconds(firstContentMs.p50)],
  ['first content p95', ({ firstContentMs }) => seconds(firstContentMs.p95)],
  ['first content p99', ({ firstContentMs }) => seconds(firstContentMs.p99)],
  ['slowdown mean', ({ slowdown }) => slowdown.mean.toFixed(3)],
  ['slowdown p99', ({ slowdown }) => slowdown.p99.toFixed(3)],
  ['attempts per request', ({ attemptsPerRequest }) => attemptsPerRequest.toFixed(3)],
  ['429s per 1,000', ({ throttledPer1000 }) => throttledPer1000.toFixed(1)],
  ['errors per 1,000', ({ errorsPer1000 }) => errorsPer1000.toFixed(1)],
  ['cost per 1,000', ({ costUsdPer1000 }) => `$${costUsdPer1000.toFixed(2)}`],
  ["Jain's index", ({ jainIndex }) => jainIndex.toFixed(4)],
];

/** Reports side by side in plain text, then the share of each target. */
export function reportTable(reports: Readonly<Record<string, Report>>): string {
  const names = Object.keys(reports);
  const all = Object.values(reports);
  const targets = [...new Set(all.flatMap((report) => report.targets.map(({ id }) => id)))];
  const share = (report: Report, id: string): string => {
    const target = report.targets.find((one) => one.id === id);
    return target === undefined ? '–' : percent(target.share);
  };
  return textTable(
    ['', ...names],
    [
      ...ROWS.map(([name, of]) => [name, ...all.map(of)]),
      ...targets.map((id) => [`share of ${id}`, ...all.map((report) => share(report, id))]),
    ],
  );
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(2)}%`;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(3)} s`;
}
