import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { isDark } from '../state/theme.ts';
import { CHART_HEIGHT, type PlotArea } from './chart-frame.tsx';
import type { Flag } from './flags.ts';

export interface PlotProps {
  readonly area: PlotArea;
  readonly width: number;
  /** Seconds since the epoch, then the series. */
  readonly data: uPlot.AlignedData;
  readonly fromMs: number;
  readonly toMs: number;
  readonly flags: readonly Flag[];
  /** What changes only with the series there are; read anew when `look` changes, or the theme. */
  readonly series: () => uPlot.Series[];
  readonly bands?: uPlot.Band[] | undefined;
  readonly y: { readonly isLog: boolean; readonly low: number; readonly high: number };
  /** Lines across the plot at these values. */
  readonly grid: readonly number[];
  readonly colors: () => { readonly grid: string; readonly flag: string };
  /** A key of `series` and `bands`. */
  readonly look: string;
  /** The index of the point below the pointer. */
  readonly onPoint: (index: number | null) => void;
}

/** A uPlot without axes and legend: canvas for lines and areas, and nothing else. */
export function Plot(props: PlotProps): VNode {
  const { area, width, data, look } = props;
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const dark = isDark.value;

  useLayoutEffect(() => {
    if (host.current === null || width === 0) return undefined;
    const made = new uPlot(optionsOf(latest), latest.current.data, host.current);
    plot.current = made;
    return () => {
      made.destroy();
      plot.current = undefined;
    };
  }, [look, dark, width, area.left, area.width]);

  useEffect(() => {
    plot.current?.setData(data, true);
  }, [data]);

  return <div ref={host} />;
}

function optionsOf(latest: { current: PlotProps }): uPlot.Options {
  const { area, width, series, bands, y, colors } = latest.current;
  const { grid, flag } = colors();
  const right = width - area.left - area.width;
  const bottom = CHART_HEIGHT - area.top - area.height;
  return {
    width,
    height: CHART_HEIGHT,
    padding: [area.top, right, bottom, area.left],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    axes: [{ show: false }, { show: false }],
    scales: {
      x: { time: true, range: () => [latest.current.fromMs / 1000, latest.current.toMs / 1000] },
      y: {
        // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- its `const enum` has no values at run time
        distr: y.isLog ? 3 : 1,
        range: () => [latest.current.y.low, latest.current.y.high],
      },
    },
    series: [{}, ...series()],
    ...(bands === undefined ? {} : { bands }),
    hooks: {
      drawAxes: [(plot) => lines(plot, 'y', latest.current.grid, grid, [])],
      draw: [
        (plot) =>
          lines(
            plot,
            'x',
            latest.current.flags.map(({ epochMs }) => epochMs / 1000),
            flag,
            [2, 3],
          ),
      ],
      setCursor: [
        ({ cursor: { idx, left } }) =>
          latest.current.onPoint(left === undefined || left < 0 ? null : (idx ?? null)),
      ],
    },
  };
}

/** Straight lines through the plot, in whole pixels of the screen. */
function lines(
  plot: uPlot,
  scale: 'x' | 'y',
  values: readonly number[],
  color: string,
  dash: number[],
): void {
  const { ctx, bbox } = plot;
  const ratio = uPlot.pxRatio;
  ctx.save();
  ctx.strokeStyle = color;
  ctx.lineWidth = ratio;
  ctx.setLineDash(dash.map((part) => part * ratio));
  ctx.beginPath();
  for (const value of values) {
    const at = Math.round(plot.valToPos(value, scale, true)) + (ratio % 2 === 1 ? 0.5 : 0);
    ctx.moveTo(scale === 'x' ? at : bbox.left, scale === 'x' ? bbox.top - 2 * ratio : at);
    ctx.lineTo(
      scale === 'x' ? at : bbox.left + bbox.width,
      scale === 'x' ? bbox.top + bbox.height : at,
    );
  }
  ctx.stroke();
  ctx.restore();
}
