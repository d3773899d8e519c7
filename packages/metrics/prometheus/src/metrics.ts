import type { ObservedLimit, ObservedTarget } from '@plimsoll/core';

import type { Metric, Sample } from './exposition.ts';
import { fairnessIndex } from './fairness.ts';
import type { Histogram } from './histogram.ts';
import type { Scrape } from './scrape.ts';

interface ReadableMetric extends Metric {
  readonly samples: (scrape: Scrape) => Iterable<Sample>;
}

const OUTCOMES = ['success', 'failure', 'aborted'] as const;
const STATES = ['healthy', 'half_open', 'open', 'cooling', 'draining'];

/** All metrics, in the order in which they are written. */
export const metrics: readonly ReadableMetric[] = [
  {
    name: 'requests_total',
    type: 'counter',
    help: 'Requests that ended, by what became of them.',
    *samples({ pools }) {
      for (const { pool, watch } of pools) {
        for (const [operation, counts] of watch.operations) {
          for (const outcome of OUTCOMES) yield [{ pool, operation, outcome }, counts[outcome]];
        }
      }
    },
  },
  {
    name: 'attempts_total',
    type: 'counter',
    help: 'Attempts that ended, by what became of them; error_class is the kind of a failure.',
    *samples({ pools }) {
      for (const { pool, watch, stats } of pools) {
        for (const { id: target, served, aborted } of stats.targets) {
          const labels = (outcome: string) => ({ pool, target, outcome, error_class: '' });
          yield [labels('success'), served];
          yield [labels('aborted'), aborted];
        }
        for (const [{ target, error_class }, count] of watch.failedAttempts) {
          yield [{ pool, target, outcome: 'failure', error_class }, count];
        }
      }
    },
  },
  {
    name: 'request_duration_seconds',
    type: 'histogram',
    help: 'From the start of a request to its last byte, waiting and failed attempts included; served requests only.',
    samples: (scrape) => histograms(scrape, 'duration'),
  },
  {
    name: 'time_to_first_token_seconds',
    type: 'histogram',
    help: 'From the start of a request to its first content, waiting and failed attempts included; served streams only.',
    samples: (scrape) => histograms(scrape, 'firstContent'),
  },
  {
    name: 'overhead_seconds',
    type: 'histogram',
    help: 'From the last byte of a request to the start of its first attempt: the time of the program itself.',
    *samples({ pools }) {
      for (const { pool, watch } of pools) yield* buckets({ pool }, watch.overhead);
    },
  },
  {
    name: 'tokens_total',
    type: 'counter',
    help: 'Tokens, as the providers counted them.',
    *samples({ pools }) {
      for (const { pool, stats } of pools) {
        for (const { id: target, inputTokens, outputTokens } of stats.targets) {
          yield [{ pool, target, type: 'input' }, inputTokens];
          yield [{ pool, target, type: 'output' }, outputTokens];
        }
      }
    },
  },
  {
    name: 'cost_usd_total',
    type: 'counter',
    help: 'US dollars, of targets with a price.',
    *samples({ pools }) {
      for (const { pool, stats } of pools) {
        for (const { id: target, costUsd } of stats.targets) yield [{ pool, target }, costUsd];
      }
    },
  },
  {
    name: 'in_flight',
    type: 'gauge',
    help: 'Attempts under way; a stream is until its end.',
    samples: ({ targets }) => targets.map(({ id, inFlight }) => [{ target: id }, inFlight]),
  },
  {
    name: 'queue_depth',
    type: 'gauge',
    help: 'Requests that wait for quota or concurrency.',
    samples: ({ pools }) => pools.map(({ pool, stats }) => [{ pool }, stats.queued]),
  },
  {
    name: 'target_state',
    type: 'gauge',
    help: '1 for the state a target is in, 0 for the others.',
    *samples({ targets }) {
      for (const target of targets) {
        for (const state of STATES) {
          yield [{ target: target.id, state }, target.state === state ? 1 : 0];
        }
      }
    },
  },
  {
    name: 'breaker_transitions_total',
    type: 'counter',
    help: 'Changes of breakers, by the state they changed to.',
    samples: ({ changes }) => changes.breakerTransitions,
  },
  {
    name: 'cooldowns_total',
    type: 'counter',
    help: 'Cool-downs; reason is the kind of failure, or shared where another process told of it.',
    samples: ({ changes }) => changes.coolDowns,
  },
  {
    name: 'failovers_total',
    type: 'counter',
    help: 'Requests that another target took over, by the kind of failure that made it.',
    *samples({ pools }) {
      for (const { pool, watch } of pools) {
        for (const [labels, count] of watch.failovers) yield [{ pool, ...labels }, count];
      }
    },
  },
  {
    name: 'ratelimit_remaining',
    type: 'gauge',
    help: 'What is left of a limit; with scope group it is shared by the targets of a quota group.',
    samples: ({ targets }) => limits(targets, ({ limit, used }) => Math.max(0, limit - used)),
  },
  {
    name: 'ratelimit_limit',
    type: 'gauge',
    help: 'Limits, stated, learned or told by the provider.',
    samples: ({ targets }) => limits(targets, ({ limit }) => limit),
  },
  {
    name: 'selection_share',
    type: 'gauge',
    help: 'Part of the first picks since the start, 0 to 1.',
    *samples({ pools }) {
      for (const { pool, stats } of pools) {
        for (const { id: target, share } of stats.targets) yield [{ pool, target }, share];
      }
    },
  },
  {
    name: 'expected_share',
    type: 'gauge',
    help: 'The part that the strategy promises, over the same time, 0 to 1.',
    *samples({ pools }) {
      for (const { pool, stats } of pools) {
        for (const { id: target, expectedShare } of stats.targets) {
          if (expectedShare !== undefined) yield [{ pool, target }, expectedShare];
        }
      }
    },
  },
  {
    name: 'fairness_index',
    type: 'gauge',
    help: 'Index of Jain of selection_share over expected_share: 1 where they agree, 1/n where one of n gets all.',
    *samples({ pools }) {
      for (const { pool, stats } of pools) {
        const index = fairnessIndex(stats.targets);
        if (index !== undefined) yield [{ pool }, index];
      }
    },
  },
  {
    name: 'fairness_bound',
    type: 'gauge',
    help: 'Largest difference of selection_share from expected_share that is no cause for an alert.',
    *samples({ pools }) {
      for (const { pool, watch } of pools) {
        if (watch.fairnessBound !== undefined) yield [{ pool }, watch.fairnessBound];
      }
    },
  },
  {
    name: 'affinity_hits_total',
    type: 'counter',
    help: 'Requests with a key, by whether they went to the target that the key belongs to.',
    *samples({ pools }) {
      for (const { pool, stats } of pools) {
        yield [{ pool, result: 'home' }, stats.affinity.home];
        yield [{ pool, result: 'overflow' }, stats.affinity.overflow];
      }
    },
  },
  {
    name: 'store_errors_total',
    type: 'counter',
    help: 'Calls that the store of shared state refused or failed.',
    samples: ({ storeErrors }) => [[{}, storeErrors]],
  },
  {
    name: 'config_reloads_total',
    type: 'counter',
    help: 'Configurations read anew, by whether they were put to work.',
    samples: ({ reloads }) => [
      [{ result: 'success' }, reloads.success],
      [{ result: 'failure' }, reloads.failure],
    ],
  },
  {
    name: 'build_info',
    type: 'gauge',
    help: 'Always 1; the labels say what runs.',
    samples: ({ build }) => (build === undefined ? [] : [[build, 1]]),
  },
];

function* histograms({ pools }: Scrape, which: 'duration' | 'firstContent'): Generator<Sample> {
  for (const { pool, watch } of pools) {
    for (const [operation, counts] of watch.operations) {
      yield* buckets({ pool, operation }, counts[which]);
    }
  }
}

function* buckets(
  labels: Readonly<Record<string, string>>,
  { boundsSeconds, counts, sumSeconds }: Histogram,
): Generator<Sample> {
  let count = 0;
  for (const [index, bound] of [...boundsSeconds, Infinity].entries()) {
    count += counts[index]!;
    yield [{ ...labels, le: bound === Infinity ? '+Inf' : String(bound) }, count, '_bucket'];
  }
  yield [labels, sumSeconds, '_sum'];
  yield [labels, count, '_count'];
}

function* limits(
  targets: readonly ObservedTarget[],
  value: (limit: ObservedLimit) => number,
): Generator<Sample> {
  for (const { id: target, quotas } of targets) {
    for (const quota of quotas) {
      const { scope, dimension, windowMs } = quota;
      yield [{ target, scope, dimension, window: `${windowMs / 1000}s` }, value(quota)];
    }
  }
}
