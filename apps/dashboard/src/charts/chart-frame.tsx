import type { ComponentChildren, VNode } from 'preact';
import { clockMinutes } from '../format.ts';
import { timeLabels } from './time-labels.ts';
import type { Timeline } from './use-timeline.ts';
import './chart.css';

/** Where a chart's plot lies, in pixels. */
export interface PlotArea {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export const CHART_HEIGHT = 228;
const TOP = 20;
const BOTTOM = 20;

export function plotArea(chartWidth: number, left: number, right: number): PlotArea {
  return {
    left,
    top: TOP,
    width: Math.max(40, chartWidth - left - right),
    height: CHART_HEIGHT - TOP - BOTTOM,
  };
}

/** What is text around a plot: flags above it, times below it. The canvas has none, so that it can be read and scaled. */
export function ChartFrame(props: {
  timeline: Timeline;
  area: PlotArea;
  children?: ComponentChildren;
}): VNode {
  const { timeline, area, children } = props;
  const { fromMs, toMs, flags } = timeline;
  const left = (ms: number): string =>
    `${(area.left + ((ms - fromMs) / (toMs - fromMs)) * area.width).toFixed(1)}px`;
  const offset = new Date(toMs).getTimezoneOffset();
  return (
    <div aria-hidden="true">
      {flags.map(({ number, epochMs }) => (
        <span key={number} class="flag-number" style={{ left: left(epochMs) }}>
          {number}
        </span>
      ))}
      {timeLabels(fromMs, toMs, offset).map((ms) => (
        <span key={ms} class="tick-x" style={{ left: left(ms) }}>
          {clockMinutes(ms)}
        </span>
      ))}
      {children}
    </div>
  );
}
