/** How much may be spent, in US dollars. At least one of the two is stated. */
export interface SpendingLimits {
  /** In a calendar day, > 0. */
  readonly usdPerDay?: number | undefined;
  /** In a calendar month, > 0. */
  readonly usdPerMonth?: number | undefined;
  /** Where days and months begin: an IANA name. @defaultValue `UTC` */
  readonly timeZone?: string | undefined;
}

/** An account that requests are charged to: of a target, a pool, or the client that asks. */
export interface Spending {
  /** Whether `usd` more may be spent. What costs nothing always may. */
  admits(usd: number, nowMs: number): boolean;
  /** When `usd` may be spent if nothing else is until then; `Infinity` when it is more than the limit. */
  retryAtMs(usd: number, nowMs: number): number;
  /** Holds what a request that starts is expected to cost. */
  hold(usd: number): void;
  /** The request ended: what was held for it is free, and what it cost is spent. */
  charge(usd: number, heldUsd: number, nowMs: number): void;
}
