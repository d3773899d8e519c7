import type { Balancer } from '@plimsoll/balancer';

import { BearerToken } from './bearer-token.ts';
import type { Exchange } from './exchange.ts';
import { badRequest } from './openai-error.ts';
import type { ServedPool } from './pool-directory.ts';

/** Where the doings of balancers, and of the gateway around them, are told. */
export interface Exporter {
  observe(
    balancer: Pick<Balancer, 'name' | 'on' | 'stats'>,
    pool: Pick<ServedPool, 'fairnessBound'>,
  ): () => void;
  readonly onStoreError: () => void;
  readonly onOverhead: (pool: string, milliseconds: number) => void;
  readonly onConfigReload: (isMade: boolean) => void;
  /** What `/metrics` answers with; undefined where there is no such page. */
  readonly page: Page | undefined;
  /** Sends what is not sent yet. Never rejects. */
  close(): Promise<void>;
}

/** Metrics as text. */
export interface Page {
  readonly contentType: string;
  render(): string;
}

/** All of these as one. */
export function together(exporters: readonly Exporter[]): Exporter {
  return {
    observe(balancer, pool) {
      const stops = exporters.map((exporter) => exporter.observe(balancer, pool));
      return () => {
        for (const stop of stops) stop();
      };
    },
    onStoreError() {
      for (const { onStoreError } of exporters) onStoreError();
    },
    onOverhead(pool, milliseconds) {
      for (const { onOverhead } of exporters) onOverhead(pool, milliseconds);
    },
    onConfigReload(isMade) {
      for (const { onConfigReload } of exporters) onConfigReload(isMade);
    },
    page: exporters.find(({ page }) => page !== undefined)?.page,
    async close() {
      await Promise.all(exporters.map((exporter) => exporter.close()));
    },
  };
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
    for (const pool of pools) {
      const { balancer } = pool;
      if (this.#stops.has(balancer)) continue;
      this.#stops.set(balancer, this.exporter.observe(balancer, pool));
    }
  }
}

/** Answers Prometheus. */
export function serveMetrics(exchange: Exchange): void {
  const { metrics } = exchange.state;
  const page = metrics?.exporter.page;
  if (page === undefined) {
    const message = 'The configuration says metrics.prometheus: false.';
    exchange.answerError(badRequest(404, 'unknown_path', message));
    return;
  }
  if (metrics?.token?.opens(exchange.req.headers.authorization) === false) {
    const message =
      'The metrics want the token of metrics.token, as the header `authorization: Bearer TOKEN`.';
    const headers = ['www-authenticate', 'Bearer'];
    exchange.answerError(badRequest(401, 'invalid_metrics_token', message, { headers }));
    return;
  }
  exchange.answerText(200, page.contentType, page.render());
}
