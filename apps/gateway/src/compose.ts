import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

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
  type ClientLimitsConfig,
  compileExpression,
  type Config,
  type OtlpConfig,
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
import { ClientLimits } from './client-limits.ts';
import { defined } from './defined.ts';
import { hashKeyReader } from './hash-key.ts';
import { changeBalancers } from './live/change-balancers.ts';
import { type Difference, difference } from './live/difference.ts';
import { whenQuiet } from './live/quiet.ts';
import { type Exporter, together } from './metrics.ts';
import { Owners } from './openai/owners.ts';
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
  /** What is at work: changes at run time are in it. */
  readonly config: Config;
  /** Which targets keep what answers were about. */
  readonly owners: Owners;
  readonly errors: readonly Remark[];
  readonly warnings: readonly Remark[];
  /** The target with this id as the engine takes it; undefined where there is none, or it could not be made. */
  target(id: string): TargetOptions | undefined;
  /**
   * Makes `config` what is at work. Requests under way end where they are; nothing waits for them. One change must have
   * ended before the next begins, and `config` must be one that `compose` finds no errors in.
   */
  change(config: Config): Promise<Difference>;
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

/** Makes strategies of their configuration; packages and files are looked up from `folder`. */
export function strategyMaker(folder: string): StrategyMaker {
  return new StrategyMaker(new Map(Object.entries(strategies)), folder);
}

/**
 * What tells Prometheus and a collector of the pools; undefined where the configuration wants neither.
 *
 * @param onTrouble - hears of what could not be sent.
 */
export async function exporterOf(
  { metrics: { prometheus, otlp } }: Config,
  onTrouble: (error: unknown) => void,
): Promise<Exporter | undefined> {
  const exporters: Exporter[] = [];
  if (prometheus) {
    const build = { version: manifest.version, node: process.versions.node };
    const page = prometheusMetrics({ build });
    const { onStoreError, onOverhead, onConfigReload } = page;
    exporters.push({
      observe: (balancer, pool) => page.observe(balancer, pool),
      onStoreError,
      onOverhead,
      onConfigReload,
      page,
      close: async () => {},
    });
  }
  if (otlp !== undefined) exporters.push(await sent(otlp, onTrouble));
  return exporters.length > 1 ? together(exporters) : exporters[0];
}

/** OpenTelemetry's SDK is large: it is loaded where it is asked for. */
async function sent(otlp: OtlpConfig, onTrouble: (error: unknown) => void): Promise<Exporter> {
  const [{ openTelemetryMetrics }, { otlpSender }] = await Promise.all([
    import('@plimsoll/metrics-opentelemetry'),
    import('./otlp.ts'),
  ]);
  const { meterProvider, close } = otlpSender(otlp, manifest.version, onTrouble);
  const told = openTelemetryMetrics({ meterProvider, names: otlp.names });
  const { onStoreError, onOverhead, onConfigReload } = told;
  return {
    observe: (balancer, pool) => told.observe(balancer, pool),
    onStoreError,
    onOverhead,
    onConfigReload,
    page: undefined,
    close,
  };
}

interface Credential {
  readonly provider: Provider;
  /** The quota group of targets that state none: the id of the first target that used it. */
  readonly group: string;
}

class Composer implements Composition {
  pools: ServedPool[] = [];
  clients: ClientDirectory | undefined;
  config: Config;
  readonly owners: Owners = new Owners();
  readonly errors: Remark[] = [];
  readonly warnings: Remark[] = [];
  readonly #folder: string;
  readonly #fleet: Fleet;
  readonly #spending: readonly Spending[] | undefined;
  readonly #maker: StrategyMaker;
  readonly #targets = new Map<string, TargetOptions>();
  readonly #credentials = new Map<string, Credential>();
  readonly #clientLimits = new Map<string, ClientLimits>();
  /** Balancers that finish what they have. */
  readonly #retired = new Set<ServedPool['balancer']>();
  #store: Store | undefined = undefined;
  #connection: StoreConnection | undefined = undefined;
  #redis: { destroy(): void } | undefined = undefined;

  constructor(config: Config, folder: string) {
    this.config = config;
    this.#folder = folder;
    this.#maker = strategyMaker(folder);
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
      const target = { quotaGroup: credential.group, ...defined(stated) };
      this.#targets.set(id, { ...target, id, provider: credential.provider });
    } catch (error) {
      this.errors.push({ about: { target: id }, message: messageOf(error) });
    }
  }

  target(id: string): TargetOptions | undefined {
    return this.#targets.get(id);
  }

  async addPool(pool: PoolConfig): Promise<void> {
    try {
      const strategy = await this.#maker.make(pool.strategy);
      const targets = this.#targetsOf(pool);
      this.#warnOfWeights(pool, strategy, targets);
      this.#warnOfRegions(pool, targets);
      this.pools.push(this.#served(pool, this.#balancer(pool, strategy)));
    } catch (error) {
      const at = error instanceof StrategyError ? { at: error.at } : {};
      this.errors.push({ about: { strategyOf: pool.name, ...at }, message: messageOf(error) });
    }
  }

  async change(config: Config): Promise<Difference> {
    const found = difference(this.config, config);
    const made = new Map<string, StrategyDefinition>();
    for (const pool of config.pools) {
      if (!found.pools.added.includes(pool.name) && !found.pools.rebuilt.includes(pool.name))
        continue;
      made.set(pool.name, await this.#maker.make(pool.strategy));
    }
    // From here on nothing waits, so that no request meets half a change.
    this.config = config;
    this.#targets.clear();
    const unused = this.#takeUnused(config);
    for (const target of config.targets) this.addTarget(target);
    const { balancers, replaced, drained } = changeBalancers({
      difference: found,
      after: config,
      balancers: new Map(this.pools.map(({ name, balancer }) => [name, balancer])),
      retired: this.#retired,
      targetOf: (id) => this.#targets.get(id)!,
      make: (pool) => this.#balancer(pool, made.get(pool.name)!),
    });
    this.pools = config.pools.map((pool) => this.#served(pool, balancers.get(pool.name)!));
    this.clients = config.clients && this.#clients(config.clients);
    for (const balancer of replaced) this.#retire(balancer);
    void drained.then(async () => {
      for (const { provider } of unused) await provider.close?.();
    });
    return found;
  }

  async connect(onError: (error: unknown) => void): Promise<void> {
    const { state } = this.config;
    if (state === undefined) return;
    this.#store =
      'sqlite' in state
        ? sqliteStore({ path: resolve(this.#folder, state.sqlite) })
        : this.#shared(state.redis, onError);
    this.owners.keepIn(this.#store, onError);
    this.#connection = await connectStore(this.#fleet, this.#store, { onError });
  }

  async close(): Promise<void> {
    const working = this.pools.map((pool) => pool.balancer);
    await Promise.all([...working, ...this.#retired].map((balancer) => balancer.close(0)));
    await this.#connection?.close();
    await this.#store?.close();
    this.#redis?.destroy();
    for (const { provider } of this.#credentials.values()) await provider.close?.();
  }

  #targetsOf(pool: PoolConfig): TargetConfig[] {
    return pool.targets.map((id) => this.config.targets.find((target) => target.id === id)!);
  }

  #balancer(pool: PoolConfig, strategy: StrategyDefinition): ServedPool['balancer'] {
    return balancer<WireRequest, WireHead, Uint8Array>({
      ...poolOptions(pool),
      strategy,
      targets: pool.targets.flatMap((id) => this.#targets.get(id) ?? []),
      fleet: this.#fleet,
    });
  }

  #served(pool: PoolConfig, made: ServedPool['balancer']): ServedPool {
    const targets = this.#targetsOf(pool);
    return {
      name: pool.name,
      accepts: pool.accepts,
      strategy: made.strategy,
      targets,
      balancer: made,
      residency: pool.residency,
      fairnessBound: pool.fairness.alertPast,
      spending: this.#spending,
      hashKey: pool.hashKey && hashKeyReader(pool.hashKey),
      rateLimits: this.#rateLimits(targets),
    };
  }

  /** Lets a balancer finish what it has, waiting requests and retries included, and then ends it. */
  #retire(old: ServedPool['balancer']): void {
    this.#retired.add(old);
    void whenQuiet(old).then(async () => {
      await old.close(0);
      this.#retired.delete(old);
    });
  }

  /** The credentials that no target of `config` has; they are forgotten. */
  #takeUnused(config: Config): Credential[] {
    const used = new Set(config.targets.map(credentialKey));
    const unused = [...this.#credentials].filter(([key]) => !used.has(key));
    for (const [key] of unused) this.#credentials.delete(key);
    return unused.map(([, credential]) => credential);
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
        limits: client.limits && this.#limitsOf(client.id, client.limits),
        spending: [
          ...(client.budget === undefined
            ? []
            : [this.#fleet.openBudget(['client', client.id], client.budget)]),
          ...(this.#spending ?? []),
        ],
      })),
    );
  }

  /** The same as long as they are the same, so that a reload gives no one a second minute. */
  #limitsOf(id: string, config: ClientLimitsConfig): ClientLimits {
    const known = this.#clientLimits.get(id);
    if (isDeepStrictEqual(known?.config, config)) return known!;
    const limits = new ClientLimits(config);
    this.#clientLimits.set(id, limits);
    return limits;
  }

  #rateLimits(targets: readonly TargetConfig[]): RateLimitHeaders | undefined {
    const groups = this.config.quotaGroups ?? {};
    const limited = targets.filter(
      ({ id, limits, quotaGroup }) =>
        limits !== undefined || Object.hasOwn(groups, quotaGroup ?? id),
    );
    if (limited.length === 0) return undefined;
    return new RateLimitHeaders(this.#fleet, new Set(limited.map(({ id }) => id)));
  }

  /** The adapter of a target; targets with the same credential for the same place share one. */
  #credential(config: TargetConfig): Credential {
    const { id, provider, apiKey, baseUrl, apiVersion, organization, project, simulate } = config;
    const key = credentialKey(config);
    const known = this.#credentials.get(key);
    if (known !== undefined) return known;
    const adapter =
      provider === 'simulated'
        ? simulated(simulate)
        : openai({
            preset: provider as PresetName,
            apiKey,
            baseUrl,
            apiVersion,
            organization,
            project,
          });
    const credential = { provider: adapter, group: this.#newGroup(id) };
    this.#credentials.set(key, credential);
    return credential;
  }

  /** `id`, unless a credential that it had before, and that others still have, goes by that name. */
  #newGroup(id: string): string {
    const taken = new Set([...this.#credentials.values()].map(({ group }) => group));
    let group = id;
    for (let count = 2; taken.has(group); count++) group = `${id}#${count}`;
    return group;
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

/** Equal for targets that share an adapter: without a key there is nothing to share. */
function credentialKey(target: TargetConfig): string {
  const { id, provider, apiKey, baseUrl, apiVersion, organization, project, simulate } = target;
  const owner = apiKey === undefined ? { id } : { apiKey };
  return JSON.stringify([owner, provider, baseUrl, apiVersion, organization, project, simulate]);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
