export {
  type Observed,
  type ObservedEvents,
  type ObservedLimit,
  type ObservedPool,
  type ObservedStats,
  type ObservedTarget,
} from './observed.ts';
export {
  prometheusMetrics,
  type PrometheusMetrics,
  type PrometheusMetricsOptions,
} from './prometheus.ts';
