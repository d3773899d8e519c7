import { createHash } from 'node:crypto';

import type { Store } from '@plimsoll/core';

/** Where a provider keeps something: a target of a pool. */
export interface Owner {
  readonly pool: string;
  /** Its id. */
  readonly target: string;
}

/** Whoever it was kept for: another tenant's ids are as good as unknown. Undefined where everyone may ask. */
export type Tenant = string | undefined;

/** Ids of one generation: at least so many, the ones used last, are known without asking the store; at most twice as many. */
const GENERATION_IDS = 25_000;

/** OpenAI keeps responses for 30 days. */
const KEPT_MS = 30 * 24 * 3_600_000;

/** Ids on their way to the store. A store that takes none for so long is away; past this, only this process knows. */
const MOST_PENDING = 1000;

/**
 * Which target keeps what under which id: responses, conversations, their items. Learned from answers.
 *
 * No answer waits for this: what was learned is known at once, and told to the store in the background. The store is
 * asked once for an id that is not known here: another process, or this one before it was started anew, may have told it.
 * Ids stand there as hashes, since whoever has an id can read what is kept.
 */
export class Owners {
  /**
   * What is used moves to the young. Once these are many, they become the old, and what nobody used meanwhile goes. That is
   * coarser than one queue, and costs the same however many there are: a `Map` that is emptied at its front is slow at it.
   */
  #young = new Map<string, Owner>();
  #old = new Map<string, Owner>();
  #store: Pick<Store, 'put' | 'get'> | undefined = undefined;
  #onError: (error: unknown) => void = () => {};
  #pending = 0;

  /** Has `store` keep what is learned from now on, and answer for what is not known. */
  keepIn(store: Pick<Store, 'put' | 'get'>, onError: (error: unknown) => void): void {
    this.#store = store;
    this.#onError = onError;
  }

  /** Takes down that `owner` keeps what goes by `id`. */
  remember(tenant: Tenant, id: string, owner: Owner): void {
    this.#know(keyOf(tenant, id), owner);
    // Some stores write while they are called, so the answer leaves before.
    if (this.#store !== undefined) setImmediate(() => this.#tell(tenant, id, owner));
  }

  /**
   * The owner of what goes by `id`; undefined where nobody knows it.
   *
   * @throws the store's error when it cannot be asked.
   */
  async find(tenant: Tenant, id: string): Promise<Owner | undefined> {
    const key = keyOf(tenant, id);
    const known = this.#young.get(key) ?? this.#old.get(key);
    if (known !== undefined) {
      this.#know(key, known);
      return known;
    }
    const value = await this.#store?.get(storeKeyOf(tenant, id));
    if (value === undefined) return undefined;
    const [pool, target] = JSON.parse(value) as [string, string];
    const found = { pool, target };
    this.#know(key, found);
    return found;
  }

  #know(key: string, owner: Owner): void {
    this.#young.set(key, owner);
    if (this.#young.size < GENERATION_IDS) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  #tell(tenant: Tenant, id: string, { pool, target }: Owner): void {
    if (this.#pending >= MOST_PENDING) return;
    this.#pending++;
    void this.#store!.put(storeKeyOf(tenant, id), JSON.stringify([pool, target]), KEPT_MS)
      .catch(this.#onError)
      .finally(() => void this.#pending--);
  }
}

function keyOf(tenant: Tenant, id: string): string {
  return JSON.stringify([tenant ?? null, id]);
}

function storeKeyOf(tenant: Tenant, id: string): string {
  return `owner:${createHash('sha256').update(keyOf(tenant, id)).digest('base64url')}`;
}
