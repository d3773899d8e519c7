import type { Config, PoolConfig, TargetConfig } from './config.ts';
import { durationMs } from './duration.ts';
import { placedTargets } from './placed-targets.ts';
import type { FileConfig, FilePool, FileTarget } from './schema.ts';

/** The form that programs use: targets apart from pools, durations in milliseconds, defaults of the file filled in. */
export function compile(file: FileConfig): Config {
  return {
    targets: placedTargets(file).map(({ target }) => compileTarget(target)),
    pools: Object.entries(file.pools).map(([name, pool]) => compilePool(name, pool)),
    server: {
      host: file.server?.host ?? '127.0.0.1',
      port: file.server?.port ?? 8787,
      maxBodyBytes: file.server?.maxBodyBytes ?? 33_554_432,
    },
    log: { level: file.log?.level ?? 'info' },
  };
}

function compileTarget({ simulate, ...target }: FileTarget): TargetConfig {
  if (simulate === undefined) return target;
  const { firstToken, ...rest } = simulate;
  return { ...target, simulate: { ...rest, firstTokenMs: optionalMs(firstToken) } };
}

function compilePool(name: string, pool: FilePool): PoolConfig {
  const { breaker } = pool.health ?? {};
  const { retry = {} } = pool;
  const { use, ...options } =
    typeof pool.strategy === 'object' ? pool.strategy : { use: pool.strategy ?? 'round-robin' };
  return {
    name,
    accepts: [name],
    strategy: { use, options },
    targets: pool.targets.map((target) => (typeof target === 'string' ? target : target.id)),
    health: { breaker: { failures: breaker?.failures, resetMs: optionalMs(breaker?.reset) } },
    retry: {
      deadlineMs: optionalMs(retry.deadline),
      firstContentMs: optionalMs(retry.firstContent),
      idleMs: optionalMs(retry.idle),
      totalMs: optionalMs(retry.total),
      connectMs: optionalMs(retry.connect),
      budgetRatio: retry.budget,
    },
  };
}

function optionalMs(duration: string | number | undefined): number | undefined {
  return duration === undefined ? undefined : durationMs(duration);
}
