import {
  type Clock,
  type Notice,
  optionError,
  type PeriodUse,
  PlimsollError,
  type SharedStore,
  type ShareClaim,
  type ShareGrant,
} from '@plimsoll/core';

import type { Connection } from './connection.ts';
import { type IoRedisClient, ioRedisConnection } from './ioredis.ts';
import { Line } from './line.ts';
import { type NodeRedisClient, nodeRedisConnection } from './node-redis.ts';
import { Notices } from './notices.ts';
import { Shares } from './shares.ts';
import { memberName, systemClock } from './system.ts';
import { Uses } from './uses.ts';

/** Options of `redisStore`. */
export interface RedisStoreOptions {
  /**
   * A client of `redis` (node-redis) or `ioredis`, 5 or later. It stays yours: `close` leaves it open. The store opens
   * one more connection, by `duplicate()`, while somebody listens to notices.
   */
  readonly client: NodeRedisClient | IoRedisClient;
  /**
   * What all keys, and the channel of notices, begin with: members of one fleet have the same, two fleets on one server
   * different ones.
   * @defaultValue `plimsoll`
   */
  readonly prefix?: string | undefined;
  /**
   * Milliseconds (> 0) after which a call rejects, whatever the server does with it later.
   * @defaultValue 250
   */
  readonly timeLimitMs?: number | undefined;
  /**
   * Told of every error that no promise tells: of either connection, of notices that could not be published or read, of
   * listeners that throw. Counted by whoever wants to know how the store is.
   * @defaultValue nobody is told
   */
  readonly onError?: ((error: unknown) => void) | undefined;
  /** Time limits, and the ends of leases and notices. @defaultValue the system's */
  readonly clock?: Clock | undefined;
}

/** Values are read and written many at a time; this bounds what a server that does not answer can pile up. */
const VALUES_AT_ONCE = 1000;

/**
 * Keeps uses and values in Redis, and shares limits and notices between the members of a fleet. Every call is one round
 * trip, but for the first of each kind on a server; reconnecting is the client library's work.
 *
 * @throws PlimsollError ERR_PLIMSOLL_OPTION on a bad option.
 */
export function redisStore(options: RedisStoreOptions): SharedStore {
  const { client, prefix = 'plimsoll', timeLimitMs = 250, onError, clock = systemClock } = options;
  if (typeof prefix !== 'string' || prefix === '') {
    throw optionError('redisStore', 'prefix', 'a text', prefix);
  }
  if (!(timeLimitMs > 0 && timeLimitMs < Infinity)) {
    throw optionError('redisStore', 'timeLimitMs', 'finite and > 0', timeLimitMs);
  }
  const report = (error: unknown): void => {
    try {
      onError?.(error);
    } catch {
      // It runs inside events of the client, where an error would end the process.
    }
  };
  return new RedisStore(connectionOf(client), prefix, timeLimitMs, report, clock);
}

function connectionOf(client: NodeRedisClient | IoRedisClient): Connection {
  if (typeof client === 'object' && client !== null) {
    if ('isReady' in client) return nodeRedisConnection(client);
    if ('status' in client && 'call' in client) return ioRedisConnection(client);
  }
  throw optionError('redisStore', 'client', 'a client of redis or ioredis', client);
}

class RedisStore implements SharedStore {
  readonly name = 'redis';
  readonly #connection: Connection;
  readonly #prefix: string;
  /** Adds and leases, which the server must see in their order: one at a time. */
  readonly #ordered: Line;
  /** All else, at once. */
  readonly #free: Line;
  readonly #uses: Uses;
  readonly #shares: Shares;
  readonly #notices: Notices;
  readonly #stopWatching: () => void;
  #closing: Promise<void> | undefined;

  constructor(
    connection: Connection,
    prefix: string,
    timeLimitMs: number,
    onError: (error: unknown) => void,
    clock: Clock,
  ) {
    const member = memberName();
    this.#connection = connection;
    this.#prefix = prefix;
    this.#ordered = new Line({ connection, clock, timeLimitMs, width: 1 });
    this.#free = new Line({ connection, clock, timeLimitMs, width: VALUES_AT_ONCE });
    this.#uses = new Uses(this.#ordered, prefix, member);
    this.#shares = new Shares(this.#ordered, clock, prefix, member);
    this.#notices = new Notices({
      connection,
      line: this.#free,
      clock,
      prefix,
      member,
      retryMs: timeLimitMs,
      onError,
    });
    this.#stopWatching = connection.watch({
      onReady: () => {
        this.#ordered.advance();
        this.#free.advance();
      },
      onError,
    });
  }

  async add(uses: readonly PeriodUse[]): Promise<readonly PeriodUse[]> {
    this.#checkOpen();
    return this.#uses.add(uses);
  }

  async load(epochMs: number): Promise<readonly PeriodUse[]> {
    this.#checkOpen();
    return this.#uses.load(epochMs);
  }

  async put(key: string, value: string, ttlMs: number): Promise<void> {
    this.#checkOpen();
    if (!(ttlMs > 0 && ttlMs < Infinity)) {
      throw new RangeError(`redisStore: \`ttlMs\` must be finite and > 0, got ${ttlMs}`);
    }
    const command = ['SET', this.#valueKey(key), value, 'PX', String(Math.ceil(ttlMs))];
    return this.#free.run(
      (send) => send(command),
      () => {},
    );
  }

  async get(key: string): Promise<string | undefined> {
    this.#checkOpen();
    return this.#free.run(
      (send) => send(['GET', this.#valueKey(key)]),
      (value) => (value as string | null) ?? undefined,
    );
  }

  async lease(claims: readonly ShareClaim[], ttlMs: number): Promise<readonly ShareGrant[]> {
    this.#checkOpen();
    return this.#shares.lease(claims, ttlMs);
  }

  publish(notice: Notice): void {
    if (this.#closing === undefined) this.#notices.publish(notice);
  }

  subscribe(listener: (notice: Notice) => void): () => void {
    return this.#closing === undefined ? this.#notices.subscribe(listener) : () => {};
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#notices.close();
    await Promise.all([this.#ordered.empty(), this.#free.empty()]);
    // Without the server its parts end by themselves.
    if (this.#connection.isReady()) await this.#shares.leave(this.#uses.callKey).catch(() => {});
    this.#stopWatching();
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) {
      throw new PlimsollError('ERR_PLIMSOLL_CLOSED', 'redisStore: the store is closed');
    }
  }

  #valueKey(key: string): string {
    return `${this.#prefix}:value:${key}`;
  }
}
