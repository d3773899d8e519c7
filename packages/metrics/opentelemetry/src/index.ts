export {
  type Observed,
  type ObservedEvents,
  type ObservedLimit,
  type ObservedPool,
  type ObservedStats,
  type ObservedTarget,
} from './observed.ts';
export {
  openTelemetryMetrics,
  type OpenTelemetryMetrics,
  type OpenTelemetryMetricsOptions,
} from './open-telemetry.ts';
