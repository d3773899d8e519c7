import { type Dispatcher, Pool } from 'undici';

/** Connections to one origin, shared by all adapters of this process that send to it. */
interface Shared {
  readonly pool: Pool;
  users: number;
}

const sharedByOrigin = new Map<string, Shared>();

/** A share in the connections to an origin, to be released once. */
export interface Connections {
  readonly dispatcher: Dispatcher;
  /** Gives the share back; the last one closes the connections, whatever is still going over them. */
  release(): Promise<void>;
}

export function connectionsTo(origin: string): Connections {
  let shared = sharedByOrigin.get(origin);
  if (shared === undefined) {
    shared = { pool: openPool(origin), users: 0 };
    sharedByOrigin.set(origin, shared);
  }
  const { pool } = shared;
  const ours = shared;
  ours.users++;
  let isReleased = false;
  return {
    dispatcher: pool,
    async release() {
      if (isReleased) return;
      isReleased = true;
      if (--ours.users > 0) return;
      sharedByOrigin.delete(origin);
      await pool.destroy();
    },
  };
}

function openPool(origin: string): Pool {
  return new Pool(origin, {
    // The engine has the time limits. This one only frees sockets whose attempts were given up long ago.
    connectTimeout: 60_000,
    headersTimeout: 0,
    bodyTimeout: 0,
    // A stream holds its connection for its whole life, so their number is that of the requests in flight.
    connections: null,
    pipelining: 1,
    // Closing the socket is what tells an upstream at once that nobody listens any more.
    allowH2: false,
    autoSelectFamily: true,
  });
}
