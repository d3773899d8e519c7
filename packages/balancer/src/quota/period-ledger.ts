import type { PeriodUse } from '@plimsoll/core';
import type { Meters } from './meters.ts';
import type { QuotaScope } from './scope.ts';

interface Entry {
  readonly key: string;
  readonly meter: number;
}

/** What a store and the counts of days know of each other, also while a count's target is away. */
export class PeriodLedger {
  readonly #meters: Meters;
  /** The last totals of a store, and the counts of meters that are gone, by key. */
  readonly #known = new Map<string, PeriodUse>();
  /** Use of meters that are gone, not yet handed to a store. */
  readonly #leftDeltas: PeriodUse[] = [];

  constructor(meters: Meters) {
    this.#meters = meters;
  }

  /** A meter was made: it goes on from what is known of its period. */
  open(key: string, meter: number): void {
    const known = this.#known.get(key);
    if (known !== undefined) this.#meters.takeTotal(meter, known.period, known.used);
  }

  /** A meter is about to go. */
  close(key: string, meter: number): void {
    const period = this.#meters.period(meter);
    if (period === undefined) return;
    const { label, used } = period;
    const delta = period.takeDelta();
    if (delta !== 0) this.#leftDeltas.push({ key, period: label, used: delta });
    this.#known.set(key, { key, period: label, used });
  }

  /** The counts of the meters of `scopes`. */
  totals(scopes: Iterable<QuotaScope>, nowMs: number): PeriodUse[] {
    return this.#entries(scopes, nowMs).map(({ key, meter }) => ({
      key,
      period: this.#meters.period(meter)!.label,
      used: this.#meters.used[meter]!,
    }));
  }

  /** Own use since the last call. */
  takeDeltas(scopes: Iterable<QuotaScope>, nowMs: number): PeriodUse[] {
    const deltas = this.#leftDeltas.splice(0);
    for (const { key, meter } of this.#entries(scopes, nowMs)) {
      const period = this.#meters.period(meter)!;
      const used = period.takeDelta();
      if (used !== 0) deltas.push({ key, period: period.label, used });
    }
    return deltas;
  }

  /** Takes over totals, for the meters of `scopes` and for those that come later. */
  takeTotals(uses: readonly PeriodUse[], scopes: Iterable<QuotaScope>, nowMs: number): void {
    for (const use of uses) this.#known.set(use.key, use);
    for (const { key, meter } of this.#entries(scopes, nowMs)) this.open(key, meter);
  }

  /** The meters that follow a calendar, up to date. */
  #entries(scopes: Iterable<QuotaScope>, nowMs: number): Entry[] {
    const entries: Entry[] = [];
    for (const scope of scopes) {
      for (const [key, meter] of scope.meters) {
        if (this.#meters.period(meter) === undefined) continue;
        this.#meters.refresh(meter, nowMs);
        entries.push({ key: scope.storeKey(key), meter });
      }
    }
    return entries;
  }
}
