import type { PoolView } from '@plimsoll/monitor';
import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import { clockSeconds, duration, span } from '../format.ts';
import { useWidth } from '../parts/use-width.ts';
import { canvasColor } from './canvas-colors.ts';
import { ChartFrame, plotArea } from './chart-frame.tsx';
import { logRange } from './log-range.ts';
import { Plot } from './plot.tsx';
import { spreadLabels } from './spread-labels.ts';
import { useTimeline, type Timeline } from './use-timeline.ts';

const quantiles = ['p50', 'p95', 'p99'] as const;

/** How long callers wait for the first token: three quantiles on one logarithmic scale, told apart by dash and label. */
export function FirstTokenChart({ pool }: { pool: PoolView }): VNode {
  const timeline = useTimeline();
  const [time, setTime] = useState<number | undefined>();
  const hasAnswers =
    timeline?.history.buckets.some(({ firstContentMs }) => firstContentMs.p50 !== null) === true;
  return (
    <section aria-labelledby="h-first-token">
      <div class="heading">
        <h2 id="h-first-token">Time to first token</h2>
        <span class="hint">
          {time === undefined ? 'All targets, as the caller sees it' : `At ${clockSeconds(time)}`}
        </span>
      </div>
      {timeline === undefined || !hasAnswers ? (
        <div class="nothing">p50, p95 and p99 appear with the first request.</div>
      ) : (
        <Chart pool={pool} timeline={timeline} onTime={setTime} />
      )}
    </section>
  );
}

function Chart(props: {
  pool: PoolView;
  timeline: Timeline;
  onTime: (ms: number | undefined) => void;
}): VNode {
  const { pool, timeline, onTime } = props;
  const { history, fromMs, toMs, flags } = timeline;
  const { ref, width } = useWidth<HTMLDivElement>();
  const [point, setPoint] = useState<number | null>(null);
  const area = plotArea(width, 48, 92);
  const { buckets, bucketMs } = history;
  const values = useMemo(
    () => quantiles.map((name) => buckets.map(({ firstContentMs }) => firstContentMs[name])),
    [buckets],
  );
  const { low, high, lines } = logRange(
    values.flat().filter((value) => value !== null),
    1000,
  );
  const data = useMemo(
    (): uPlot.AlignedData => [
      buckets.map(({ startEpochMs }) => (startEpochMs + bucketMs / 2) / 1000),
      ...values,
    ],
    [values],
  );
  const series = (): uPlot.Series[] => [
    { stroke: canvasColor('var(--ink)'), width: 2, points: { show: false } },
    { stroke: canvasColor('var(--ink-2)'), width: 1.4, dash: [6, 3], points: { show: false } },
    {
      stroke: canvasColor('var(--ink-3)'),
      width: 1.3,
      dash: [1.5, 3],
      cap: 'round',
      points: { show: false },
    },
  ];
  const y = (ms: number): number =>
    area.top + (1 - Math.log(ms / low) / Math.log(high / low)) * area.height;
  const shown = values.map((line) =>
    point === null ? (line.findLast((value) => value !== null) ?? null) : line[point],
  );
  // From the top down, so that labels of equal values stand in this order.
  const labels = quantiles.toReversed().flatMap((name) => {
    const at = shown[quantiles.indexOf(name)];
    const inWindow = pool.figures.firstContentMs[name];
    if (at === null || at === undefined || (point === null && inWindow === null)) return [];
    // Without a pointer the figures are those of the window, which the head of the page shows as well.
    return [{ name, text: duration(point === null ? inWindow : at), y: y(at) }];
  });
  const places = spreadLabels(
    labels.map((label) => label.y),
    14,
    area.top,
    area.top + area.height,
  );
  return (
    <div ref={ref} class="chart" role="img" aria-label={sentence(pool)}>
      {width > 0 && (
        <Plot
          area={area}
          width={width}
          data={data}
          fromMs={fromMs}
          toMs={toMs}
          flags={flags}
          look="quantiles"
          series={series}
          bands={[
            {
              series: [2, 1],
              fill: canvasColor('color-mix(in oklab, var(--ink) 6%, transparent)'),
            },
          ]}
          y={{ isLog: true, low, high }}
          grid={lines}
          colors={() => ({ grid: canvasColor('var(--line)'), flag: canvasColor('var(--ink-3)') })}
          onPoint={(index) => {
            setPoint(index);
            onTime(index === null ? undefined : buckets[index]?.startEpochMs);
          }}
        />
      )}
      <ChartFrame timeline={timeline} area={area}>
        {lines.map((line) => (
          <span key={line} class="tick-y" style={{ top: `${y(line).toFixed(1)}px` }}>
            {span(line)}
          </span>
        ))}
        {labels.map(({ name, text }, index) => (
          <span
            key={name}
            class="label"
            style={{
              left: `${area.left + area.width + 10}px`,
              top: `${places[index]!.toFixed(1)}px`,
            }}
          >
            <b>{name}</b> {text}
          </span>
        ))}
      </ChartFrame>
    </div>
  );
}

function sentence({ figures: { firstContentMs } }: PoolView): string {
  const list = quantiles.map((name) => `${name} ${duration(firstContentMs[name])}`).join(', ');
  return `Time to first token over time. In the window: ${list}.`;
}
