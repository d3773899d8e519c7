import { hash as hashOf, timingSafeEqual } from 'node:crypto';

import type { ClientConfig } from '@plimsoll/config';
import type { Spending } from '@plimsoll/core';

import type { ClientLimits } from './client-limits.ts';

/** Someone who may ask, and the accounts their requests are charged to. */
export interface Client extends Omit<ClientConfig, 'budget' | 'limits'> {
  readonly spending: readonly Spending[];
  /** Undefined where it has none. */
  readonly limits?: ClientLimits | undefined;
}

/** Finds the client that a request is from by the key in its `authorization` header. */
export class ClientDirectory {
  readonly #clients: readonly { readonly client: Client; readonly hash: Buffer }[];

  /** Whether no client has anything to hide from another. */
  readonly isOneTenant: boolean;

  constructor(clients: readonly Client[]) {
    this.isOneTenant = new Set(clients.map(({ id, tenant = id }) => tenant)).size <= 1;
    this.#clients = clients.map((client) => ({
      client,
      hash: Buffer.from(client.keySha256, 'hex'),
    }));
  }

  /** The client whose key the header holds; undefined when it is nobody's. */
  find(authorization: string | undefined): Client | undefined {
    const key = /^Bearer +(\S+)\s*$/i.exec(authorization ?? '')?.[1];
    if (key === undefined) return undefined;
    const hash = hashOf('sha256', key, 'buffer');
    let found: Client | undefined;
    // All are compared, each in constant time, so that the time taken tells nothing of the keys there are.
    for (const entry of this.#clients) if (timingSafeEqual(entry.hash, hash)) found = entry.client;
    return found;
  }
}

/** Whether `client` may use the pool with this name; everyone may where the configuration names no client. */
export function mayUse(client: Client | undefined, pool: string): boolean {
  return client?.pools === undefined || client.pools.includes(pool);
}
