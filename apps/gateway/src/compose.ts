import { resolve } from 'node:path';

import {
  balancer,
  connectStore,
  type Fleet,
  fleet,
  type StoreConnection,
  type TargetOptions,
} from '@plimsoll/balancer';
import {
  type ClientConfig,
  compileExpression,
  type Config,
  type PoolConfig,
  type StrategyName,
  type TargetConfig,
} from '@plimsoll/config';
import type {
  Provider,
  Spending,
  Store,
  StrategyDefinition,
  WireHead,
  WireRequest,
} from '@plimsoll/core';
import { prometheusMetrics } from '@plimsoll/metrics-prometheus';
import { openai, type PresetName } from '@plimsoll/provider-openai';
import { simulated } from '@plimsoll/provider-simulated';
import { redisStore } from '@plimsoll/store-redis';
import { sqliteStore } from '@plimsoll/store-sqlite';
import { consistentHash } from '@plimsoll/strategy-consistent-hash';
import { cost } from '@plimsoll/strategy-cost';
import { geo, places } from '@plimsoll/strategy-geo';
import { latency } from '@plimsoll/strategy-latency';
import { leastBusy } from '@plimsoll/strategy-least-busy';
import { quotaHeadroom } from '@plimsoll/strategy-quota-headroom';
import { random } from '@plimsoll/strategy-random';
import { roundRobin } from '@plimsoll/strategy-round-robin';
import { type Rule, rules } from '@plimsoll/strategy-rules';
import { tiered } from '@plimsoll/strategy-tiered';
import { weightedRoundRobin } from '@plimsoll/strategy-weighted-round-robin';

import { createClient } from 'redis';

import manifest from '../package.json' with { type: 'json' };
import { ClientDirectory } from './client-directory.ts';
import { defined } from './defined.ts';
import { hashKeyReader } from './hash-key.ts';
import type { Exporter } from './metrics.ts';
import type { ServedPool } from './pool-directory.ts';
import { poolOptions } from './pool-options.ts';
import { RateLimitHeaders } from './rate-limit-headers.ts';
import type { Remark } from './remark.ts';
import { strategiesIn, StrategyError, StrategyMaker } from './strategy-maker.ts';
import type { StrategyFactory } from './strategy-package.ts';

/** The strategies that need no package of their own. What they are made of is made before; round-robin by default. */
const strategies: Readonly<Record<StrategyName, StrategyFactory>> = {
  'round-robin': () => roundRobin(),
  'weighted-round-robin': () => weightedRoundRobin(),
  random: (options) => random(options),
  'least-busy': (options) => leastBusy(options),
  latency: (options) => latency(options),
  'consistent-hash': (options) => consistentHash(options),
  'quota-headroom': (options) => quotaHeadroom(options),
  tiered: (options) => tiered({ within: roundRobin(), ...options }),
  cost: (options) => cost({ within: roundRobin(), ...options }),
  rules: ({ rules: list, ...options }) =>
    rules({
      otherwise: roundRobin(),
      ...options,
      rules: (list as readonly RuleConfig[]).map(ruleOf),
    }),
  geo: (options) => geo({ within: roundRobin(), ...options }),
};

type RuleConfig = Omit<Rule, 'when'> & { readonly when: string };

/** A rule without a name is called by its condition. */
function ruleOf({ when, ...rule }: RuleConfig): Rule {
  return { name: when, ...rule, when: compileExpression(when) };
}

/** A configuration at work. */
export interface Composition {
  readonly pools: readonly ServedPool[];
  /** Who may ask; undefined where the configuration names no client. */
  readonly clients: ClientDirectory | undefined;
  readonly errors: readonly Remark[];
  readonly warnings: readonly Remark[];
  /**
   * Opens the store that the configuration names, if it does, and takes over its counts.
   *
   * @throws PlimsollError ERR_PLIMSOLL_STORE when it cannot be used.
   */
  connect(onError: (error: unknown) => void): Promise<void>;
  /** Ends the pools, saves the counts and frees the providers' connections. */
  close(): Promise<void>;
}

/** Makes the pools that `config` describes. Packages and files are looked up from `folder`. */
export async function compose(config: Config, folder: string): Promise<Composition> {
  const composer = new Composer(config, folder);
  for (const target of config.targets) composer.addTarget(target);
  for (const pool of config.pools) await composer.addPool(pool);
  return composer;
}

/** What tells Prometheus of the pools; undefined where the configuration does not want that. */
export function exporterOf({ metrics }: Config): Exporter | undefined {
  if (!metrics.prometheus) return undefined;
  return prometheusMetrics({ build: { version: manifest.version, node: process.versions.node } });
}

interface Credential {
  readonly provider: Provider;
  /** Id of the first target that uses it. */
  readonly firstTarget: string;
}

class Composer implements Composition {
  readonly pools: ServedPool[] = [];
  readonly clients: ClientDirectory | undefined;
  readonly errors: Remark[] = [];
  readonly warnings: Remark[] = [];
  readonly #config: Config;
  readonly #folder: string;
  readonly #configs: ReadonlyMap<string, TargetConfig>;
  readonly #fleet: Fleet;
  readonly #spending: readonly Spending[] | undefined;
  readonly #maker: StrategyMaker;
  readonly #targets = new Map<string, TargetOptions>();
  readonly #credentials = new Map<string, Credential>();
  #store: Store | undefined = undefined;
  #connection: StoreConnection | undefined = undefined;
  #redis: { destroy(): void } | undefined = undefined;

  constructor(config: Config, folder: string) {
    this.#config = config;
    this.#folder = folder;
    this.#configs = new Map(config.targets.map((target) => [target.id, target]));
    this.#maker = new StrategyMaker(new Map(Object.entries(strategies)), folder);
    this.#fleet = fleet(defined({ quotaGroups: config.quotaGroups }));
    this.#spending = config.budget && [this.#fleet.openBudget(['all'], config.budget)];
    this.clients = config.clients && this.#clients(config.clients);
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
      const strategy = await this.#maker.make(pool.strategy);
      this.#warnOfWeights(pool, strategy, targets);
      this.#warnOfRegions(pool, targets);
      this.pools.push({
        name: pool.name,
        accepts: pool.accepts,
        strategy: strategy.name,
        targets,
        balancer: balancer<WireRequest, WireHead, Uint8Array>({
          ...poolOptions(pool),
          strategy,
          targets: pool.targets.flatMap((id) => this.#targets.get(id) ?? []),
          fleet: this.#fleet,
        }),
        residency: pool.residency,
        spending: this.#spending,
        hashKey: pool.hashKey && hashKeyReader(pool.hashKey),
        rateLimits: this.#rateLimits(targets),
      });
    } catch (error) {
      const at = error instanceof StrategyError ? { at: error.at } : {};
      this.errors.push({ about: { strategyOf: pool.name, ...at }, message: messageOf(error) });
    }
  }

  async connect(onError: (error: unknown) => void): Promise<void> {
    const { state } = this.#config;
    if (state === undefined) return;
    this.#store =
      'sqlite' in state
        ? sqliteStore({ path: resolve(this.#folder, state.sqlite) })
        : this.#shared(state.redis, onError);
    this.#connection = await connectStore(this.#fleet, this.#store, { onError });
  }

  async close(): Promise<void> {
    await Promise.all(this.pools.map((pool) => pool.balancer.close(0)));
    await this.#connection?.close();
    await this.#store?.close();
    this.#redis?.destroy();
    for (const { provider } of this.#credentials.values()) await provider.close?.();
  }

  /** A Redis that cannot be reached is no reason not to start: the client goes on trying. */
  #shared(url: string, onError: (error: unknown) => void): Store {
    const client = createClient({ url });
    client.on('error', onError);
    client.connect().catch(onError);
    this.#redis = client;
    return redisStore({ client, onError });
  }

  #clients(clients: readonly ClientConfig[]): ClientDirectory {
    return new ClientDirectory(
      clients.map((client) => ({
        ...client,
        spending: [
          ...(client.budget === undefined
            ? []
            : [this.#fleet.openBudget(['client', client.id], client.budget)]),
          ...(this.#spending ?? []),
        ],
      })),
    );
  }

  #rateLimits(targets: readonly TargetConfig[]): RateLimitHeaders | undefined {
    const groups = this.#config.quotaGroups ?? {};
    const limited = targets.filter(
      ({ id, limits, quotaGroup }) =>
        limits !== undefined || Object.hasOwn(groups, quotaGroup ?? id),
    );
    if (limited.length === 0) return undefined;
    return new RateLimitHeaders(this.#fleet, new Set(limited.map(({ id }) => id)));
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

  #warnOfRegions({ name, strategy }: PoolConfig, targets: readonly TargetConfig[]): void {
    for (const { config, at } of strategiesIn(strategy)) {
      const { nearest, places: own = {} } = config.options;
      if (config.use !== 'geo' || nearest === 'latency') continue;
      const unknown = targets.filter(
        ({ region }) =>
          region === undefined || !(places.has(region) || Object.hasOwn(own as object, region)),
      );
      if (unknown.length === 0) continue;
      const list = unknown.map(({ id, region }) => `${id} (${region ?? 'no region'})`).join(', ');
      const message = `geo does not know where these targets are, so they come last; name their regions under places: ${list}`;
      this.warnings.push({ about: { strategyOf: name, at }, message });
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
