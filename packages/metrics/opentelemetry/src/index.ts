export {
  openTelemetryMetrics,
  type OpenTelemetryMetrics,
  type OpenTelemetryMetricsOptions,
} from './open-telemetry.ts';
export { type ProviderOf } from './series.ts';
