import type { Report } from './report.ts';

const WIDTH = 720;
const LEFT = 56;
const RIGHT = 150;
const HEIGHT = 170;
const GAP = 46;

/** Distinguishable with any colour vision: Okabe and Ito, Color Universal Design, 2008; repeated past eight targets. */
const COLOURS = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#d55e00',
  '#f0e442',
  '#999',
];

/**
 * A report over time as an SVG image: latency (median and 99th percentile, logarithmic) above, the share of first picks
 * of each target below. Requests stand where they came.
 */
export function reportPlot(report: Report): string {
  const { timeline, targets, durationS } = report;
  const x = (part: number): number => LEFT + (part / timeline.length) * (WIDTH - LEFT - RIGHT);
  const latencies = timeline.flatMap(({ p50Ms, p99Ms }) => [p50Ms, p99Ms]).filter((ms) => ms > 0);
  const lowest = 10 ** Math.floor(Math.log10(Math.min(...latencies, 1000)));
  const highest = 10 ** Math.ceil(Math.log10(Math.max(...latencies, 1000) + 1));
  const latencyY = (ms: number): number =>
    GAP + HEIGHT * (1 - Math.log(ms / lowest) / Math.log(highest / lowest));
  const line = (of: (part: Report['timeline'][number]) => number, colour: string): string => {
    const points = timeline.flatMap((part, index) => {
      const ms = of(part);
      return ms > 0 ? [`${fixed(x(index + 0.5))},${fixed(latencyY(ms))}`] : [];
    });
    return `<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${points.join(' ')}"/>`;
  };
  const sharesTop = 2 * GAP + HEIGHT;
  const shareY = (share: number): number => sharesTop + HEIGHT * (1 - share);
  const bars = timeline.flatMap(({ picks }, index) => {
    const total = picks.reduce((sum, count) => sum + count, 0);
    let below = 0;
    return picks.map((count, target) => {
      if (count === 0) return '';
      const top = shareY((below += count / total));
      const size = `width="${fixed(x(1) - x(0))}" height="${fixed((HEIGHT * count) / total)}"`;
      return `<rect x="${fixed(x(index))}" y="${fixed(top)}" ${size} fill="${colourOf(target)}"/>`;
    });
  });
  const decades: number[] = [];
  for (let ms = lowest; ms <= highest; ms *= 10) decades.push(ms);
  const times = [0, 0.25, 0.5, 0.75, 1];
  const bottom = shareY(0) + 16;
  const height = Math.max(bottom + 8, sharesTop + 16 * targets.length);
  const legendX = WIDTH - RIGHT + 12;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="11">`,
    `<rect width="100%" height="100%" fill="white"/>`,
    text(LEFT, GAP - 12, 'Latency by time of arrival'),
    ...decades.map(
      (ms) => rule(latencyY(ms)) + text(LEFT - 6, latencyY(ms) + 4, `${ms / 1000} s`, 'end'),
    ),
    line(({ p50Ms }) => p50Ms, COLOURS[0]!),
    line(({ p99Ms }) => p99Ms, COLOURS[5]!),
    text(legendX, GAP + 10, 'median', 'start', COLOURS[0]),
    text(legendX, GAP + 26, '99th percentile', 'start', COLOURS[5]),
    text(LEFT, sharesTop - 12, 'Share of first picks'),
    ...bars,
    ...[0, 0.5, 1].map((share) => text(LEFT - 6, shareY(share) + 4, `${share * 100} %`, 'end')),
    ...targets.map(({ id }, index) =>
      text(legendX, sharesTop + 10 + 16 * index, escaped(id), 'start', colourOf(index)),
    ),
    ...times.map((share) =>
      text(x(share * timeline.length), bottom, `${fixed(share * durationS)} s`, 'middle'),
    ),
    '</svg>',
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length]!;
}

function rule(y: number): string {
  return `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${fixed(y)}" y2="${fixed(y)}" stroke="#ddd"/>`;
}

function text(x: number, y: number, words: string, anchor = 'start', fill = '#333'): string {
  return `<text x="${fixed(x)}" y="${fixed(y)}" text-anchor="${anchor}" fill="${fill}">${words}</text>`;
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}
