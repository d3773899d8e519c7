import {
  balancer,
  type BalancerOptions,
  breaker,
  consecutiveFailures,
  type Fleet,
  fleet,
  type TargetOptions,
} from '@plimsoll/balancer';
import type { Config, PoolConfig, StrategyConfig, TargetConfig } from '@plimsoll/config';
import type { Provider, StrategyDefinition, WireHead, WireRequest } from '@plimsoll/core';
import { openai, type PresetName } from '@plimsoll/provider-openai';
import { simulated } from '@plimsoll/provider-simulated';
import { random } from '@plimsoll/strategy-random';
import { roundRobin } from '@plimsoll/strategy-round-robin';
import { weightedRoundRobin } from '@plimsoll/strategy-weighted-round-robin';

import { defined } from './defined.ts';
import type { ServedPool } from './pool-directory.ts';
import { loadStrategyFactory, type StrategyFactory } from './strategy-package.ts';

interface KnownStrategy {
  readonly create: StrategyFactory;
  readonly options: readonly string[];
}

/** The strategies that need no package of their own, and the options each has. */
const strategies: ReadonlyMap<string, KnownStrategy> = new Map<string, KnownStrategy>([
  ['round-robin', { create: () => roundRobin(), options: [] }],
  ['weighted-round-robin', { create: () => weightedRoundRobin(), options: [] }],
  ['random', { create: (options) => random(options), options: ['weighted'] }],
]);

/** What is wrong, or doubtful, with a part of the configuration that only its plugin can judge. */
export interface Remark {
  /** The pool's strategy, or a target by its id. */
  readonly about: { readonly strategyOf: string } | { readonly target: string };
  readonly message: string;
}

/** A configuration at work. */
export interface Composition {
  readonly pools: readonly ServedPool[];
  readonly errors: readonly Remark[];
  readonly warnings: readonly Remark[];
  /** Ends the pools and frees the providers' connections. */
  close(): Promise<void>;
}

/** Makes the pools that `config` describes. Strategy packages are looked up from `folder`. */
export async function compose(config: Config, folder: string): Promise<Composition> {
  const composer = new Composer(config, folder);
  for (const target of config.targets) composer.addTarget(target);
  for (const pool of config.pools) await composer.addPool(pool);
  return composer;
}

interface Credential {
  readonly provider: Provider;
  /** Id of the first target that uses it. */
  readonly firstTarget: string;
}

class Composer implements Composition {
  readonly pools: ServedPool[] = [];
  readonly errors: Remark[] = [];
  readonly warnings: Remark[] = [];
  readonly #folder: string;
  readonly #configs: ReadonlyMap<string, TargetConfig>;
  readonly #fleet: Fleet = fleet();
  readonly #targets = new Map<string, TargetOptions>();
  readonly #credentials = new Map<string, Credential>();

  constructor(config: Config, folder: string) {
    this.#folder = folder;
    this.#configs = new Map(config.targets.map((target) => [target.id, target]));
  }

  /** Makes the target as the engine takes it: one object, for every pool that names it. */
  addTarget(config: TargetConfig): void {
    const {
      provider: _name,
      apiKey: _key,
      baseUrl: _url,
      simulate: _behaviour,
      ...stated
    } = config;
    const { id } = config;
    try {
      const credential = this.#credential(config);
      // The limits of a key are shared by all who use it.
      const target = { quotaGroup: credential.firstTarget, ...defined(stated) };
      this.#targets.set(id, { ...target, id, provider: credential.provider });
    } catch (error) {
      this.errors.push({ about: { target: id }, message: messageOf(error) });
    }
  }

  async addPool(pool: PoolConfig): Promise<void> {
    const targets = pool.targets.map((id) => this.#configs.get(id)!);
    try {
      const strategy = await this.#strategy(pool.strategy);
      this.#warnOfWeights(pool, strategy, targets);
      const { budgetRatio, ...timeouts } = pool.retry;
      this.pools.push({
        name: pool.name,
        accepts: pool.accepts,
        strategy: strategy.name,
        targets,
        balancer: balancer<WireRequest, WireHead, Uint8Array>({
          name: pool.name,
          strategy,
          targets: pool.targets.flatMap((id) => this.#targets.get(id) ?? []),
          fleet: this.#fleet,
          timeouts: defined(timeouts),
          retry: defined({ budgetRatio }),
          ...healthOf(pool),
        }),
      });
    } catch (error) {
      this.errors.push({ about: { strategyOf: pool.name }, message: messageOf(error) });
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.pools.map((pool) => pool.balancer.close(0)));
    for (const { provider } of this.#credentials.values()) await provider.close?.();
  }

  /** The adapter of a target; targets with the same credential for the same place share one. */
  #credential({ id, provider, apiKey, baseUrl, simulate }: TargetConfig): Credential {
    const key = JSON.stringify(apiKey === undefined ? [id] : [provider, apiKey, baseUrl]);
    const known = this.#credentials.get(key);
    if (known !== undefined) return known;
    const adapter =
      provider === 'simulated'
        ? simulated(simulate)
        : openai({ preset: provider as PresetName, apiKey, baseUrl });
    const credential = { provider: adapter, firstTarget: id };
    this.#credentials.set(key, credential);
    return credential;
  }

  async #strategy({ use, options }: StrategyConfig): Promise<StrategyDefinition> {
    const known = strategies.get(use);
    if (known === undefined) return (await loadStrategyFactory(use, this.#folder))(options);
    const unknown = Object.keys(options).find((name) => !known.options.includes(name));
    if (unknown !== undefined) {
      const accepted =
        known.options.length === 0 ? 'it has none' : `it has ${known.options.join(', ')}`;
      throw new Error(`the strategy ${use} has no option \`${unknown}\`; ${accepted}`);
    }
    return known.create(options);
  }

  #warnOfWeights(
    { name }: PoolConfig,
    strategy: StrategyDefinition,
    targets: readonly TargetConfig[],
  ): void {
    const differ = new Set(targets.map(({ weight }) => weight)).size > 1;
    if (strategy.honoursWeights || !differ) return;
    const message = `the strategy ${strategy.name} ignores weights, and the targets of ${name} state different ones`;
    this.warnings.push({ about: { strategyOf: name }, message });
  }
}

/** How the pool's targets are judged; nothing where the configuration leaves that to the engine. */
function healthOf({ health }: PoolConfig): Pick<BalancerOptions, 'health'> {
  const { failures, resetMs } = health.breaker;
  if (failures === undefined && resetMs === undefined) return {};
  const trip = [consecutiveFailures(defined({ failures }))];
  return { health: breaker(defined({ trip, resetMs })) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
