export { seededRandom, type SeededRandom } from '@plimsoll/core';
export { bytesPerCall } from './allocation.ts';
export { type Exemption } from './exemption.ts';
export {
  adapterNamed,
  failureOf,
  FakeBalancer,
  observedTarget,
  targetNamed,
} from './fake-balancer.ts';
export { anthropicFailures } from './failures/anthropic.ts';
export { bedrockFailures } from './failures/bedrock.ts';
export { googleFailures } from './failures/google.ts';
export { FAILURE_ROWS_EPOCH_MS, type FailureRow } from './failures/row.ts';
export {
  type Fault,
  type FaultExpectation,
  type FaultRow,
  type FaultTraffic,
} from './faults/row.ts';
export { faultRows } from './faults/rows.ts';
export { type FaultCompany, runFault } from './faults/run.ts';
export {
  type FaultAnswer,
  type FaultError,
  type FaultOptions,
  type FaultPool,
  type FaultRequest,
  type FaultSetup,
  type FaultStage,
  type FaultSubject,
  type FaultTarget,
  type FaultTargetStats,
} from './faults/subject.ts';
export { type FaultResult, faultTable } from './faults/table.ts';
export { instantProvider, type InstantProvider } from './instant-provider.ts';
export { manualClock, type ManualClock, type ManualClockOptions } from './manual-clock.ts';
export {
  type UpstreamAnswer,
  type UpstreamError,
  type UpstreamFault,
  type UpstreamToolCall,
} from './openai-upstream/answer.ts';
export { upstreamErrors, type UpstreamErrorName } from './openai-upstream/errors.ts';
export { type UpstreamRequest } from './openai-upstream/exchange.ts';
export {
  openAIUpstream,
  type OpenAIUpstream,
  type OpenAIUpstreamOptions,
} from './openai-upstream/upstream.ts';
export { pickBench, type PickBenchOptions } from './pick-bench.ts';
export { providerContract, type ProviderContractOptions } from './provider/contract.ts';
export { type ProviderSite } from './provider/rig.ts';
export {
  openAIProviderUpstream,
  type ProviderScenario,
  type ProviderUpstream,
} from './provider/upstream.ts';
export { snapshotOf, type SnapshotOptions, targetOf } from './snapshot-of.ts';
export {
  sharedStoreContract,
  type SharedStoreContractOptions,
  storeContract,
  type StoreContractOptions,
} from './store/contract.ts';
export { strategyContract, type StrategyContractOptions } from './strategy/contract.ts';
export { testTrace, type TestTrace, testView, type TestView } from './test-view.ts';
export { turns } from './turns.ts';
