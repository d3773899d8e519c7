import type { SharedStore, ShareGrant, Timer } from '@plimsoll/core';

import type { FleetState } from '../fleet.ts';

/** Between two renewals, in milliseconds. */
const RENEW_MS = 100;
/** Without an answer for so long this process goes by its last part of the fleet. */
const PATIENCE_MS = 250;
/** A grant that is not renewed ends after this time, in milliseconds. */
const GRANT_MS = 1000;
/** What a renewal keeps of the demand before it: shares follow traffic within a second and do not flutter. */
const MEMORY = 0.8;

/**
 * Shares the rate limits of a fleet with other processes: each renews, several times a second, a part of every limit
 * that follows its traffic. Parts add up to at most the whole, so the provider sees no more than its limit, and no
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
  #isAlone = false;

  constructor(fleet: FleetState, store: SharedStore, onError: (error: unknown) => void) {
    this.#fleet = fleet;
    this.#store = store;
    this.#onError = onError;
    this.#answeredAtMs = fleet.clock.now();
  }

  begin(): void {
    this.#answeredAtMs = this.#fleet.clock.now();
    this.#timer = this.#fleet.clock.every(RENEW_MS, () => this.#renew());
    this.#renew();
  }

  end(): void {
    this.#timer?.cancel();
  }

  #renew(): void {
    const nowMs = this.#fleet.clock.now();
    if (!this.#isAlone && nowMs - this.#answeredAtMs > PATIENCE_MS) this.#goAlone(nowMs);
    if (this.#isAsking) return;
    const claims = this.#claims();
    if (claims.length === 0) {
      this.#answeredAtMs = nowMs;
      return;
    }
    this.#isAsking = true;
    this.#askedAtMs = nowMs;
    this.#store
      .lease(claims, GRANT_MS)
      .then((grants) => this.#take(grants))
      .catch((error: unknown) => this.#onError(error))
      .finally(() => (this.#isAsking = false));
  }

  #claims(): { key: string; demand: number }[] {
    const claims: { key: string; demand: number }[] = [];
    for (const queue of this.#fleet.waiting) queue.wantQuota();
    for (const scope of this.#fleet.quota.sharedScopes()) {
      const before = this.#demand.get(scope.key) ?? 0;
      const demand = before * MEMORY + scope.takeDemand() * (1 - MEMORY);
      this.#demand.set(scope.key, demand);
      claims.push({ key: scope.key, demand });
    }
    return claims;
  }

  #take(grants: readonly ShareGrant[]): void {
    const nowMs = this.#fleet.clock.now();
    // An answer so late that its grants may have ended says nothing any more.
    if (nowMs - this.#askedAtMs > GRANT_MS - PATIENCE_MS) return;
    this.#answeredAtMs = nowMs;
    this.#isAlone = false;
    for (const { key, share, members } of grants) {
      this.#members.set(key, members);
      this.#fleet.quota.setShare(key, share);
    }
    this.#fleet.serveWaiting(nowMs);
  }

  #goAlone(nowMs: number): void {
    this.#isAlone = true;
    for (const [key, members] of this.#members) {
      this.#fleet.quota.setShare(key, 1 / members);
    }
    this.#fleet.serveWaiting(nowMs);
  }
}
