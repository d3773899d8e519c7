export { type Clock, type Timer } from './clock.ts';
export { complexityOf } from './complexity.ts';
export { type ErrorCode, isPlimsollError, optionError, PlimsollError } from './error.ts';
export { type Failure, type FailureKind, type Scope, type Verdict } from './failure.ts';
export { type Health, type HealthContext, type HealthDefinition } from './health.ts';
export {
  type Observed,
  type ObservedEvents,
  type ObservedLimit,
  type ObservedPool,
  type ObservedStats,
  type ObservedTarget,
} from './observed.ts';
export { type Outcome, type Usage } from './outcome.ts';
export { periodOverAtEpochMs } from './period.ts';
export {
  type AttemptControl,
  type AttemptEnd,
  type AttemptSink,
  ChunkKind,
  type Provider,
} from './provider.ts';
export { type Random, seededRandom, type SeededRandom } from './random.ts';
export { type RateLimitDimension, type RateLimitFact } from './rate-limit.ts';
export { type Request, type RequestTraits } from './request.ts';
export { type Snapshot } from './snapshot.ts';
export { type Spending, type SpendingLimits } from './spending.ts';
export {
  type Notice,
  type PeriodUse,
  type SharedStore,
  type ShareClaim,
  type ShareGrant,
  type Store,
} from './store.ts';
export { type Strategy, type StrategyContext, type StrategyDefinition } from './strategy.ts';
export {
  type Capabilities,
  type Limits,
  type Price,
  type QuotaLimits,
  type Target,
} from './target.ts';
export { type Transcript } from './transcript.ts';
export { type Estimates, type Trace, type View } from './view.ts';
export { type WireForm, type WireHead, type WireRequest } from './wire.ts';
