import {
  compileExpression,
  type Config,
  type OtlpConfig,
  type StrategyName,
} from '@plimsoll/config';
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
import { Composer, type Composition, type Plugins } from './composition.ts';
import { type Exporter, together } from './metrics.ts';
import { StrategyMaker } from './strategy-maker.ts';
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

const plugins: Plugins = {
  strategies: new Map(Object.entries(strategies)),
  provider: ({ provider, simulate, apiKey, baseUrl, apiVersion, organization, project }) =>
    provider === 'simulated'
      ? simulated(simulate)
      : openai({
          preset: provider as PresetName,
          apiKey,
          baseUrl,
          apiVersion,
          organization,
          project,
        }),
  sqlite(path) {
    const store = sqliteStore({ path });
    return { store, close: () => store.close() };
  },
  // A Redis that cannot be reached is no reason not to start: the client goes on trying.
  redis(url, onError) {
    const client = createClient({ url });
    client.on('error', onError);
    client.connect().catch(onError);
    const store = redisStore({ client, onError });
    return {
      store,
      async close() {
        await store.close();
        client.destroy();
      },
    };
  },
  isPlace: (region) => places.has(region),
};

/** Makes the pools that `config` describes. Packages and files are looked up from `folder`. */
export async function compose(config: Config, folder: string): Promise<Composition> {
  const composer = new Composer(config, folder, plugins);
  for (const target of config.targets) composer.addTarget(target);
  for (const pool of config.pools) await composer.addPool(pool);
  return composer;
}

/** Makes strategies of their configuration; packages and files are looked up from `folder`. */
export function strategyMaker(folder: string): StrategyMaker {
  return new StrategyMaker(plugins.strategies, folder);
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
