import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';

import { openTelemetryMetrics, type OpenTelemetryMetricsOptions } from '../src/index.ts';
import { FakeBalancer } from '@plimsoll/testkit';
import type { OpenTelemetryMetrics } from '../src/index.ts';

const KINDS = {
  [DataPointType.HISTOGRAM]: 'histogram',
  [DataPointType.EXPONENTIAL_HISTOGRAM]: 'exponential histogram',
  [DataPointType.GAUGE]: 'gauge',
  [DataPointType.SUM]: 'sum',
};

/** The SDK with its exporter that keeps what it is given in memory. */
export class Collector {
  readonly #exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  // Exports only when asked.
  readonly #reader = new PeriodicExportingMetricReader({
    exporter: this.#exporter,
    exportIntervalMillis: 2 ** 31 - 1,
  });
  readonly provider: MeterProvider = new MeterProvider({ readers: [this.#reader] });

  /** All metrics as they stand, by name. */
  async metrics(): Promise<Map<string, MetricData>> {
    this.#exporter.reset();
    await this.provider.forceFlush();
    const [resource] = this.#exporter.getMetrics();
    const scopes = resource?.scopeMetrics ?? [];
    const all = scopes.flatMap(({ metrics }) => metrics);
    return new Map(all.map((metric) => [metric.descriptor.name, metric]));
  }

  /** `name` as it stands: its attributes and values. */
  async points(name: string): Promise<[Record<string, unknown>, number][]> {
    const metric = (await this.metrics()).get(name);
    if (metric === undefined) return [];
    if (metric.dataPointType === DataPointType.HISTOGRAM) throw new Error(`${name} has buckets`);
    const points = metric.dataPoints as DataPoint<number>[];
    return points.map(({ attributes, value }) => [attributes, value]);
  }

  /** The histogram `name`: its attributes, what was recorded and how often. */
  async histograms(name: string): Promise<[Record<string, unknown>, Histogram][]> {
    const metric = (await this.metrics()).get(name);
    if (metric === undefined) return [];
    if (metric.dataPointType !== DataPointType.HISTOGRAM) throw new Error(`${name} has no bucket`);
    return metric.dataPoints.map(({ attributes, value }) => [attributes, value]);
  }
}

/** What kind of metric it is: `monotonic sum {token}`. */
export function kindOf(metric: MetricData): string {
  const monotonic =
    metric.dataPointType === DataPointType.SUM && metric.isMonotonic ? 'monotonic ' : '';
  return `${monotonic}${KINDS[metric.dataPointType]} ${metric.descriptor.unit}`;
}

/** Metrics that are told of one balancer, and where they end up. */
export function observed(options: OpenTelemetryMetricsOptions = {}): {
  readonly collector: Collector;
  readonly metrics: OpenTelemetryMetrics;
  readonly balancer: FakeBalancer;
  readonly stop: () => void;
} {
  const collector = new Collector();
  const metrics = openTelemetryMetrics({ meterProvider: collector.provider, ...options });
  const balancer = new FakeBalancer();
  const stop = metrics.observe(balancer, { fairnessBound: 0.1 });
  return { collector, metrics, balancer, stop };
}
