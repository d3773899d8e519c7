import type { SharedStore, ShareClaim, ShareGrant, Timer } from '@plimsoll/core';

import type { FleetState } from '../fleet.ts';

/** Between two renewals, in milliseconds. */
const RENEW_MS = 100;
/** Without an answer for so long this process goes by its last part of the fleet. */
const PATIENCE_MS = 250;
/** A grant that is not renewed ends after this time, in milliseconds. */
const GRANT_MS = 1000;
/** What a renewal keeps of the demand before it: shares follow traffic within a second and do not flutter. */
const MEMORY = 0.9;
/** Less than this, in requests per renewal, is no demand: that of one request is over after two seconds. */
const LEAST_DEMAND = 0.002;

/**
 * Shares the rate limits of a fleet with other processes: each renews, several times a second, a part of every limit
 * that follows the requests offered to it, also those that wait or were refused: if it followed those sent, a part that
 * is too small would stay so. Parts add up to at most the whole, so the provider sees no more than its limit, and no
 * request waits for the store.
 *
 * When the store is away each goes on with an equal part, by the number of processes there were: at worst some quota is
 * left unused, or, if processes were added meanwhile, over-used by their part.
 */
export class SharedLimits {
  readonly #fleet: FleetState;
  readonly #store: SharedStore;
  readonly #onError: (error: unknown) => void;
  readonly #demand = new Map<string, number>();
  readonly #members = new Map<string, number>();
  #timer: Timer | undefined = undefined;
  #askedAtMs = 0;
  #answeredAtMs: number;
  #isAsking = false;

  constructor(fleet: FleetState, store: SharedStore, onError: (error: unknown) => void) {
    this.#fleet = fleet;
    this.#store = store;
    this.#onError = onError;
    this.#answeredAtMs = fleet.clock.now();
  }

  /** Resolves when the first parts are known, or it is known that the store is away. */
  begin(): Promise<void> {
    this.#answeredAtMs = this.#fleet.clock.now();
    this.#timer = this.#fleet.clock.every(RENEW_MS, () => void this.#renew());
    return this.#renew();
  }

  end(): void {
    this.#timer?.cancel();
  }

  async #renew(): Promise<void> {
    const nowMs = this.#fleet.clock.now();
    if (nowMs - this.#answeredAtMs > PATIENCE_MS) this.#goByEqualParts(nowMs);
    if (this.#isAsking) return;
    const claims = this.#claims(nowMs);
    if (claims.length === 0) {
      this.#answeredAtMs = nowMs;
      return;
    }
    this.#isAsking = true;
    this.#askedAtMs = nowMs;
    try {
      this.#take(await this.#store.lease(claims, GRANT_MS));
    } catch (error) {
      this.#onError(error);
    } finally {
      this.#isAsking = false;
    }
  }

  #claims(nowMs: number): ShareClaim[] {
    for (const queue of this.#fleet.waiting) queue.wantQuota();
    return this.#fleet.quota.shared.takeClaims(nowMs).map((claim) => {
      const before = this.#demand.get(claim.key) ?? 0;
      const demand = before * MEMORY + claim.demand * (1 - MEMORY);
      this.#demand.set(claim.key, demand);
      return { ...claim, demand: demand < LEAST_DEMAND ? 0 : demand };
    });
  }

  #take(grants: readonly ShareGrant[]): void {
    const nowMs = this.#fleet.clock.now();
    // An answer so late that its grants may have ended says nothing any more.
    if (nowMs - this.#askedAtMs > GRANT_MS - PATIENCE_MS) return;
    this.#answeredAtMs = nowMs;
    for (const { key, share, members } of grants) {
      this.#members.set(key, members);
      this.#fleet.quota.shared.setShare(key, share, nowMs);
    }
    this.#fleet.serveWaiting(nowMs);
  }

  #goByEqualParts(nowMs: number): void {
    for (const [key, members] of this.#members) {
      this.#fleet.quota.shared.setShare(key, 1 / members, nowMs);
    }
    this.#fleet.serveWaiting(nowMs);
  }
}
