export { balancer } from './pool.ts';
export { fleet } from './fleet.ts';
export { bayesianFailures, type BayesianFailuresOptions } from './health/bayesian-failures.ts';
export { breaker, type BreakerOptions } from './health/breaker.ts';
export {
  consecutiveFailures,
  type ConsecutiveFailuresOptions,
} from './health/consecutive-failures.ts';
export { type Detector, type DetectorDefinition } from './health/detector.ts';
export { failureRate, type FailureRateOptions } from './health/failure-rate.ts';
export { outliers, type OutliersOptions } from './health/outliers.ts';
export { Budget } from './quota/budget.ts';
export { type Headroom } from './quota/quota-book.ts';
export { classifyUnknown } from './classify.ts';
export { costUsd } from './cost.ts';
export { Durations } from './durations.ts';
export { type Balancer } from './balancer.ts';
export { type FailureFacts } from './failure-facts.ts';
export { type CallError } from './call-error.ts';
export {
  ATTEMPT_CAUSES,
  type AttemptCause,
  type Candidate,
  type DecidedRequest,
  type Decision,
  type Explanation,
  type Reason,
  REASONS,
} from './decision.ts';
export {
  type AttemptFailed,
  type BalancerEvents,
  type CallAborted,
  type Failover,
  type TargetChanged,
} from './events.ts';
export { type Fleet, type TargetState } from './fleet.ts';
export {
  type BalancerOptions,
  type FleetOptions,
  type RescueOptions,
  type RetryOptions,
  type TargetOptions,
  type TimeoutOptions,
} from './options.ts';
export { connectStore, type ConnectStoreOptions, type StoreConnection } from './sync/store-sync.ts';
export { type StreamOptions } from './pulled-stream.ts';
export { type RunAttempt } from './run.ts';
export { systemClock } from './system.ts';
export { type Call, type CallFailure, type Result, type Sink } from './sink.ts';
export { type AffinityStats, type SlowStartStats, type Stats, type TargetStats } from './stats.ts';
export { type Answer } from './stream.ts';
export { type HedgeOptions } from './hedging.ts';
export { type ProbeOptions } from './prober.ts';
export { type QueueOptions } from './queue/wait-queue.ts';
export { type SlowStartOptions } from './slow-start.ts';
