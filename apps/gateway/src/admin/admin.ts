import type { LiveConfig } from '../live/live-config.ts';
import type { EventFeed } from './event-feed.ts';
import type { AdminToken } from './token.ts';

/** What `/admin/*` works with. */
export interface Admin {
  readonly token: AdminToken;
  readonly live: LiveConfig;
  readonly feed: EventFeed;
}
