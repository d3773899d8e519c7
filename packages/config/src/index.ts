export {
  type BreakerConfig,
  type ClientConfig,
  type ClientLimitsConfig,
  type ClientRight,
  type Config,
  type FairnessConfig,
  type HealthConfig,
  type LimitsConfig,
  type LogLevel,
  type MetricsConfig,
  type OtlpConfig,
  type PoolConfig,
  type ServerConfig,
  type SimulateConfig,
  type SpendingConfig,
  type StateConfig,
  type StrategyConfig,
  type TargetConfig,
  type TargetLimitsConfig,
} from './config.ts';
export { type ConfigFile, defineConfig } from './define-config.ts';
export { configFromEnvironment, type Discovery } from './discovery.ts';
export { durationMs, durationPattern } from './duration.ts';
export { type Environment } from './environment.ts';
export { compileExpression, expressionNames } from './expression.ts';
export { type Difference, formatDifference, type Imported } from './import/difference.ts';
export { importLiteLLM } from './import/litellm/import-litellm.ts';
export { importPortkey } from './import/portkey/import-portkey.ts';
export { type Loaded, loadConfig, loadConfigObject, type LoadOptions } from './load.ts';
export { formatProblem, type Path, type Problem } from './problem.ts';
export { type Preset, presets } from './presets.ts';
export { isPackageName, type StrategyName, strategyNames } from './strategies.ts';
export { oneOf, suggestion } from './suggest.ts';
