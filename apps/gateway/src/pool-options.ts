import {
  type BalancerOptions,
  bayesianFailures,
  breaker,
  consecutiveFailures,
  failureRate,
  outliers,
} from '@plimsoll/balancer';
import type { BreakerConfig, HealthConfig, PoolConfig } from '@plimsoll/config';
import type { HealthDefinition, Request, WireRequest } from '@plimsoll/core';

import { defined } from './defined.ts';

/** A pool's policies as the engine takes them; nothing where the configuration leaves them to it. */
export function poolOptions(
  pool: PoolConfig,
): Omit<BalancerOptions, 'strategy' | 'targets' | 'fleet'> {
  const { budgetRatio, policyFailover, ...timeouts } = pool.retry;
  const { probe, slowStart, panicRatio } = pool.health;
  return defined({
    name: pool.name,
    timeouts: defined(timeouts),
    retry: defined({ budgetRatio, policyFailover }),
    health: healthOf(pool.health.breaker),
    slowStart: slowStart === undefined || slowStart === false ? slowStart : defined(slowStart),
    panicRatio,
    hedge: pool.hedge && defined(pool.hedge),
    rescue: pool.rescue && defined(pool.rescue),
    queue: pool.queue && defined(pool.queue),
    budget: pool.budget,
    probe: probe && {
      everyMs: probe.everyMs,
      ...defined({
        timeoutMs: probe.timeoutMs,
        request: probe.request && requestOf(probe.request),
      }),
    },
  });
}

/** How the pool's targets are judged; undefined where nothing is stated, so that pools share the engine's own way. */
function healthOf(config: BreakerConfig): HealthDefinition | undefined {
  const { failures, byKind, rate, bayesian, outliers: compared, ...rest } = config;
  if (Object.values(config).every((value) => value === undefined)) return undefined;
  const trip = [consecutiveFailures(defined({ failures, byKind }))];
  if (rate !== undefined) trip.push(failureRate(defined(rate)));
  if (bayesian !== undefined) trip.push(bayesianFailures(defined(bayesian)));
  if (compared !== undefined) trip.push(outliers(defined(compared)));
  return breaker({ trip, ...defined(rest) });
}

type ProbeRequest = NonNullable<NonNullable<HealthConfig['probe']>['request']>;

/** A streamed completion, so that the time to the first content is measured. */
function requestOf({ prompt, model = '*', maxTokens = 1 }: ProbeRequest): Request<WireRequest> {
  return {
    operation: 'chat',
    isStream: true,
    inputTokens: Math.ceil(prompt.length / 4),
    maxOutputTokens: maxTokens,
    payload: {
      dialect: 'openai',
      path: '/chat/completions',
      json: {
        model,
        messages: [{ role: 'user', content: prompt }],
        max_tokens: maxTokens,
        stream: true,
      },
    },
  };
}
