import type { Scope } from './failure.ts';

/**
 * What was used under one limit in one day or month. Adding the `used` of several processes under the same `key` and
 * `period` gives the use of all.
 */
export interface PeriodUse {
  readonly key: string;
  /** `2026-03-29`, or `2026-03`, in the time zone of the limit. */
  readonly period: string;
  readonly used: number;
}

/**
 * Keeps what must outlive a process: use of day and month limits, spent money, and which target owns what a provider
 * keeps. A request never waits for a store: the engine decides by what it knows and reconciles in the background, so a
 * store may be slow or away.
 *
 * Rules, checked by `storeContract` of the testkit:
 *
 * 1. What `add` has resolved for survives the process (kill -9 included), but for a store that says it is in memory.
 * 2. Concurrent `add`s lose nothing: totals are the sums of all that was added under a key and period.
 * 3. A method that fails rejects; it never throws at once and never hangs for longer than its own time limit.
 * 4. An `add` that rejects counts for nothing, at the latest when the next `add` of the same store has resolved; so the
 *    caller adds the same again.
 */
export interface Store {
  /** As metrics label it: `sqlite`. */
  readonly name: string;
  /**
   * Adds uses, all or none, and gives the totals of the same keys and periods after it, in the same order. `used` may be
   * negative: what was reserved and not used.
   */
  add(uses: readonly PeriodUse[]): Promise<readonly PeriodUse[]>;
  /**
   * All totals whose period is not over in every time zone by `epochMs` (`periodOverAtEpochMs`). A period is kept for at
   * least two days after that.
   */
  load(epochMs: number): Promise<readonly PeriodUse[]>;
  /** Keeps `value` under `key` for `ttlMs` milliseconds (> 0). */
  put(key: string, value: string, ttlMs: number): Promise<void>;
  /** The value under `key`; undefined when there is none, or its time is over. */
  get(key: string): Promise<string | undefined>;
  /** Frees everything; calls under way end first. */
  close(): Promise<void>;
}

/** A store that processes on several machines share at run time. */
export interface SharedStore extends Store {
  /**
   * Claims parts of shared rate limits for this member of the fleet, in one round trip; grants come in the order of the
   * claims. At any moment the shares granted under a key add up to at most 1. A grant ends by itself when it is not
   * renewed for `ttlMs`, counted from the call; it stays as it was when a renewal rejects.
   */
  lease(claims: readonly ShareClaim[], ttlMs: number): Promise<readonly ShareGrant[]>;
  /** Tells all other members; those not connected hear of it when they come, until it expires. Never waits. */
  publish(notice: Notice): void;
  /** Calls `listener` for each notice of another member, and first for those that still hold; returns the way to stop. */
  subscribe(listener: (notice: Notice) => void): () => void;
}

/** How much of one shared limit a member wants. */
export interface ShareClaim {
  readonly key: string;
  /** What it used and would have used lately, in the limit's own unit; shares follow it. */
  readonly demand: number;
  /**
   * The smallest part that is of use, > 0 to 1: that of one request. Shares are multiples of it, and where there are more
   * members than units those who want one take turns.
   * @defaultValue every part is of use
   */
  readonly unit?: number | undefined;
  /**
   * The part (>= 0) that this member has used and that has not left the limit's window. Where it has less than a unit to
   * itself, nobody else is granted that part before.
   * @defaultValue 0
   */
  readonly used?: number | undefined;
}

/** How much of it a member has. */
export interface ShareGrant {
  readonly key: string;
  /** Part of the limit, 0 to 1. */
  readonly share: number;
  /** Members that hold a part, this one included. */
  readonly members: number;
}

/** Something one member has learned and all should know. */
export interface Notice {
  /** `cooling`: nothing goes to what `scope` covers. `open`, `closed`: the target's breaker. */
  readonly kind: 'cooling' | 'open' | 'closed';
  /** The id of the target it was learned from. */
  readonly target: string;
  readonly scope: Scope;
  /** Milliseconds since the Unix epoch; the notice means nothing after that. */
  readonly untilEpochMs: number;
  /** Whether a cool-down is about a rate, which is worth waiting for. @defaultValue false */
  readonly isThrottled?: boolean | undefined;
  /** Plain words, without a secret. */
  readonly reason: string;
}
