import { ALERT_PAST } from './compile-pool.ts';
import type { Config, PoolConfig, TargetConfig } from './config.ts';
import type { Environment } from './environment.ts';
import { type Preset, presets } from './presets.ts';

/** A configuration made without a file. */
export interface Discovery {
  readonly config: Config;
  /** Names of the environment variables whose keys are used; empty when the fleet is simulated. */
  readonly variables: readonly string[];
}

/**
 * The configuration for a start without a file. Every provider whose key is in the environment gets a target for each of
 * its keys (`OPENAI_API_KEY`, `OPENAI_API_KEY_1` …). The first provider found is the pool `default`, which accepts any
 * model name; each further one is a pool of its own for the names its models have, since no request is helped by being
 * sent to a provider that does not know the model. Without any key the fleet is simulated.
 */
export function configFromEnvironment(env: Environment): Discovery {
  const variables: string[] = [];
  const targets: TargetConfig[] = [];
  const pools: PoolConfig[] = [];
  for (const preset of presets) {
    const keys = keysOf(preset, env);
    if (keys.length === 0) continue;
    const own = keys.map((variable, index) => ({
      id: keys.length === 1 ? preset.name : `${preset.name}-${index + 1}`,
      provider: preset.name,
      model: '*',
      apiKey: env[variable]!,
    }));
    variables.push(...keys);
    targets.push(...own);
    const ids = own.map(({ id }) => id);
    pools.push(
      pools.length === 0
        ? pool('default', ['*'], 'round-robin', ids)
        : pool(preset.name, preset.models, 'round-robin', ids),
    );
  }
  if (targets.length === 0) {
    targets.push(...simulatedFleet);
    const ids = simulatedFleet.map(({ id }) => id);
    pools.push(pool('default', ['*'], 'weighted-round-robin', ids));
  }
  const server = {
    host: '127.0.0.1',
    port: 8787,
    maxBodyBytes: 33_554_432,
    maxConnections: 10_000,
    adminHosts: [],
  };
  const metrics = { prometheus: true };
  return { config: { targets, pools, server, metrics, log: { level: 'info' } }, variables };
}

/** Names of the set variables that hold a key of `preset`: the plain one first, then those with a number, in order. */
function keysOf({ variable }: Preset, env: Environment): string[] {
  if (variable === undefined) return [];
  const numbered = Object.keys(env)
    .filter(
      (name) => name.startsWith(`${variable}_`) && /^\d+$/.test(name.slice(variable.length + 1)),
    )
    .sort((a, b) => Number(a.slice(variable.length + 1)) - Number(b.slice(variable.length + 1)));
  const seen = new Set<string>();
  return [variable, ...numbered].filter((name) => {
    const key = env[name];
    if (key === undefined || key === '' || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function pool(
  name: string,
  accepts: readonly string[],
  use: string,
  targets: readonly string[],
): PoolConfig {
  return {
    name,
    accepts,
    strategy: { use, options: {} },
    targets,
    health: { breaker: {} },
    retry: {},
    fairness: { alertPast: ALERT_PAST },
  };
}

/** Three targets of different speed and weight, so that a first look shows how requests are spread. */
const simulatedFleet: readonly TargetConfig[] = [
  {
    id: 'fast',
    weight: 3,
    region: 'us-east',
    simulate: { firstTokenMs: 120, tokensPerSecond: 160, jitterRatio: 0.2, seed: 1 },
  },
  {
    id: 'steady',
    weight: 2,
    region: 'eu-west',
    simulate: { firstTokenMs: 250, tokensPerSecond: 80, jitterRatio: 0.2, seed: 2 },
  },
  {
    id: 'slow',
    weight: 1,
    region: 'ap-south',
    simulate: { firstTokenMs: 600, tokensPerSecond: 40, jitterRatio: 0.2, seed: 3 },
  },
].map((target) => ({ ...target, provider: 'simulated', model: 'simulated' }));
