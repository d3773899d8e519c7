import type { Notice, PeriodUse, SharedStore, Store, Timer } from '@plimsoll/core';

import type { Fleet, FleetState } from '../fleet.ts';
import { SharedLimits } from './shared-limits.ts';

/** Options of `connectStore`. */
export interface ConnectStoreOptions {
  /** Between two savings of use and spending, in milliseconds > 0. @defaultValue 500 */
  readonly saveEveryMs?: number;
  /** Told of every call that the store refused or failed; the next one repeats what it was about. */
  readonly onError?: (error: unknown) => void;
}

/** A fleet's connection to a store. */
export interface StoreConnection {
  /** Saves what is not saved yet and lets the store go; it is not closed. */
  close(): Promise<void>;
}

/**
 * Lets a fleet's use of day and month limits, and what it spends, outlive the process; with a store that is shared, also
 * lets several processes share limits, cool-downs and breakers. Everything happens beside the requests: none waits for
 * the store, and while it is away the fleet decides by what it knows.
 *
 * Resolves when the store's totals and the first shares were read; where that fails, with the fleet's own counts, to try again later.
 */
export async function connectStore(
  fleet: Fleet,
  store: Store | SharedStore,
  options: ConnectStoreOptions = {},
): Promise<StoreConnection> {
  const sync = new StoreSync(fleet as FleetState, store, options);
  await sync.begin();
  return sync;
}

class StoreSync implements StoreConnection {
  readonly #fleet: FleetState;
  readonly #store: Store | SharedStore;
  readonly #onError: (error: unknown) => void;
  readonly #timers: Timer[] = [];
  readonly #shared: SharedLimits | undefined;
  readonly #stops: (() => void)[] = [];
  readonly #saveEveryMs: number;
  /** What the store has not confirmed; added to by every round until it does. */
  #unsaved: readonly PeriodUse[] = [];
  #saving: Promise<void> | undefined = undefined;
  #isLoaded = false;

  constructor(fleet: FleetState, store: Store | SharedStore, options: ConnectStoreOptions) {
    this.#fleet = fleet;
    this.#store = store;
    this.#onError = options.onError ?? (() => {});
    this.#saveEveryMs = options.saveEveryMs ?? 500;
    this.#shared = 'lease' in store ? new SharedLimits(fleet, store, this.#onError) : undefined;
  }

  async begin(): Promise<void> {
    await this.#load();
    const { clock } = this.#fleet;
    this.#timers.push(clock.every(this.#saveEveryMs, () => void this.#save()));
    if (this.#shared === undefined) return;
    const store = this.#store as SharedStore;
    this.#stops.push(store.subscribe((notice) => this.#fleet.heed(notice)));
    this.#stops.push(this.#fleet.onNotice((notice: Notice) => store.publish(notice)));
    await this.#shared.begin();
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    for (const stop of this.#stops) stop();
    this.#shared?.end();
    await this.#saving;
    await this.#save();
  }

  async #load(): Promise<void> {
    try {
      this.#import(await this.#store.load(this.#fleet.clock.epochMs()));
      this.#isLoaded = true;
    } catch (error) {
      this.#onError(error);
    }
  }

  #save(): Promise<void> {
    this.#saving ??= this.#saveNow().finally(() => (this.#saving = undefined));
    return this.#saving;
  }

  async #saveNow(): Promise<void> {
    if (!this.#isLoaded) await this.#load();
    const deltas = merged([...this.#unsaved, ...this.#fleet.takeDeltas()]);
    // A shared store is also asked when there is nothing to say: for what the others have used.
    if (deltas.length === 0 && this.#shared === undefined) return;
    this.#unsaved = deltas;
    try {
      const totals = await this.#store.add(
        this.#shared === undefined ? deltas : this.#asked(deltas),
      );
      this.#unsaved = [];
      this.#import(totals);
    } catch (error) {
      this.#onError(error);
    }
  }

  /** `deltas`, and a zero for every other count: the answer has the totals of all. */
  #asked(deltas: readonly PeriodUse[]): PeriodUse[] {
    const zeros = this.#fleet.periodUses().map((use) => ({ ...use, used: 0 }));
    return merged([...deltas, ...zeros]);
  }

  #import(totals: readonly PeriodUse[]): void {
    this.#fleet.importUses(totals);
  }
}

/** One entry for each key and period, with the sum of what was used. */
function merged(uses: readonly PeriodUse[]): PeriodUse[] {
  const sums = new Map<string, PeriodUse>();
  for (const use of uses) {
    const name = `${use.key} ${use.period}`;
    const used = (sums.get(name)?.used ?? 0) + use.used;
    sums.set(name, { ...use, used });
  }
  return [...sums.values()];
}
