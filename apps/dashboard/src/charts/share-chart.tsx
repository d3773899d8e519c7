import type { PoolView } from '@plimsoll/monitor';
import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import { clockSeconds, percent } from '../format.ts';
import { providerIdentities, providersOf, type Identity } from '../identity.ts';
import { Glyph } from '../parts/glyph.tsx';
import { useWidth } from '../parts/use-width.ts';
import { MANY_TARGETS } from '../sections/load-line.tsx';
import { useDashboard } from '../state/context.ts';
import { canvasColor } from './canvas-colors.ts';
import { ChartFrame, plotArea, type PlotArea } from './chart-frame.tsx';
import { Plot } from './plot.tsx';
import { shareStack, type Layer, type ShareStack } from './share-data.ts';
import { spreadLabels } from './spread-labels.ts';
import { useTimeline, type Timeline } from './use-timeline.ts';
import { windowWords } from './window-words.ts';

/** Shares over time, stacked; of many targets, by provider. Thin lines are what was expected. */
export function ShareChart({ pool }: { pool: PoolView }): VNode {
  const timeline = useTimeline();
  const { window } = useDashboard();
  const [time, setTime] = useState<number | undefined>();
  const isMany = pool.targets.length > MANY_TARGETS;
  const hasTraffic =
    timeline?.history.buckets.some(({ requests }) => requests.some((count) => count > 0)) === true;
  const hasPromise = timeline?.history.buckets.some(({ expected }) => expected !== null) === true;
  return (
    <section aria-labelledby="h-share">
      <div class="heading">
        <h2 id="h-share">Share over {windowWords[window.value]}</h2>
        <span class="hint">
          {time === undefined
            ? `${isMany ? 'By provider. ' : ''}${hasTraffic && hasPromise ? 'Thin lines: expected share' : ''}`
            : `At ${clockSeconds(time)}`}
        </span>
      </div>
      {timeline === undefined || !hasTraffic ? (
        <div class="nothing">The stack appears with the first request.</div>
      ) : (
        <Chart pool={pool} timeline={timeline} isMany={isMany} onTime={setTime} />
      )}
    </section>
  );
}

function Chart(props: {
  pool: PoolView;
  timeline: Timeline;
  isMany: boolean;
  onTime: (ms: number | undefined) => void;
}): VNode {
  const { pool, timeline, isMany, onTime } = props;
  const { history, fromMs, toMs, flags } = timeline;
  const { nowMs, identities } = useDashboard();
  const { ref, width } = useWidth<HTMLDivElement>();
  const [point, setPoint] = useState<number | null>(null);
  const marks = isMany ? providerIdentities(pool.targets) : identities.value;
  const layers = layersOf(pool, history.targets, isMany);
  const stack = useMemo(
    () => shareStack(history, layers, nowMs.value),
    [history, nowMs.value, layers.length],
  );
  const area = plotArea(width, 0, width < NARROW ? 92 : 140);
  const look = layers.map(({ id }) => id).join('\n');

  // Drawn from the highest down, each down to the bottom: what is not covered by the next is the layer.
  const order = layers.map((_, index) => index).toReversed();
  const series = (): uPlot.Series[] => [
    ...order.map((index) => ({
      fill: canvasColor(`color-mix(in oklab, ${colorOf(layers[index]!, marks)} 66%, var(--bg))`),
      stroke: 'transparent',
      width: 0,
      points: { show: false },
    })),
    ...order.slice(1).map(() => ({
      stroke: canvasColor('var(--load-line)'),
      width: 1,
      points: { show: false },
    })),
  ];
  const data = useMemo(
    (): uPlot.AlignedData => [
      stack.times.map((time) => time / 1000),
      ...order.map((index) => [...stack.actual[index]!]),
      ...order.slice(1).map((index) => [...stack.expected[index]!]),
    ],
    [stack],
  );
  const shown = point === null || stack.times[point] === undefined ? stack.times.length - 1 : point;
  return (
    <div ref={ref} class="chart" role="img" aria-label={sentence(layers, stack)}>
      {width > 0 && (
        <Plot
          area={area}
          width={width}
          data={data}
          fromMs={fromMs}
          toMs={toMs}
          flags={flags}
          look={look}
          series={series}
          y={{ isLog: false, low: 0, high: 1 }}
          grid={[]}
          colors={() => ({ grid: 'transparent', flag: canvasColor('var(--bg)') })}
          onPoint={(index) => {
            setPoint(index);
            onTime(index === null ? undefined : stack.times[index]);
          }}
        />
      )}
      <ChartFrame timeline={timeline} area={area}>
        <Labels
          layers={layers}
          stack={stack}
          index={shown}
          area={area}
          marks={marks}
          isWide={width >= NARROW}
        />
      </ChartFrame>
    </div>
  );
}

/** Below this width, in pixels, labels are names alone. */
const NARROW = 460;

/** Below this share a layer is too thin for a label, and its share is in the table. */
const LABELLED = 0.005;

function Labels(props: {
  layers: readonly Layer[];
  stack: ShareStack;
  index: number;
  area: PlotArea;
  marks: ReadonlyMap<string, Identity>;
  isWide: boolean;
}): VNode {
  const { layers, stack, index, area, marks, isWide } = props;
  const labels = layers.flatMap((layer, layerIndex) => {
    const top = stack.actual[layerIndex]?.[index] ?? 0;
    const bottom = layerIndex === 0 ? 0 : (stack.actual[layerIndex - 1]?.[index] ?? 0);
    const share = top - bottom;
    const y = area.top + (1 - (top + bottom) / 2) * area.height;
    return share < LABELLED ? [] : [{ layer, share, y }];
  });
  const places = spreadLabels(
    labels.map(({ y }) => y),
    14,
    area.top + 7,
    area.top + area.height - 7,
  );
  const left = `${area.left + area.width + 10}px`;
  return (
    <>
      {labels.map(({ layer, share }, place) => (
        <span
          key={layer.id}
          class="label"
          style={{ left, right: '0', top: `${places[place]!.toFixed(1)}px` }}
        >
          <Glyph identity={marks.get(layer.id)} size={10} />
          <b>{layer.id}</b>
          {isWide && <span class="end">{percent(share, 0)}</span>}
        </span>
      ))}
    </>
  );
}

/** From the bottom up, in the order of the configuration; targets that left lie on top until their last bucket is gone. */
function layersOf({ targets }: PoolView, past: readonly string[], isMany: boolean): Layer[] {
  if (isMany) {
    return providersOf(targets).map((provider) => ({
      id: provider,
      targets: targets.filter((target) => target.provider === provider).map(({ id }) => id),
    }));
  }
  const present = targets.map(({ id }) => id);
  const left = past.filter((id) => !present.includes(id));
  return [...present, ...left].map((id) => ({ id, targets: [id] }));
}

function colorOf({ id }: Layer, marks: ReadonlyMap<string, Identity>): string {
  return marks.get(id)?.color ?? 'var(--ink-3)';
}

function sentence(layers: readonly Layer[], { actual, times }: ShareStack): string {
  const last = times.length - 1;
  const shares = layers.map(({ id }, index) => {
    const below = index === 0 ? 0 : (actual[index - 1]?.[last] ?? 0);
    return `${id} ${percent((actual[index]?.[last] ?? 0) - below)}`;
  });
  return `Share of requests over time, stacked, with the expected share as lines. Last: ${shares.join(', ')}.`;
}
