export {
  simulated,
  type SimulatedLimits,
  type SimulatedOptions,
  type SimulatedProvider,
} from './simulated.ts';
