import {
  type Notice,
  periodOverAtEpochMs,
  type PeriodUse,
  type SharedStore,
  type ShareClaim,
  type ShareGrant,
} from '@plimsoll/core';

import { manualClock, type ManualClock } from '../src/index.ts';

/** What one member holds of a limit. */
export interface Part {
  share: number;
  demand: number;
  expiresAtMs: number;
}

/** What stores of one place share. */
export class World {
  readonly uses: Map<string, PeriodUse> = new Map();
  readonly values: Map<string, { value: string; expiresAtMs: number }> = new Map();
  readonly parts: Map<string, Map<ReferenceStore, Part>> = new Map();
  readonly notices: Map<string, { from: ReferenceStore; notice: Notice }> = new Map();
  readonly listeners: Map<symbol, { store: ReferenceStore; tell: (one: Notice) => void }> =
    new Map();
}

/** A store in memory that keeps every clause; mutants override one step of it. */
export class ReferenceStore implements SharedStore {
  readonly name: string = 'reference';
  readonly world: World;
  readonly clock: ManualClock;
  isClosed = false;
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(world: World, clock: ManualClock) {
    this.world = world;
    this.clock = clock;
  }

  add(uses: readonly PeriodUse[]): Promise<readonly PeriodUse[]> {
    return this.run(() => {
      this.checkUses(uses);
      for (const use of uses) this.addOne(use);
      return uses.map((use) => ({ ...use, used: this.usedOf(use) }));
    });
  }

  load(epochMs: number): Promise<readonly PeriodUse[]> {
    return this.run(() => [...this.world.uses.values()].filter((use) => isLoaded(use, epochMs)));
  }

  put(key: string, value: string, ttlMs: number): Promise<void> {
    return this.run(() => {
      checkTtl(ttlMs);
      this.world.values.set(key, { value, expiresAtMs: this.clock.epochMs() + ttlMs });
    });
  }

  get(key: string): Promise<string | undefined> {
    return this.run(() => {
      const found = this.world.values.get(key);
      return found && found.expiresAtMs > this.clock.epochMs() ? found.value : undefined;
    });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all(this.#underWay);
    this.leave();
    for (const [id, { store }] of this.world.listeners) {
      if (store === this) this.world.listeners.delete(id);
    }
  }

  lease(claims: readonly ShareClaim[], ttlMs: number): Promise<readonly ShareGrant[]> {
    return this.run(() => {
      checkTtl(ttlMs);
      this.checkClaims(claims);
      return claims.map((claim) => this.leaseOne(claim, ttlMs));
    });
  }

  publish(notice: Notice): void {
    if (this.isClosed) return;
    this.keep(notice);
    for (const { store, tell } of this.world.listeners.values()) {
      if (this.isFor(store)) tell(notice);
    }
  }

  subscribe(listener: (notice: Notice) => void): () => void {
    if (this.isClosed) return () => {};
    const id = Symbol('listener');
    const tell = this.guard(listener);
    this.world.listeners.set(id, { store: this, tell });
    queueMicrotask(() => {
      if (this.world.listeners.has(id)) for (const notice of this.held()) tell(notice);
    });
    return () => void this.world.listeners.delete(id);
  }

  /** Runs `work` a little later, as if it went over a network. */
  async run<Result>(work: () => Result): Promise<Result> {
    if (this.isClosed) throw new Error('the store is closed');
    const promise = new Promise((resolve) => setImmediate(resolve)).then(work);
    const settled = promise.then(
      () => {},
      () => {},
    );
    this.#underWay.add(settled);
    void settled.then(() => this.#underWay.delete(settled));
    return promise;
  }

  checkUses(uses: readonly PeriodUse[]): void {
    for (const { used, period } of uses) {
      if (!Number.isFinite(used)) throw new RangeError(`\`used\` is ${used}`);
      periodOverAtEpochMs(period);
    }
  }

  checkClaims(claims: readonly ShareClaim[]): void {
    for (const { demand } of claims) {
      if (!(demand >= 0 && demand < Infinity)) throw new RangeError(`\`demand\` is ${demand}`);
    }
  }

  nameOf({ key, period }: PeriodUse): string {
    return JSON.stringify([key, period]);
  }

  usedOf(use: PeriodUse): number {
    return this.world.uses.get(this.nameOf(use))?.used ?? 0;
  }

  addOne(use: PeriodUse): void {
    this.world.uses.set(this.nameOf(use), { ...use, used: this.usedOf(use) + use.used });
  }

  /** The parts of the members of `key` whose time is not over. */
  partsOf(key: string): Map<ReferenceStore, Part> {
    const parts = this.world.parts.get(key) ?? new Map<ReferenceStore, Part>();
    this.world.parts.set(key, parts);
    for (const [member, { expiresAtMs }] of parts) {
      if (expiresAtMs <= this.clock.epochMs()) parts.delete(member);
    }
    return parts;
  }

  leaseOne({ key, demand }: ShareClaim, ttlMs: number): ShareGrant {
    const parts = this.partsOf(key);
    parts.delete(this);
    const others = [...parts.values()];
    const free = 1 - others.reduce((sum, { share }) => sum + share, 0);
    const demands = others.map((part) => part.demand);
    const share = Math.max(0, Math.min(this.fair(demand, demands), free));
    parts.set(this, { share, demand, expiresAtMs: this.clock.epochMs() + ttlMs });
    return { key, share, members: parts.size };
  }

  fair(demand: number, others: readonly number[]): number {
    const members = others.length + 1;
    const total = others.reduce((sum, one) => sum + one, demand);
    return total === 0 ? 1 / members : (demand + (0.05 * total) / members) / (1.05 * total);
  }

  leave(): void {
    for (const parts of this.world.parts.values()) parts.delete(this);
  }

  idOf({ kind, target, scope }: Notice): string {
    return JSON.stringify([target, kind === 'cooling' ? scope : 'breaker']);
  }

  keep(notice: Notice): void {
    const id = this.idOf(notice);
    const before = this.world.notices.get(id)?.notice;
    if (notice.kind === 'cooling' && before && before.untilEpochMs > notice.untilEpochMs) return;
    this.world.notices.set(id, { from: this, notice });
  }

  held(): Notice[] {
    return [...this.world.notices.values()]
      .filter(({ from, notice }) => from !== this && notice.untilEpochMs > this.clock.epochMs())
      .map(({ notice }) => notice);
  }

  isFor(store: ReferenceStore): boolean {
    return store !== this;
  }

  guard(listener: (notice: Notice) => void): (notice: Notice) => void {
    return (notice) => {
      try {
        listener(notice);
      } catch {
        // One listener's fault is nobody else's.
      }
    };
  }
}

export function isLoaded({ period }: PeriodUse, epochMs: number): boolean {
  return periodOverAtEpochMs(period) > epochMs;
}

function checkTtl(ttlMs: number): void {
  if (!(ttlMs > 0 && ttlMs < Infinity)) throw new RangeError(`\`ttlMs\` is ${ttlMs}`);
}

/** What a contract is checked with: stores of one class, on worlds told apart by their names. */
export function referenceSubject(Kind: typeof ReferenceStore = ReferenceStore): {
  open: (place: string) => ReferenceStore;
  epochMs: () => number;
  elapse: (ms: number) => void;
} {
  const clock = manualClock();
  const worlds = new Map<string, World>();
  return {
    open: (place) => {
      const world = worlds.get(place) ?? new World();
      worlds.set(place, world);
      return new Kind(world, clock);
    },
    epochMs: () => clock.epochMs(),
    elapse: (ms) => clock.advance(ms),
  };
}
