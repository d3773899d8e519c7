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
import type {
  ClientConfig,
  ClientLimitsConfig,
  Config,
  PoolConfig,
  TargetConfig,
} from '@plimsoll/config';
import type {
  Provider,
  Spending,
  Store,
  StrategyDefinition,
  WireHead,
  WireRequest,
} from '@plimsoll/core';

import { ClientDirectory } from './client-directory.ts';
import { ClientLimits } from './client-limits.ts';
import { Credentials } from './credentials.ts';
import { defined } from './defined.ts';
import { hashKeyReader } from './hash-key.ts';
import { changeBalancers } from './live/change-balancers.ts';
import { type Difference, difference } from './live/difference.ts';
import { whenQuiet } from './live/quiet.ts';
import { Owners } from './openai/owners.ts';
import type { ServedPool } from './pool-directory.ts';
import { poolOptions } from './pool-options.ts';
import { poolWarnings } from './pool-warnings.ts';
import { RateLimitHeaders } from './rate-limit-headers.ts';
import type { Remark } from './remark.ts';
import { StrategyError, StrategyMaker } from './strategy-maker.ts';
import type { StrategyFactory } from './strategy-package.ts';

/** What a composition is made of that only plugins can make. */
export interface Plugins {
  /** By the names that need no package of their own. */
  readonly strategies: ReadonlyMap<string, StrategyFactory>;
  /** The adapter of a target. @throws PlimsollError when it does not accept what is stated. */
  readonly provider: (config: TargetConfig) => Provider;
  readonly sqlite: (path: string) => OpenStore;
  readonly redis: (url: string, onError: (error: unknown) => void) => OpenStore;
  /** Whether it is known where a region is. */
  readonly isPlace: (region: string) => boolean;
}

/** A store, and the way to end it with all it needs. */
export interface OpenStore {
  readonly store: Store;
  readonly close: () => Promise<void>;
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

/** Makes what a configuration describes, of the plugins that it is given, and changes it. */
export class Composer implements Composition {
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
  readonly #plugins: Plugins;
  readonly #credentials: Credentials;
  readonly #clientLimits = new Map<string, ClientLimits>();
  /** Balancers that finish what they have. */
  readonly #retired = new Set<ServedPool['balancer']>();
  #store: OpenStore | undefined = undefined;
  #connection: StoreConnection | undefined = undefined;

  constructor(config: Config, folder: string, plugins: Plugins) {
    this.config = config;
    this.#folder = folder;
    this.#plugins = plugins;
    this.#credentials = new Credentials(plugins.provider);
    this.#maker = new StrategyMaker(plugins.strategies, folder);
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
      const credential = this.#credentials.of(config);
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
      this.warnings.push(...poolWarnings(pool, strategy, targets, this.#plugins.isPlace));
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
    const unused = this.#credentials.takeUnused(config.targets);
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
        ? this.#plugins.sqlite(resolve(this.#folder, state.sqlite))
        : this.#plugins.redis(state.redis, onError);
    const { store } = this.#store;
    this.owners.keepIn(store, onError);
    this.#connection = await connectStore(this.#fleet, store, { onError });
  }

  async close(): Promise<void> {
    const working = this.pools.map((pool) => pool.balancer);
    await Promise.all([...working, ...this.#retired].map((balancer) => balancer.close(0)));
    await this.#connection?.close();
    await this.#store?.close();
    await this.#credentials.close();
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
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
