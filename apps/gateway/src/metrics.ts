import type { Balancer } from '@plimsoll/balancer';

import { BearerToken } from './bearer-token.ts';
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
  /** What opens the page; undefined where it is open. */
  readonly token: BearerToken | undefined;
  readonly #stops = new Map<ServedPool['balancer'], () => void>();

  constructor(exporter: Exporter, token: string | undefined) {
    this.exporter = exporter;
    this.token = token === undefined ? undefined : new BearerToken(token);
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
  if (metrics.token?.opens(exchange.req.headers.authorization) === false) {
    const message =
      'The metrics want the token of metrics.token, as the header `authorization: Bearer TOKEN`.';
    const headers = ['www-authenticate', 'Bearer'];
    exchange.answerError(badRequest(401, 'invalid_metrics_token', message, { headers }));
    return;
  }
  const { contentType } = metrics.exporter;
  exchange.answerText(200, contentType, metrics.exporter.render());
}
