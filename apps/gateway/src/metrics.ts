import type { Balancer } from '@plimsoll/balancer';

import type { Exchange } from './exchange.ts';
import { badRequest } from './openai-error.ts';
import type { ServedPool } from './pool-directory.ts';

/** What turns the doings of balancers into a page of metrics. */
export interface Exporter {
  readonly contentType: string;
  observe(balancer: Pick<Balancer, 'name' | 'on' | 'stats'>): () => void;
  readonly onStoreError: () => void;
  render(): string;
}

/** The metrics of the pools that a gateway has at the moment. */
export class PoolMetrics {
  readonly exporter: Exporter;
  readonly #stops = new Map<ServedPool['balancer'], () => void>();

  constructor(exporter: Exporter) {
    this.exporter = exporter;
  }

  /** Observes the balancers of these pools from now on, and no others. */
  follow(pools: readonly ServedPool[]): void {
    const balancers = new Set(pools.map(({ balancer }) => balancer));
    for (const [balancer, stop] of this.#stops) {
      if (balancers.has(balancer)) continue;
      stop();
      this.#stops.delete(balancer);
    }
    for (const balancer of balancers) {
      if (!this.#stops.has(balancer)) this.#stops.set(balancer, this.exporter.observe(balancer));
    }
  }
}

/** Answers Prometheus. */
export function serveMetrics(exchange: Exchange): void {
  const { metrics } = exchange.state;
  if (metrics === undefined) {
    const message = 'The configuration says metrics.prometheus: false.';
    exchange.answerError(badRequest(404, 'unknown_path', message));
    return;
  }
  const { contentType } = metrics.exporter;
  exchange.answerText(200, contentType, metrics.exporter.render());
}
