import { compilePool } from './compile-pool.ts';
import { compileLimits, compileTarget } from './compile-target.ts';
import type { ClientConfig, Config, MetricsConfig, StateConfig } from './config.ts';
import { durationMs } from './duration.ts';
import { placedTargets } from './placed-targets.ts';
import type { FileClient, FileConfig } from './schema.ts';

/** The form that programs use: targets apart from pools, durations in milliseconds, defaults of the file filled in. */
export function compile(file: FileConfig): Config {
  const { state } = file;
  const placed = placedTargets(file).map(({ target }) => target);
  return {
    targets: placed.map(compileTarget),
    pools: Object.entries(file.pools).map(([name, pool]) => compilePool(name, pool)),
    quotaGroups:
      file.quotaGroups &&
      Object.fromEntries(
        Object.entries(file.quotaGroups).map(([name, limits]) => {
          const members = placed.filter(({ quotaGroup }) => quotaGroup === name);
          return [name, compileLimits(limits, members)];
        }),
      ),
    clients: file.clients?.map(compileClient),
    budget: file.budgets,
    state: compileState(state),
    server: {
      host: file.server?.host ?? '127.0.0.1',
      port: file.server?.port ?? 8787,
      maxBodyBytes: file.server?.maxBodyBytes ?? 33_554_432,
      maxConnections: file.server?.maxConnections ?? 10_000,
      // What `${PLIMSOLL_ADMIN_TOKEN:-}` gives where the variable is not set is no token.
      adminToken: file.server?.admin?.token || undefined,
      adminHosts: (file.server?.admin?.hosts ?? []).map((name) => name.toLowerCase()),
    },
    metrics: compileMetrics(file.metrics ?? {}),
    log: { level: file.log?.level ?? 'info' },
  };
}

function compileMetrics({
  prometheus = true,
  token,
  otlp,
}: NonNullable<FileConfig['metrics']>): MetricsConfig {
  return {
    prometheus,
    token: token || undefined,
    otlp: otlp && {
      endpoint: otlp.endpoint,
      headers: otlp.headers ?? {},
      intervalMs: durationMs(otlp.interval ?? '60s'),
      names: otlp.names ?? 'current',
    },
  };
}

function compileState(state: FileConfig['state']): StateConfig | undefined {
  if (state === undefined) return undefined;
  if (state === 'sqlite') return { sqlite: './plimsoll.db' };
  return state.redis === undefined ? { sqlite: state.sqlite! } : { redis: state.redis };
}

function compileClient({ keySha256, may = [], ...client }: FileClient): ClientConfig {
  return { ...client, keySha256: keySha256.toLowerCase(), may };
}
