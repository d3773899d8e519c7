export { latency, type LatencyMode, type LatencyOptions } from './latency.ts';
