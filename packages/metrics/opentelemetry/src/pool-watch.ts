import type { Observed, ObservedEvents, ObservedPool } from '@plimsoll/core';

import type { GenAi } from './gen-ai.ts';
import { type ProviderOf, SeriesBook } from './series.ts';
import { Tally } from './tally.ts';

/** What became of the requests of one operation. */
export class OperationCounts {
  success = 0;
  failure = 0;
  aborted = 0;
}

/** Counts what one balancer tells and its `stats()` do not have, and hands its requests on to the GenAI metrics. */
export class PoolWatch {
  readonly balancer: Observed;
  readonly fairnessBound: number | undefined;
  /** By operation; requests without one under the empty text. */
  readonly operations: Map<string, OperationCounts> = new Map();
  readonly failedAttempts: Tally<'target' | 'errorType'> = new Tally();
  readonly failovers: Tally<'from' | 'to' | 'errorType'> = new Tally();
  readonly series: SeriesBook;
  readonly #genAi: GenAi;
  readonly #stops: readonly (() => void)[];

  constructor(
    balancer: Observed,
    { fairnessBound }: ObservedPool,
    genAi: GenAi,
    providerOf: ProviderOf,
  ) {
    this.balancer = balancer;
    this.fairnessBound = fairnessBound;
    this.series = new SeriesBook(balancer.name, providerOf);
    this.#genAi = genAi;
    this.#stops = [
      balancer.on('success', (event) => this.#onSuccess(event)),
      balancer.on('failure', (event) => this.#onFailure(event)),
      balancer.on('aborted', ({ operation }) => void this.#of(operation).aborted++),
      balancer.on('attemptFailed', ({ target, failure }) =>
        this.failedAttempts.add({ target: target.id, errorType: failure.kind }),
      ),
      balancer.on('failover', ({ from, to, failure }) =>
        this.failovers.add({ from: from.id, to: to.id, errorType: failure.kind }),
      ),
    ];
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  #onSuccess(event: ObservedEvents['success']): void {
    const { operation, target, model, usage } = event;
    this.#of(operation).success++;
    if (operation === undefined) return;
    const series = this.series.of(operation, target, model);
    if (usage !== undefined) series.add(usage);
    this.#genAi.served(event, series);
  }

  /** A request for which no attempt was made is none to a model. */
  #onFailure({ operation, target, failure, code, latencyMs }: ObservedEvents['failure']): void {
    this.#of(operation).failure++;
    if (operation === undefined || target === undefined) return;
    const series = this.series.of(operation, target, undefined);
    this.#genAi.failed(latencyMs, failure?.kind ?? code, series);
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
