import type { Exchange } from '../exchange.ts';
import type { EventFeed, FeedEvent } from './event-feed.ts';

/** Bytes that wait for a client that reads too slowly; events past that are lost to it. */
const MAX_WAITING_BYTES = 262_144;

/** How often a line is sent where nothing happens, so that what stands between does not close the connection. */
const HEARTBEAT_MS = 15_000;

/**
 * `GET /admin/events`: server-sent events, until the client leaves or the gateway goes away. A client that reads too
 * slowly loses events rather than holding them in memory; `lost` says how many.
 */
export function serveEvents(exchange: Exchange, feed: EventFeed): void {
  const { res } = exchange;
  const headers = exchange.headers(undefined);
  res.writeHead(200, [
    ...headers,
    'content-type',
    'text/event-stream',
    'cache-control',
    'no-store',
  ]);
  res.write(': connected\n\n');
  let lost = 0;
  const send = ({ name, data }: FeedEvent): void => {
    if (res.writableLength > MAX_WAITING_BYTES) {
      lost++;
      return;
    }
    if (lost > 0) {
      res.write(`event: lost\ndata: {"count":${lost}}\n\n`);
      lost = 0;
    }
    res.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  const heartbeat = setInterval(() => {
    if (res.writableLength === 0) res.write(':\n\n');
  }, HEARTBEAT_MS);
  heartbeat.unref();
  const stop = feed.follow(send, () => res.end());
  res.on('close', () => {
    clearInterval(heartbeat);
    stop();
  });
}
