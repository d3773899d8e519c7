import type { BreakerConfig, HealthConfig, PoolConfig } from './config.ts';
import { durationMs, optionalMs } from './duration.ts';
import type { FilePool } from './schema.ts';
import { compileStrategy } from './strategy-tree.ts';

/** How far a target's share may be from the expected one where the file does not say. */
export const ALERT_PAST = 0.1;

export function compilePool(name: string, pool: FilePool): PoolConfig {
  const { retry = {}, hedge, rescue, queue, hash, residency, budget, fairness = {} } = pool;
  return {
    name,
    accepts: [name],
    strategy: compileStrategy(pool.strategy ?? 'round-robin', hash?.bound),
    targets: pool.targets.map((target) => (typeof target === 'string' ? target : target.id)),
    health: compileHealth(pool.health ?? {}),
    retry: {
      deadlineMs: optionalMs(retry.deadline),
      firstContentMs: optionalMs(retry.firstContent),
      idleMs: optionalMs(retry.idle),
      totalMs: optionalMs(retry.total),
      connectMs: optionalMs(retry.connect),
      budgetRatio: retry.budget,
      policyFailover: retry.policyFailover,
    },
    hedge: compileHedge(hedge),
    rescue: rescue === 'never' ? undefined : rescue === 'continue' ? {} : rescue,
    queue: queue && { maxWaitMs: optionalMs(queue.maxWait), maxLength: queue.maxLength },
    hashKey: hash?.key,
    residency,
    budget,
    fairness: { alertPast: fairness.alertPast ?? ALERT_PAST },
  };
}

function compileHealth({
  breaker = {},
  probe,
  slowStart,
  panic,
}: NonNullable<FilePool['health']>): HealthConfig {
  return {
    breaker: compileBreaker(breaker),
    probe: probe && {
      everyMs: durationMs(probe.every),
      timeoutMs: optionalMs(probe.timeout),
      request: probe.request,
    },
    slowStart: compileSlowStart(slowStart),
    panicRatio: panic,
  };
}

function compileSlowStart(
  slowStart: NonNullable<FilePool['health']>['slowStart'],
): HealthConfig['slowStart'] {
  if (slowStart === undefined) return undefined;
  if (slowStart === 'never') return false;
  if (typeof slowStart !== 'object') return { windowMs: durationMs(slowStart) };
  const { window, ...rest } = slowStart;
  return { windowMs: optionalMs(window), ...rest };
}

function compileBreaker({
  reset,
  maxReset,
  rate,
  bayesian,
  outliers,
  ...rest
}: NonNullable<NonNullable<FilePool['health']>['breaker']>): BreakerConfig {
  return {
    ...rest,
    resetMs: optionalMs(reset),
    maxResetMs: optionalMs(maxReset),
    rate: rate && {
      maxRatio: rate.maxRatio,
      windowMs: optionalMs(rate.window),
      minAttempts: rate.minAttempts,
    },
    bayesian: bayesian && {
      maxProbability: bayesian.maxProbability,
      deviations: bayesian.deviations,
      halfLifeMs: optionalMs(bayesian.halfLife),
    },
    outliers: outliers && {
      deviations: outliers.deviations,
      intervalMs: optionalMs(outliers.interval),
      minTargets: outliers.minTargets,
      minAttempts: outliers.minAttempts,
    },
  };
}

function compileHedge(hedge: FilePool['hedge']): PoolConfig['hedge'] {
  if (hedge === undefined || hedge === 'never') return undefined;
  const { after, budget } = hedge;
  if (typeof after === 'string' && after.startsWith('p')) {
    return {
      afterQuantile: Number((Number(after.slice(1)) / 100).toFixed(6)),
      budgetRatio: budget,
    };
  }
  return { afterMs: durationMs(after), budgetRatio: budget };
}
