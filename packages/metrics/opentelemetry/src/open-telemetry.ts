import {
  type BatchObservableResult,
  type Meter,
  type MeterProvider,
  metrics,
  type Observable,
} from '@opentelemetry/api';
import { optionError, type Observed, type ObservedPool } from '@plimsoll/core';

import { type BalancerMetric, balancerMetrics } from './balancer-metrics.ts';
import { CurrentGenAi } from './current-gen-ai.ts';
import type { GenAi } from './gen-ai.ts';
import { SCOPE } from './names.ts';
import { OlderGenAi } from './older-gen-ai.ts';
import { PoolWatch } from './pool-watch.ts';
import { type ProgramCounts, readPools, targetsOf } from './scrape.ts';
import type { ProviderOf } from './series.ts';
import { TargetWatch } from './target-watch.ts';

/** Options of `openTelemetryMetrics`. */
export interface OpenTelemetryMetricsOptions {
  /** Whom to tell. @defaultValue the provider that is registered globally when `openTelemetryMetrics` is called */
  readonly meterProvider?: MeterProvider;
  /**
   * Which names of the GenAI conventions to use: `current`, those since May 2026, or `older`, those up to version 1.41.0
   * of the semantic conventions.
   * @defaultValue 'current'
   */
  readonly names?: 'current' | 'older';
  /**
   * Whose models a target has, as `gen_ai.provider.name` has it: `openai`, `anthropic`. For programs that make their own
   * calls through `run`: their targets have no adapter that knows.
   * @defaultValue the adapter's name, as the conventions write it; `unknown` without an adapter
   */
  readonly providerOf?: ProviderOf;
}

/** Metrics of balancers, for OpenTelemetry. None of this throws or waits. */
export interface OpenTelemetryMetrics {
  /**
   * Counts what `balancer` does from now on. One fleet's balancers may share targets; names of balancers must differ, and
   * ids of targets over fleets.
   *
   * @param pool - what is known of it besides.
   * @returns the way to stop that.
   */
  observe(balancer: Observed, pool?: ObservedPool): () => void;
  /** Counts an error of a store: as `onError` of `connectStore`, or called by it. */
  readonly onStoreError: () => void;
  /** Adds up the time a program itself took for a request of `pool`, in milliseconds (>= 0). */
  readonly onOverhead: (pool: string, milliseconds: number) => void;
  /** Counts a configuration that was read anew, and whether it was put to work. */
  readonly onConfigReload: (isMade: boolean) => void;
}

/**
 * Makes metrics of balancers.
 *
 * @throws PlimsollError ERR_PLIMSOLL_OPTION when `names` is neither of the two.
 */
export function openTelemetryMetrics(
  options: OpenTelemetryMetricsOptions = {},
): OpenTelemetryMetrics {
  const { meterProvider = metrics.getMeterProvider(), names = 'current' } = options;
  if (names !== 'current' && names !== 'older') {
    throw optionError('openTelemetryMetrics', 'names', 'current or older', names);
  }
  return new Teller(meterProvider.getMeter(SCOPE), names, options.providerOf ?? (() => undefined));
}

class Teller implements OpenTelemetryMetrics {
  readonly #genAi: GenAi;
  readonly #providerOf: ProviderOf;
  readonly #instruments: readonly { metric: BalancerMetric; observable: Observable }[];
  readonly #watches = new Set<PoolWatch>();
  readonly #changes = new TargetWatch();
  readonly #overheadSeconds = new Map<string, number>();
  readonly #reloads = { success: 0, failure: 0 };
  #storeErrors = 0;

  constructor(meter: Meter, names: 'current' | 'older', providerOf: ProviderOf) {
    this.#genAi = names === 'current' ? new CurrentGenAi(meter) : new OlderGenAi(meter);
    this.#providerOf = providerOf;
    this.#instruments = balancerMetrics.map((metric) => ({
      metric,
      observable: instrument(meter, metric),
    }));
    const observables = this.#instruments.map(({ observable }) => observable);
    meter.addBatchObservableCallback(
      (result) => this.#observe(result),
      [...observables, ...this.#genAi.observables],
    );
  }

  observe(balancer: Observed, pool: ObservedPool = {}): () => void {
    const watch = new PoolWatch(balancer, pool, this.#genAi, this.#providerOf);
    const unwatch = this.#changes.watch(balancer);
    this.#watches.add(watch);
    return () => {
      watch.stop();
      unwatch();
      this.#watches.delete(watch);
    };
  }

  readonly onStoreError = (): void => {
    this.#storeErrors++;
  };

  readonly onOverhead = (pool: string, milliseconds: number): void => {
    const seconds = this.#overheadSeconds.get(pool) ?? 0;
    this.#overheadSeconds.set(pool, seconds + milliseconds / 1000);
  };

  readonly onConfigReload = (isMade: boolean): void => {
    this.#reloads[isMade ? 'success' : 'failure']++;
  };

  #observe(result: BatchObservableResult): void {
    const pools = readPools(this.#watches);
    const program: ProgramCounts = {
      storeErrors: this.#storeErrors,
      reloads: this.#reloads,
      overheadSeconds: this.#overheadSeconds,
    };
    const scrape = { pools, targets: targetsOf(pools), changes: this.#changes, program };
    for (const { metric, observable } of this.#instruments) {
      for (const [attributes, value] of metric.points(scrape)) {
        result.observe(observable, value, attributes);
      }
    }
    for (const { watch } of pools) {
      for (const series of watch.series) this.#genAi.observe(result, series);
    }
  }
}

function instrument(meter: Meter, { kind, name, unit, description }: BalancerMetric): Observable {
  const options = { unit, description };
  switch (kind) {
    case 'counter':
      return meter.createObservableCounter(name, options);
    case 'up_down_counter':
      return meter.createObservableUpDownCounter(name, options);
    case 'gauge':
      return meter.createObservableGauge(name, options);
  }
}
