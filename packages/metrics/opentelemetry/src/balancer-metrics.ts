import type { ObservedLimit, ObservedTarget } from '@plimsoll/core';

import type { Attributes } from '@opentelemetry/api';

import { fairnessIndex } from './fairness.ts';
import { attribute, balancer, operationNames, unit } from './names.ts';
import type { Scrape } from './scrape.ts';

/** One value of a metric. */
export type Point = readonly [attributes: Attributes, value: number];

/** What only a balancer knows, read when OpenTelemetry asks. */
export interface BalancerMetric {
  readonly name: string;
  readonly kind: 'counter' | 'up_down_counter' | 'gauge';
  readonly unit: string;
  readonly description: string;
  readonly points: (scrape: Scrape) => Iterable<Point>;
}

const OUTCOMES = ['success', 'failure', 'aborted'] as const;
const STATES = ['healthy', 'half_open', 'open', 'cooling', 'draining'];

export const balancerMetrics: readonly BalancerMetric[] = [
  {
    name: balancer.requests,
    kind: 'counter',
    unit: unit.requests,
    description: 'Requests that ended, by what became of them.',
    *points({ pools }) {
      for (const { pool, watch } of pools) {
        for (const [operation, counts] of watch.operations) {
          const name = operationNames.get(operation) ?? operation;
          const of = name === '' ? {} : { [attribute.operation]: name };
          for (const outcome of OUTCOMES) {
            const attributes = { [attribute.pool]: pool, ...of, [attribute.outcome]: outcome };
            yield [attributes, counts[outcome]];
          }
        }
      }
    },
  },
  {
    name: balancer.attempts,
    kind: 'counter',
    unit: unit.attempts,
    description: 'Attempts that ended, by what became of them.',
    *points({ pools }) {
      for (const { pool, watch, stats } of pools) {
        const of = (target: string, outcome: string): Attributes => ({
          ...member(pool, target),
          [attribute.outcome]: outcome,
        });
        for (const { id, served, aborted } of stats.targets) {
          yield [of(id, 'success'), served];
          yield [of(id, 'aborted'), aborted];
        }
        for (const [{ target, errorType }, count] of watch.failedAttempts) {
          yield [{ ...of(target, 'failure'), [attribute.errorType]: errorType }, count];
        }
      }
    },
  },
  {
    name: balancer.failovers,
    kind: 'counter',
    unit: unit.failovers,
    description: 'Requests that another target took over, by the kind of failure that made it.',
    *points({ pools }) {
      for (const { pool, watch } of pools) {
        for (const [{ from, to, errorType }, count] of watch.failovers) {
          const attributes = {
            [attribute.pool]: pool,
            [attribute.from]: from,
            [attribute.to]: to,
            [attribute.errorType]: errorType,
          };
          yield [attributes, count];
        }
      }
    },
  },
  {
    name: balancer.tokens,
    kind: 'counter',
    unit: unit.tokens,
    description: 'Tokens of all attempts, whatever the operation, as the providers counted them.',
    *points({ pools }) {
      for (const { pool, stats } of pools) {
        for (const { id, inputTokens, outputTokens } of stats.targets) {
          const of = member(pool, id);
          yield [{ ...of, [attribute.tokenType]: 'input' }, inputTokens];
          yield [{ ...of, [attribute.tokenType]: 'output' }, outputTokens];
        }
      }
    },
  },
  {
    name: balancer.cost,
    kind: 'counter',
    unit: unit.usDollars,
    description: 'US dollars, of targets with a price.',
    *points({ pools }) {
      for (const { pool, stats } of pools) {
        for (const { id, costUsd } of stats.targets) yield [member(pool, id), costUsd];
      }
    },
  },
  {
    name: balancer.overhead,
    kind: 'counter',
    unit: unit.seconds,
    description: 'Time from the last byte of requests to their first attempts, added up.',
    *points({ program }) {
      for (const [pool, seconds] of program.overheadSeconds) {
        yield [{ [attribute.pool]: pool }, seconds];
      }
    },
  },
  {
    name: balancer.inFlight,
    kind: 'up_down_counter',
    unit: unit.attempts,
    description: 'Attempts under way; a stream is until its end.',
    points: ({ targets }) => targets.map(({ id, inFlight }) => [of(id), inFlight]),
  },
  {
    name: balancer.queueDepth,
    kind: 'up_down_counter',
    unit: unit.requests,
    description: 'Requests that wait for quota or concurrency.',
    points: ({ pools }) =>
      pools.map(({ pool, stats }) => [{ [attribute.pool]: pool }, stats.queued]),
  },
  {
    name: balancer.targetState,
    kind: 'gauge',
    unit: unit.ratio,
    description: '1 for the state a target is in, 0 for the others.',
    *points({ targets }) {
      for (const target of targets) {
        for (const state of STATES) {
          const attributes = { ...of(target.id), [attribute.state]: state };
          yield [attributes, target.state === state ? 1 : 0];
        }
      }
    },
  },
  {
    name: balancer.breakerTransitions,
    kind: 'counter',
    unit: unit.transitions,
    description: 'Changes of breakers, by the state they changed to.',
    *points({ changes }) {
      for (const [{ target, to }, count] of changes.breakerTransitions) {
        yield [{ ...of(target), [attribute.to]: to }, count];
      }
    },
  },
  {
    name: balancer.coolDowns,
    kind: 'counter',
    unit: unit.coolDowns,
    description: 'Cool-downs; reason is the kind of failure, or shared where another process told.',
    *points({ changes }) {
      for (const [{ target, scope, reason }, count] of changes.coolDowns) {
        const attributes = {
          ...of(target),
          [attribute.scope]: scope,
          [attribute.reason]: reason,
        };
        yield [attributes, count];
      }
    },
  },
  {
    name: balancer.rateLimitRemaining,
    kind: 'gauge',
    unit: unit.ratio,
    description: 'What is left of a limit; with scope group the targets of a quota group share it.',
    points: ({ targets }) => limits(targets, ({ limit, used }) => Math.max(0, limit - used)),
  },
  {
    name: balancer.rateLimitLimit,
    kind: 'gauge',
    unit: unit.ratio,
    description: 'Limits, stated, learned or told by the provider.',
    points: ({ targets }) => limits(targets, ({ limit }) => limit),
  },
  {
    name: balancer.selectionShare,
    kind: 'gauge',
    unit: unit.ratio,
    description: 'Part of the first picks since the start, 0 to 1.',
    *points({ pools }) {
      for (const { pool, stats } of pools) {
        for (const { id, share } of stats.targets) yield [member(pool, id), share];
      }
    },
  },
  {
    name: balancer.expectedShare,
    kind: 'gauge',
    unit: unit.ratio,
    description: 'The part that the strategy promises, over the same time, 0 to 1.',
    *points({ pools }) {
      for (const { pool, stats } of pools) {
        for (const { id, expectedShare } of stats.targets) {
          if (expectedShare !== undefined) yield [member(pool, id), expectedShare];
        }
      }
    },
  },
  {
    name: balancer.fairnessIndex,
    kind: 'gauge',
    unit: unit.ratio,
    description: 'Index of Jain of selection share over expected share: 1 where they agree.',
    *points({ pools }) {
      for (const { pool, stats } of pools) {
        const index = fairnessIndex(stats.targets);
        if (index !== undefined) yield [{ [attribute.pool]: pool }, index];
      }
    },
  },
  {
    name: balancer.fairnessBound,
    kind: 'gauge',
    unit: unit.ratio,
    description:
      'Largest difference of a share from the expected one that is no cause for an alert.',
    *points({ pools }) {
      for (const { pool, watch } of pools) {
        if (watch.fairnessBound !== undefined)
          yield [{ [attribute.pool]: pool }, watch.fairnessBound];
      }
    },
  },
  {
    name: balancer.affinityHits,
    kind: 'counter',
    unit: unit.requests,
    description: 'Requests with a key, by whether they went to the target that the key belongs to.',
    *points({ pools }) {
      for (const { pool, stats } of pools) {
        const to = (result: string) => ({ [attribute.pool]: pool, [attribute.result]: result });
        yield [to('home'), stats.affinity.home];
        yield [to('overflow'), stats.affinity.overflow];
      }
    },
  },
  {
    name: balancer.storeErrors,
    kind: 'counter',
    unit: unit.errors,
    description: 'Calls that the store of shared state refused or failed.',
    points: ({ program }) => [[{}, program.storeErrors]],
  },
  {
    name: balancer.configReloads,
    kind: 'counter',
    unit: unit.reloads,
    description: 'Configurations read anew, by whether they were put to work.',
    points: ({ program: { reloads } }) => [
      [{ [attribute.result]: 'success' }, reloads.success],
      [{ [attribute.result]: 'failure' }, reloads.failure],
    ],
  },
];

function member(pool: string, target: string): Attributes {
  return { [attribute.pool]: pool, [attribute.target]: target };
}

function of(target: string): Attributes {
  return { [attribute.target]: target };
}

function* limits(
  targets: readonly ObservedTarget[],
  value: (limit: ObservedLimit) => number,
): Generator<Point> {
  for (const { id, quotas } of targets) {
    for (const quota of quotas) {
      const attributes = {
        ...of(id),
        [attribute.scope]: quota.scope,
        [attribute.dimension]: quota.dimension,
        [attribute.window]: `${quota.windowMs / 1000}s`,
      };
      yield [attributes, value(quota)];
    }
  }
}
