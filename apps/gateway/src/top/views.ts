import type { View } from '@plimsoll/monitor';
import { createParser } from 'eventsource-parser';

import type { AdminClient } from '../admin-client.ts';

/**
 * What a gateway shows of a pool, each second, until `signal` or the gateway ends it.
 *
 * @param pool - by its name; undefined for the gateway's first.
 * @throws AdminClientError when the gateway cannot be asked, or the stream breaks off.
 */
export async function* viewsOf(
  client: Pick<AdminClient, 'follow'>,
  pool: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<View> {
  const query = new URLSearchParams({ window: '5m', ...(pool === undefined ? {} : { pool }) });
  const arrived: View[] = [];
  const parser = createParser({
    onEvent: ({ event, data }) => {
      if (event === 'view') arrived.push(JSON.parse(data) as View);
    },
  });
  for await (const text of client.follow(`watch?${query}`, signal)) {
    parser.feed(text);
    yield* arrived.splice(0);
  }
}
