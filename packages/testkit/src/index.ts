export { seededRandom, type SeededRandom } from '@plimsoll/core';
export { bytesPerCall } from './allocation.ts';
export { type Exemption } from './exemption.ts';
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
