import type { Notice, PeriodUse, ShareClaim, ShareGrant } from '@plimsoll/core';
import { describe, expect, test } from 'vitest';

import { sharedStoreClauses, storeClauses } from '../src/store/clauses.ts';
import { storeSubject } from '../src/store/contract.ts';
import { isLoaded, type Part, ReferenceStore, referenceSubject, World } from './reference-store.ts';

/** Stores that are broken in one way, by the clause that must catch them. */
const mutants: Record<string, Record<string, typeof ReferenceStore>> = {
  totals: {
    'answers with what was added': class extends ReferenceStore {
      override add(uses: readonly PeriodUse[]): Promise<readonly PeriodUse[]> {
        return super.add(uses).then(() => uses);
      }
    },
    'answers in another order': class extends ReferenceStore {
      override add(uses: readonly PeriodUse[]): Promise<readonly PeriodUse[]> {
        return super
          .add(uses)
          .then((totals) => totals.toSorted((a, b) => (a.key < b.key ? -1 : 1)));
      }
    },
    'answers a key that comes twice with the total between': class extends ReferenceStore {
      override add(uses: readonly PeriodUse[]): Promise<readonly PeriodUse[]> {
        return this.run(() =>
          uses.map((use) => {
            this.addOne(use);
            return { ...use, used: this.usedOf(use) };
          }),
        );
      }
    },
    'counts in whole numbers': class extends ReferenceStore {
      override addOne(use: PeriodUse): void {
        super.addOne({ ...use, used: Math.round(use.used) });
      }
    },
    'never counts down': class extends ReferenceStore {
      override addOne(use: PeriodUse): void {
        super.addOne({ ...use, used: Math.max(0, use.used) });
      }
    },
  },
  names: {
    'takes all periods for one': class extends ReferenceStore {
      override nameOf({ key }: PeriodUse): string {
        return key;
      }
    },
    'takes keys for alike that differ in case': class extends ReferenceStore {
      override nameOf(use: PeriodUse): string {
        return super.nameOf(use).toLowerCase();
      }
    },
    'cuts keys at a quote': class extends ReferenceStore {
      override nameOf(use: PeriodUse): string {
        return super.nameOf({ ...use, key: use.key.split('"')[0]! });
      }
    },
  },
  many: {
    'takes the first hundred only': class extends ReferenceStore {
      override checkUses(uses: readonly PeriodUse[]): void {
        if (uses.length > 100) throw new Error('too many');
      }
    },
  },
  concurrent: {
    'reads, waits and writes': class extends ReferenceStore {
      override async add(uses: readonly PeriodUse[]): Promise<readonly PeriodUse[]> {
        const totals = uses.map((use) => ({ ...use, used: this.usedOf(use) + use.used }));
        return this.run(() => {
          for (const total of totals) this.world.uses.set(this.nameOf(total), total);
          return totals;
        });
      }
    },
  },
  together: {
    'counts on from what it knew': class extends ReferenceStore {
      readonly #known: Map<string, number> = new Map();
      override addOne(use: PeriodUse): void {
        const name = this.nameOf(use);
        const used = (this.#known.get(name) ?? this.usedOf(use)) + use.used;
        this.#known.set(name, used);
        this.world.uses.set(name, { ...use, used });
      }
    },
  },
  durable: {
    'writes when it closes': class extends ReferenceStore {
      readonly #own: World = new World();
      override addOne(use: PeriodUse): void {
        const used = (this.#own.uses.get(this.nameOf(use))?.used ?? 0) + use.used;
        this.#own.uses.set(this.nameOf(use), { ...use, used });
      }
      override async close(): Promise<void> {
        await super.close();
        for (const use of this.#own.uses.values()) super.addOne(use);
        this.#own.uses.clear();
      }
    },
    'drops what it added when it closes': class extends ReferenceStore {
      override async close(): Promise<void> {
        await super.close();
        this.world.uses.clear();
      }
    },
  },
  'all-or-none': {
    'adds up to the first that is bad': class extends ReferenceStore {
      override add(uses: readonly PeriodUse[]): Promise<readonly PeriodUse[]> {
        return this.run(() =>
          uses.map((use) => {
            this.checkUses([use]);
            this.addOne(use);
            return { ...use, used: this.usedOf(use) };
          }),
        );
      }
    },
    'takes what is no number': class extends ReferenceStore {
      override checkUses(uses: readonly PeriodUse[]): void {
        super.checkUses(uses.map((use) => ({ ...use, used: 0 })));
      }
    },
    'takes what is no period': class extends ReferenceStore {
      override checkUses(uses: readonly PeriodUse[]): void {
        super.checkUses(uses.map((use) => ({ ...use, period: '2026-03' })));
      }
    },
  },
  load: {
    'loads what is over': class extends ReferenceStore {
      override load(): Promise<readonly PeriodUse[]> {
        return super.load(0);
      }
    },
    'forgets a period when it is over': class extends ReferenceStore {
      override addOne(use: PeriodUse): void {
        if (isLoaded(use, this.clock.epochMs())) super.addOne(use);
      }
    },
    'loads days only': class extends ReferenceStore {
      override load(epochMs: number): Promise<readonly PeriodUse[]> {
        return super.load(epochMs).then((uses) => uses.filter(({ period }) => period.length > 7));
      }
    },
  },
  values: {
    'keeps the first value': class extends ReferenceStore {
      override async put(key: string, value: string, ttlMs: number): Promise<void> {
        if ((await this.get(key)) === undefined) await super.put(key, value, ttlMs);
      }
    },
    'gives an empty text for none': class extends ReferenceStore {
      override get(key: string): Promise<string | undefined> {
        return super.get(key).then((value) => value ?? '');
      }
    },
    'takes an empty text for none': class extends ReferenceStore {
      override get(key: string): Promise<string | undefined> {
        return super.get(key).then((value) => value || undefined);
      }
    },
  },
  expiry: {
    'keeps values for ever': class extends ReferenceStore {
      override put(key: string, value: string): Promise<void> {
        return super.put(key, value, 1e15);
      }
    },
    'counts from the first put': class extends ReferenceStore {
      override async put(key: string, value: string, ttlMs: number): Promise<void> {
        const before = this.world.values.get(key);
        await super.put(key, value, ttlMs);
        if (before) this.world.values.get(key)!.expiresAtMs = before.expiresAtMs;
      }
    },
    'never shortens a time': class extends ReferenceStore {
      override async put(key: string, value: string, ttlMs: number): Promise<void> {
        const before = this.world.values.get(key);
        await super.put(key, value, ttlMs);
        const after = this.world.values.get(key)!;
        after.expiresAtMs = Math.max(after.expiresAtMs, before?.expiresAtMs ?? 0);
      }
    },
  },
  rejects: {
    'throws for a time of nothing': class extends ReferenceStore {
      override put(key: string, value: string, ttlMs: number): Promise<void> {
        if (!(ttlMs > 0)) throw new RangeError(`ttlMs is ${ttlMs}`);
        return super.put(key, value, ttlMs);
      }
    },
    'keeps a value for no time': class extends ReferenceStore {
      override put(key: string, value: string, ttlMs: number): Promise<void> {
        return super.put(key, value, ttlMs > 0 ? ttlMs : 1);
      }
    },
    'goes on after close': class extends ReferenceStore {
      override async run<Result>(work: () => Result): Promise<Result> {
        this.isClosed = false;
        return super.run(work);
      }
    },
  },
  close: {
    'leaves under way what is': class extends ReferenceStore {
      override async close(): Promise<void> {
        this.isClosed = true;
      }
    },
    'drops what is under way': class extends ReferenceStore {
      override run<Result>(work: () => Result): Promise<Result> {
        return super.run(() => {
          if (this.isClosed) throw new Error('closed');
          return work();
        });
      }
    },
    'fails when it is closed twice': class extends ReferenceStore {
      override async close(): Promise<void> {
        if (this.isClosed) throw new Error('closed');
        await super.close();
      }
    },
  },
  'share-alone': {
    'keeps a part back': class extends ReferenceStore {
      override fair(demand: number, others: readonly number[]): number {
        return 0.9 * super.fair(demand, others);
      }
    },
    'grants nothing where there is no demand': class extends ReferenceStore {
      override fair(demand: number, others: readonly number[]): number {
        return demand === 0 ? 0 : super.fair(demand, others);
      }
    },
  },
  'share-sum': {
    'grants the fair part, free or not': class extends ReferenceStore {
      override leaseOne(claim: ShareClaim, ttlMs: number): ShareGrant {
        const { key, members } = super.leaseOne(claim, ttlMs);
        const parts = [...this.partsOf(key)].filter(([member]) => member !== this);
        const demands = parts.map(([, { demand }]) => demand);
        return { key, members, share: this.fair(claim.demand, demands) };
      }
    },
  },
  'share-demand': {
    'grants equal parts': class extends ReferenceStore {
      override fair(_demand: number, others: readonly number[]): number {
        return 1 / (others.length + 1);
      }
    },
    'creeps towards the fair part': class extends ReferenceStore {
      override fair(demand: number, others: readonly number[]): number {
        const [isAlone, held] = [others.length === 0, this.#held];
        const fair = super.fair(demand, others);
        this.#held = isAlone ? fair : held + (fair - held) / 4;
        return this.#held;
      }
      #held = 0;
    },
    'does not count who asks': class extends ReferenceStore {
      override leaseOne(claim: ShareClaim, ttlMs: number): ShareGrant {
        const { members, ...grant } = super.leaseOne(claim, ttlMs);
        return { ...grant, members: Math.max(1, members - 1) };
      }
    },
  },
  'share-floor': {
    'goes by demand alone': class extends ReferenceStore {
      override fair(demand: number, others: readonly number[]): number {
        const total = others.reduce((sum, one) => sum + one, demand);
        return total === 0 ? 1 / (others.length + 1) : demand / total;
      }
    },
  },
  'share-shrinks': {
    'never takes anything back': class extends ReferenceStore {
      override leaseOne(claim: ShareClaim, ttlMs: number): ShareGrant {
        const before = this.partsOf(claim.key).get(this)?.share ?? 0;
        const grant = super.leaseOne(claim, ttlMs);
        const share = Math.max(before, grant.share);
        this.partsOf(claim.key).get(this)!.share = share;
        return { ...grant, share };
      }
    },
  },
  'share-joins': {
    'shares among four at most': class extends ReferenceStore {
      override fair(demand: number, others: readonly number[]): number {
        return Math.max(0.25, super.fair(demand, others));
      }
    },
  },
  'share-expiry': {
    'waits for the silent for ever': class extends ReferenceStore {
      override leaseOne(claim: ShareClaim): ShareGrant {
        return super.leaseOne(claim, 1e15);
      }
    },
    'forgets a member that is slower than others': class extends ReferenceStore {
      override partsOf(key: string): Map<ReferenceStore, Part> {
        const parts = super.partsOf(key);
        // Whoever renews for the second time since another did takes that one for gone.
        for (const [member, part] of parts) {
          if (member !== this) part.expiresAtMs -= 35_000;
        }
        return parts;
      }
    },
  },
  'share-leaves': {
    'lets a part end by itself': class extends ReferenceStore {
      override leave(): void {}
    },
  },
  'share-keys': {
    'shares all limits as one': class extends ReferenceStore {
      override partsOf(): Map<ReferenceStore, Part> {
        return super.partsOf('all');
      }
    },
    'grants in another order': class extends ReferenceStore {
      override lease(claims: readonly ShareClaim[], ttlMs: number): Promise<readonly ShareGrant[]> {
        const sorted = claims.toSorted((a, b) => (a.key < b.key ? -1 : 1));
        return super.lease(sorted, ttlMs);
      }
    },
  },
  'share-rejects': {
    'takes a demand below zero': class extends ReferenceStore {
      override checkClaims(claims: readonly ShareClaim[]): void {
        super.checkClaims(claims.map(({ key, demand }) => ({ key, demand: Math.max(0, demand) })));
      }
    },
    'leases up to the first claim that is bad': class extends ReferenceStore {
      override checkClaims(): void {}
      override leaseOne(claim: ShareClaim, ttlMs: number): ShareGrant {
        super.checkClaims([claim]);
        return super.leaseOne(claim, ttlMs);
      }
    },
  },
  'notice-others': {
    'tells who gave it': class extends ReferenceStore {
      override isFor(): boolean {
        return true;
      }
    },
    'tells one listener only': class extends ReferenceStore {
      override isFor(store: ReferenceStore): boolean {
        const first = [...this.world.listeners.values()].find((one) => one.store !== this);
        return store === first?.store;
      }
    },
    'cuts the reason to a line': class extends ReferenceStore {
      override publish(notice: Notice): void {
        super.publish({ ...notice, reason: notice.reason.split('\n')[0]! });
      }
    },
  },
  'notice-late': {
    'tells those who listen only': class extends ReferenceStore {
      override held(): Notice[] {
        return [];
      }
    },
    'tells what is over': class extends ReferenceStore {
      override held(): Notice[] {
        return [...this.world.notices.values()].map(({ notice }) => notice);
      }
    },
    'keeps one notice for each target': class extends ReferenceStore {
      override idOf({ target }: Notice): string {
        return target;
      }
    },
  },
  'notice-stronger': {
    'keeps the latest cool-down': class extends ReferenceStore {
      override keep(notice: Notice): void {
        this.world.notices.set(this.idOf(notice), { from: this, notice });
      }
    },
    'keeps all there was of a breaker': class extends ReferenceStore {
      override idOf(notice: Notice): string {
        return super.idOf(notice) + notice.kind;
      }
    },
  },
  'notice-stop': {
    'goes on when stopped': class extends ReferenceStore {
      override subscribe(listener: (notice: Notice) => void): () => void {
        super.subscribe(listener);
        return () => {};
      }
    },
    'stops all of a store': class extends ReferenceStore {
      override subscribe(listener: (notice: Notice) => void): () => void {
        super.subscribe(listener);
        return () => this.world.listeners.clear();
      }
    },
    'tells what holds after it was stopped': class extends ReferenceStore {
      override subscribe(listener: (notice: Notice) => void): () => void {
        const stop = super.subscribe(listener);
        queueMicrotask(() => this.held().forEach(listener));
        return stop;
      }
    },
  },
  'notice-safe': {
    'lets one listener end it for all': class extends ReferenceStore {
      override guard(listener: (notice: Notice) => void): (notice: Notice) => void {
        return (notice) => {
          try {
            listener(notice);
          } catch {
            this.world.listeners.clear();
          }
        };
      }
    },
    'throws from publish after close': class extends ReferenceStore {
      override publish(notice: Notice): void {
        if (this.isClosed) throw new Error('closed');
        super.publish(notice);
      }
    },
  },
};

describe('the store contract', () => {
  test('has a mutant for every clause', () => {
    const ids = [...storeClauses, ...sharedStoreClauses].map(({ id }) => id);
    expect(Object.keys(mutants).sort()).toEqual(ids.sort());
  });

  for (const { id, check } of [...storeClauses, ...sharedStoreClauses]) {
    for (const [name, Mutant] of Object.entries(mutants[id] ?? {})) {
      test(`[${id}] catches a store that ${name}`, async () => {
        const subject = { ...storeSubject(referenceSubject(Mutant)), patienceMs: 30 };
        await expect(check(subject)).rejects.toThrow();
      });
    }
  }
});
