import { randomUUID } from 'node:crypto';

import type { MeterProvider as MeterProviderContract } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import {
  defaultResource,
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import type { OtlpConfig } from '@plimsoll/config';

/** How long a collector may take for one delivery, retries included, in milliseconds. */
const TIMEOUT_MS = 10_000;

/** How long the last delivery may take, in milliseconds: a collector that is gone must not keep the gateway. */
const LAST_MS = 2000;

/** The SDK's own bound, 2,000 for each metric, is too low for 400 targets; ours are bounded by the configuration. */
const SERIES_PER_METRIC = 100_000;

/** Sends metrics to a collector by OTLP, over HTTP and in protobuf, which every collector takes. */
export interface OtlpSender {
  readonly meterProvider: MeterProviderContract;
  /** Sends what there is once more; never rejects. */
  close(): Promise<void>;
}

/** Begins to send; `onTrouble` hears of deliveries that failed, and what they had is in the next one. */
export function otlpSender(
  { endpoint, headers, intervalMs }: OtlpConfig,
  version: string,
  onTrouble: (error: unknown) => void,
): OtlpSender {
  const timeoutMillis = Math.min(TIMEOUT_MS, intervalMs);
  const url = `${endpoint.replace(/\/+$/, '')}/v1/metrics`;
  const exporter = new OTLPMetricExporter({ url, headers: { ...headers }, timeoutMillis });
  const reader = new PeriodicExportingMetricReader({
    exporter: watched(exporter, onTrouble),
    exportIntervalMillis: intervalMs,
    exportTimeoutMillis: timeoutMillis,
    cardinalityLimits: { default: SERIES_PER_METRIC },
  });
  const meterProvider = new MeterProvider({ resource: resourceOf(version), readers: [reader] });
  return {
    meterProvider,
    close: () =>
      new Promise((resolve) => {
        const bound = setTimeout(() => {
          onTrouble(new Error(`the collector did not take them within ${LAST_MS} ms`));
          resolve();
        }, LAST_MS);
        void meterProvider
          .shutdown()
          .catch(() => undefined)
          .then(() => {
            clearTimeout(bound);
            resolve();
          });
      }),
  };
}

/** Who we are; `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` have the last word, as everywhere in OpenTelemetry. */
function resourceOf(version: string): Resource {
  const own = resourceFromAttributes({
    'service.name': 'plimsoll',
    'service.version': version,
    'service.instance.id': randomUUID(),
  });
  return defaultResource()
    .merge(own)
    .merge(detectResources({ detectors: [envDetector] }));
}

function watched(
  exporter: OTLPMetricExporter,
  onTrouble: (error: unknown) => void,
): PushMetricExporter {
  return {
    export: (metrics, done) =>
      exporter.export(metrics, (result) => {
        if (result.error !== undefined) onTrouble(result.error);
        done(result);
      }),
    selectAggregation: (type) => exporter.selectAggregation(type),
    selectAggregationTemporality: (type) => exporter.selectAggregationTemporality(type),
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
}
