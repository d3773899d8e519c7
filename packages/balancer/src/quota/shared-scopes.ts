import { type Meters, NO_LIMIT } from './meters.ts';
import type { QuotaScope } from './scope.ts';
import type { SlotMeters } from './slot-meters.ts';

/** What a process has to say of a limit that it shares with others. */
export interface ScopeClaim {
  readonly key: string;
  /** Requests since the last claim. */
  readonly demand: number;
  /** The smallest part of use, > 0 to 1: that of one request, under the limit with the fewest. */
  readonly unit: number;
  /** The part of that limit which is used, >= 0. */
  readonly used: number;
}

/** The limits by the second and minute, as several processes share them: days are shared by their counts. */
export class SharedScopes {
  readonly #meters: Meters;
  readonly #slots: SlotMeters;

  constructor(meters: Meters, slots: SlotMeters) {
    this.#meters = meters;
    this.#slots = slots;
  }

  /** What to claim of each scope that has a limit; its demand begins anew. */
  takeClaims(nowMs: number): ScopeClaim[] {
    const claims: ScopeClaim[] = [];
    for (const scope of this.#slots.scopes()) {
      let unit = 0;
      let used = 0;
      for (const meter of this.#limited(scope)) {
        const whole = this.#meters.whole[meter]!;
        const ratio = Math.min(1, this.#meters.takeNeed(meter) / whole);
        if (ratio <= unit) continue;
        this.#meters.refresh(meter, nowMs);
        unit = ratio;
        used = Math.max(0, this.#meters.used[meter]!) / whole;
      }
      if (unit > 0) claims.push({ key: scope.key, demand: scope.takeDemand(), unit, used });
    }
    return claims;
  }

  /** Changes the part of a scope's limits that is this process's, 0 to 1. */
  setShare(key: string, share: number, nowMs: number): void {
    for (const scope of this.#slots.scopes()) {
      if (scope.key !== key) continue;
      scope.share = share;
      for (const meter of scope.meters.values()) this.#meters.setShare(meter, share, nowMs);
    }
  }

  *#limited(scope: QuotaScope): Iterable<number> {
    for (const meter of scope.meters.values()) {
      const { calendar } = this.#meters.spec(meter);
      if (calendar === undefined && this.#meters.whole[meter] !== NO_LIMIT) yield meter;
    }
  }
}
