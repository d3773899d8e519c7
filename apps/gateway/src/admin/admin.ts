import type { BearerToken } from '../bearer-token.ts';
import type { LiveConfig } from '../live/live-config.ts';
import type { Page } from '../dashboard/page.ts';
import type { Watches } from '../dashboard/watch.ts';
import type { EventFeed } from './event-feed.ts';

/** What `/admin/*` works with. */
export interface Admin {
  readonly token: BearerToken;
  readonly live: LiveConfig;
  readonly feed: EventFeed;
  /** What the dashboard is shown. */
  readonly watches: Watches;
  /** The dashboard itself; undefined where none is served. */
  readonly page: Page | undefined;
}
