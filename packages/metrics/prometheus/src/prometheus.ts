import { optionError, type Observed, type ObservedPool } from '@plimsoll/core';

import { CONTENT_TYPE, exposition } from './exposition.ts';
import { metrics } from './metrics.ts';
import { PoolWatch } from './pool-watch.ts';
import { readPools, targetsOf } from './scrape.ts';
import { TargetWatch } from './target-watch.ts';

/** Options of `prometheusMetrics`. */
export interface PrometheusMetricsOptions {
  /** Before every metric's name: letters, digits, `_` and `:`, no digit first. @defaultValue `plimsoll_` */
  readonly prefix?: string;
  /** Labels of the metric `build_info`, such as `{ version: '1.2.3' }`. @defaultValue no such metric */
  readonly build?: Readonly<Record<string, string>>;
}

/** Metrics of balancers, for Prometheus to scrape. None of this throws or waits. */
export interface PrometheusMetrics {
  /** The `content-type` of what `render` gives. */
  readonly contentType: string;
  /**
   * Counts what `balancer` does from now on. One fleet's balancers may share targets; names of balancers must differ, and
   * ids of targets over fleets.
   *
   * @param pool - what is known of it besides.
   * @returns the way to stop that: its metrics are no longer rendered.
   */
  observe(balancer: Observed, pool?: ObservedPool): () => void;
  /** Counts an error of a store: as `onError` of `connectStore`, or called by it. */
  readonly onStoreError: () => void;
  /** Counts the time a program itself took for a request of `pool`, in milliseconds (>= 0). */
  readonly onOverhead: (pool: string, milliseconds: number) => void;
  /** Counts a configuration that was read anew, and whether it was put to work. */
  readonly onConfigReload: (isMade: boolean) => void;
  /** Everything as it stands, in Prometheus's text format. */
  render(): string;
}

/**
 * Makes metrics of balancers.
 *
 * @throws PlimsollError ERR_PLIMSOLL_OPTION when a name is not one that Prometheus accepts.
 */
export function prometheusMetrics(options: PrometheusMetricsOptions = {}): PrometheusMetrics {
  const { prefix = 'plimsoll_', build } = options;
  if (!/^(?:[a-zA-Z_:][\w:]*)?$/.test(prefix)) {
    const accepted = 'letters, digits, _ and :, no digit first';
    throw optionError('prometheusMetrics', 'prefix', accepted, prefix);
  }
  for (const label of Object.keys(build ?? {})) {
    if (/^(?!__)[a-zA-Z_]\w*$/.test(label)) continue;
    const accepted = 'labels of letters, digits and _, no digit first, not beginning with __';
    throw optionError('prometheusMetrics', 'build', accepted, label);
  }
  return new Exporter(prefix, build);
}

class Exporter implements PrometheusMetrics {
  readonly contentType: string = CONTENT_TYPE;
  readonly #prefix: string;
  readonly #build: PrometheusMetricsOptions['build'];
  /** By the name of the balancer. */
  readonly #watches = new Map<string, PoolWatch>();
  readonly #changes = new TargetWatch();
  readonly #reloads = { success: 0, failure: 0 };
  #storeErrors = 0;

  constructor(prefix: string, build: PrometheusMetricsOptions['build']) {
    this.#prefix = prefix;
    this.#build = build;
  }

  observe(balancer: Observed, pool: ObservedPool = {}): () => void {
    const watch = new PoolWatch(balancer, pool);
    const unwatch = this.#changes.watch(balancer);
    this.#watches.set(balancer.name, watch);
    return () => {
      watch.stop();
      unwatch();
      if (this.#watches.get(balancer.name) === watch) this.#watches.delete(balancer.name);
    };
  }

  readonly onStoreError = (): void => {
    this.#storeErrors++;
  };

  readonly onOverhead = (pool: string, milliseconds: number): void => {
    this.#watches.get(pool)?.overhead.observe(milliseconds);
  };

  readonly onConfigReload = (isMade: boolean): void => {
    this.#reloads[isMade ? 'success' : 'failure']++;
  };

  render(): string {
    const pools = readPools(this.#watches.values());
    const scrape = {
      pools,
      targets: targetsOf(pools),
      changes: this.#changes,
      storeErrors: this.#storeErrors,
      reloads: this.#reloads,
      build: this.#build,
    };
    return metrics
      .map((metric) => exposition(this.#prefix, metric, metric.samples(scrape)))
      .join('');
  }
}
