export {
  type Arrival,
  type Arrivals,
  type ArrivalStream,
  gammaBursts,
  poisson,
  recorded,
} from './arrivals.ts';
export {
  constant,
  type Distribution,
  exponential,
  logNormal,
  normal,
  pareto,
} from './distribution.ts';
export { type EventClock, type SimulatedEvent } from './event-clock.ts';
export { type HeapItem } from './event-heap.ts';
export { expectDistribution, type ExpectDistributionOptions } from './expect-distribution.ts';
export {
  brownOut,
  type Errors,
  failures,
  type FailuresOptions,
  type Fault,
  hang,
  lowerLimit,
  outage,
  throttling,
  type ThrottlingOptions,
  type Window,
} from './fault.ts';
export { type Gateway, type SimulatedBalancer } from './gateway.ts';
export { chatLengths, type Lengths } from './lengths.ts';
export { type PromptCacheOptions } from './prompt-cache.ts';
export { type QuotaOptions } from './quota.ts';
export { type SloOptions } from './recorder.ts';
export { type Report, type Summary, type TargetReport, type TimelinePart } from './report.ts';
export { reportPlot } from './report-plot.ts';
export { reportTable } from './report-table.ts';
export { type Prefix, type SimulatedTraits } from './request.ts';
export { type ServerOptions } from './server.ts';
export { type Job, type Service, type ServiceContext, type ServiceDefinition } from './service.ts';
export { delay, processorSharing, queue } from './services.ts';
export { simulate, type SimulationOptions } from './simulate.ts';
export { tenants, type TenantsOptions } from './tenants.ts';
