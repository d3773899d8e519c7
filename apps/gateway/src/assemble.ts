import type { Logger } from 'pino';

import { EventFeed } from './admin/event-feed.ts';
import { BearerToken } from './bearer-token.ts';
import { Monitors } from './dashboard/monitors.ts';
import type { Page } from './dashboard/page.ts';
import { Watches } from './dashboard/watch.ts';
import type { Composition } from './composition.ts';
import { Gateway } from './gateway.ts';
import { LiveConfig } from './live/live-config.ts';
import { logEvents } from './log-events.ts';
import type { Exporter } from './metrics.ts';
import type { Settings } from './settings.ts';

/** What a gateway that can change at run time is made of. */
export interface Parts {
  readonly composition: Composition;
  /** Reads the configuration anew. */
  readonly read: () => Promise<Settings>;
  /** Where it will listen. */
  readonly host: string;
  readonly log: Logger;
  readonly exporter?: Exporter | undefined;
  /** What `/admin/*` asks for. @defaultValue there is no such path */
  readonly token?: string | undefined;
  /** The dashboard. @defaultValue none */
  readonly page?: Page | undefined;
}

/** A gateway and its live configuration, each knowing the other: what changes is served, and what is served can change. */
export function assemble({ composition, read, host, log, exporter, token, page }: Parts): {
  readonly gateway: Gateway;
  readonly live: LiveConfig;
} {
  const feed = new EventFeed(composition.pools);
  const monitors = new Monitors(composition.pools, (pool, event) => {
    if (event.kind !== 'off_line' && event.kind !== 'on_line') return;
    feed.tellFairness(pool, event);
    const { target, text } = event;
    if (event.kind === 'off_line') log.warn({ pool, target, share: text }, 'off its line');
    else log.info({ pool, target, share: text }, 'back on its line');
  });
  const live = new LiveConfig({
    composition,
    read,
    host,
    onReload: (isMade) => exporter?.onConfigReload(isMade),
    onChange: (difference) => {
      const { pools, clients, config } = composition;
      const { maxBodyBytes, maxConnections, adminHosts: hosts } = config.server;
      gateway.use({ pools, clients, maxBodyBytes, maxConnections, hosts });
      feed.change(pools, difference);
      monitors.follow(pools, difference);
      log.level = config.log.level;
      log.info({ difference }, 'the configuration changed');
      const made = new Set([...difference.pools.added, ...difference.pools.rebuilt]);
      for (const { name, balancer } of pools) if (made.has(name)) logEvents(balancer, log);
    },
  });
  const { pools, clients, config } = composition;
  const { maxBodyBytes, maxConnections, adminHosts: hosts } = config.server;
  const metricsToken = config.metrics.token;
  const watches = new Watches(monitors);
  const admin =
    token === undefined ? undefined : { token: new BearerToken(token), live, feed, watches, page };
  const gateway = new Gateway({
    pools,
    clients,
    maxBodyBytes,
    maxConnections,
    hosts,
    log,
    exporter,
    metricsToken,
    admin,
    owners: composition.owners,
  });
  return { gateway, live };
}
