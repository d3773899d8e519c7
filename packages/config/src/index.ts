export {
  type Config,
  type LogLevel,
  type PoolConfig,
  type ServerConfig,
  type SimulateConfig,
  type StrategyConfig,
  type TargetConfig,
} from './config.ts';
export { configFromEnvironment, type Discovery } from './discovery.ts';
export { type Environment } from './environment.ts';
export { compileExpression, expressionNames } from './expression.ts';
export { type Loaded, loadConfig, type LoadOptions } from './load.ts';
export { formatProblem, type Path, type Problem } from './problem.ts';
export { type Preset, presets } from './presets.ts';
export { isPackageName, strategyNames } from './strategies.ts';
