import type { Observed, ObservedPool } from '@plimsoll/core';

import { ANSWER_BOUNDS_SECONDS, Histogram, OVERHEAD_BOUNDS_SECONDS } from './histogram.ts';
import { Tally } from './tally.ts';

/** What became of the requests of one operation. */
export class OperationCounts {
  success = 0;
  failure = 0;
  aborted = 0;
  /** Of requests that were served. */
  readonly duration: Histogram = new Histogram(ANSWER_BOUNDS_SECONDS);
  /** Of streams that were served. */
  readonly firstContent: Histogram = new Histogram(ANSWER_BOUNDS_SECONDS);
}

/** Counts what one balancer tells and its `stats()` do not have. */
export class PoolWatch {
  readonly balancer: Observed;
  readonly fairnessBound: number | undefined;
  /** By operation; requests without one under the empty text. */
  readonly operations: Map<string, OperationCounts> = new Map();
  /** What the program itself took for requests of this pool. */
  readonly overhead: Histogram = new Histogram(OVERHEAD_BOUNDS_SECONDS);
  readonly failedAttempts: Tally<'target' | 'error_class'> = new Tally();
  readonly failovers: Tally<'from' | 'to' | 'reason'> = new Tally();
  readonly #stops: readonly (() => void)[];

  constructor(balancer: Observed, { fairnessBound }: ObservedPool) {
    this.balancer = balancer;
    this.fairnessBound = fairnessBound;
    this.#stops = [
      balancer.on('success', ({ operation, isStream, latencyMs, firstContentMs }) => {
        const counts = this.#of(operation);
        counts.success++;
        counts.duration.observe(latencyMs);
        if (isStream) counts.firstContent.observe(firstContentMs);
      }),
      balancer.on('failure', ({ operation }) => void this.#of(operation).failure++),
      balancer.on('aborted', ({ operation }) => void this.#of(operation).aborted++),
      balancer.on('attemptFailed', ({ target, failure }) =>
        this.failedAttempts.add({ target: target.id, error_class: failure.kind }),
      ),
      balancer.on('failover', ({ from, to, failure }) =>
        this.failovers.add({ from: from.id, to: to.id, reason: failure.kind }),
      ),
    ];
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  #of(operation = ''): OperationCounts {
    let counts = this.operations.get(operation);
    if (counts === undefined) {
      counts = new OperationCounts();
      this.operations.set(operation, counts);
    }
    return counts;
  }
}
