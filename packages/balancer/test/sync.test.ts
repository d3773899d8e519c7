import type { Notice, PeriodUse, SharedStore, ShareClaim, ShareGrant, Store } from '@plimsoll/core';
import { expect, it } from 'vitest';

import { connectStore } from '../src/sync/store-sync.ts';
import { rig as rigAtMidnight, type Rig } from './rig.ts';

/** A rig some time into the day: around midnight a day's use belongs to two days. */
function rig(targets: Parameters<typeof rigAtMidnight>[0]): Rig {
  const made = rigAtMidnight(targets);
  made.clock.advance(60_000);
  return made;
}

/** Lets promises settle. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What several processes see of one store. */
class Shelf {
  readonly totals = new Map<string, PeriodUse>();
  readonly members = new Map<Desk, Map<string, number>>();
  readonly listeners = new Map<Desk, (notice: Notice) => void>();
}

/** One process's view of a shelf; it can be cut off. */
class Desk implements SharedStore {
  readonly name = 'shelf';
  isAway = false;
  isSilent = false;
  adds = 0;
  claims: readonly ShareClaim[] = [];
  readonly #shelf: Shelf;

  constructor(shelf: Shelf = new Shelf()) {
    this.#shelf = shelf;
  }

  async add(uses: readonly PeriodUse[]): Promise<readonly PeriodUse[]> {
    this.adds++;
    if (this.isAway) throw new Error('away');
    return uses.map((use) => {
      const name = `${use.key} ${use.period}`;
      const used = (this.#shelf.totals.get(name)?.used ?? 0) + use.used;
      this.#shelf.totals.set(name, { ...use, used });
      return { ...use, used };
    });
  }

  async load(): Promise<readonly PeriodUse[]> {
    if (this.isAway) throw new Error('away');
    return [...this.#shelf.totals.values()];
  }

  /** Equal parts: enough to see that they are taken. */
  async lease(claims: readonly ShareClaim[]): Promise<readonly ShareGrant[]> {
    if (this.isAway) throw new Error('away');
    if (this.isSilent) return new Promise(() => {});
    this.claims = claims;
    this.#shelf.members.set(this, new Map());
    const members = this.#shelf.members.size;
    return claims.map(({ key }) => ({ key, share: 1 / members, members }));
  }

  publish(notice: Notice): void {
    for (const [desk, listener] of this.#shelf.listeners) if (desk !== this) listener(notice);
  }

  subscribe(listener: (notice: Notice) => void): () => void {
    this.#shelf.listeners.set(this, listener);
    return () => this.#shelf.listeners.delete(this);
  }

  put(): Promise<void> {
    return Promise.resolve();
  }

  get(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A store of one process, as sqlite is. */
function alone(desk: Desk): Store {
  return {
    name: desk.name,
    add: (uses) => desk.add(uses),
    load: () => desk.load(),
    put: () => desk.put(),
    get: () => desk.get(),
    close: () => desk.close(),
  };
}

const daily = [{ id: 'a', limits: { rpd: 10, burstRatio: 1 } }];
const used = ({ pool }: Rig): number => pool.stats().targets[0]!.quotas[0]!.used;

async function serve(made: Rig, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    made.start();
    made.provider.last.answer();
  }
  made.clock.advance(500);
  await settle();
}

it('goes on counting a day after a restart', async () => {
  const desk = new Desk();
  const before = rig(daily);
  await connectStore(before.fleet, alone(desk));
  await serve(before, 4);
  const after = rig(daily);
  await connectStore(after.fleet, alone(desk));
  expect(used(after)).toBe(4);
  await serve(after, 3);
  expect(used(after)).toBe(7);
  const third = rig(daily);
  await connectStore(third.fleet, alone(desk));
  expect(used(third)).toBe(7);
});

it('goes on counting money after a restart', async () => {
  const desk = new Desk();
  const price = { input: 1000, output: 0 };
  const targets = [{ id: 'a', price, budget: { usdPerMonth: 2 } }];
  const usage = { inputTokens: 1500, outputTokens: 0 };
  const before = rig(targets);
  const connection = await connectStore(before.fleet, alone(desk));
  before.start({ inputTokens: 1500 });
  before.provider.last.answer('hello', usage);
  await connection.close();
  const after = rig(targets);
  await connectStore(after.fleet, alone(desk));
  expect(after.pool.explain({ inputTokens: 1000 }).candidates[0]?.reason).toBe('budget');
  expect(after.pool.explain({ inputTokens: 100 }).candidates[0]?.reason).toBe('admissible');
});

it('loses nothing and adds nothing twice while the store is away', async () => {
  const desk = new Desk();
  const made = rig(daily);
  const errors: unknown[] = [];
  const options = { onError: (error: unknown) => errors.push(error) };
  await connectStore(made.fleet, alone(desk), options);
  await serve(made, 2);
  desk.isAway = true;
  await serve(made, 3);
  await serve(made, 1);
  expect(errors.length).toBe(2);
  desk.isAway = false;
  await serve(made, 1);
  expect(used(made)).toBe(7);
  expect((await desk.load()).map((use) => use.used)).toEqual([7]);
});

it('begins without the store and takes its totals in when it comes', async () => {
  const desk = new Desk();
  await desk.add([{ key: 'quota/target/a/requests/day', period: '2026-01-01', used: 0 }]);
  const first = rig(daily);
  await connectStore(first.fleet, alone(desk));
  await serve(first, 5);
  desk.isAway = true;
  const made = rig(daily);
  await connectStore(made.fleet, alone(desk));
  await serve(made, 1);
  expect(used(made)).toBe(1);
  desk.isAway = false;
  await serve(made, 1);
  expect(used(made)).toBe(7);
});

it('counts what other processes use of a day', async () => {
  const shelf = new Shelf();
  const [one, two] = [rig(daily), rig(daily)];
  await connectStore(one.fleet, new Desk(shelf));
  await connectStore(two.fleet, new Desk(shelf));
  await serve(one, 4);
  await serve(two, 2);
  await serve(one, 0);
  expect([used(one), used(two)]).toEqual([6, 6]);
});

it('uses its share of a limit, and an equal part while the store is silent', async () => {
  const shelf = new Shelf();
  const minute = [{ id: 'a', limits: { rpm: 100, burstRatio: 1 } }];
  const [one, two] = [rig(minute), rig(minute)];
  const desk = new Desk(shelf);
  await connectStore(one.fleet, desk);
  await settle();
  const limit = (): number => one.pool.stats().targets[0]!.quotas[0]!.limit;
  expect(limit()).toBe(100);
  await connectStore(two.fleet, new Desk(shelf));
  one.clock.advance(100);
  await settle();
  expect(limit()).toBe(50);
  desk.isSilent = true;
  one.clock.advance(400);
  await settle();
  expect(limit()).toBe(50);
  for (let count = 0; count < 60; count++) one.start();
  expect(one.provider.attempts).toHaveLength(50);
});

it('claims its share by what is offered: what waits and what was refused counts too', async () => {
  const made = rig([{ id: 'a', limits: { rps: 1 } }]);
  const desk = new Desk();
  await connectStore(made.fleet, desk);
  await settle();
  made.start();
  made.start({ timeoutMs: 1 });
  made.start();
  made.clock.advance(100);
  await settle();
  // One was sent and two were not: a tenth of the new count, the first time.
  expect(desk.claims.map(({ demand }) => demand)).toEqual([expect.closeTo(0.3)]);
});

it('heeds the cool-downs and breakers of others, each for its own time', async () => {
  const shelf = new Shelf();
  const targets = [
    { id: 'a', quotaGroup: 'org', model: 'm' },
    { id: 'b', quotaGroup: 'org', model: 'm' },
    { id: 'c', quotaGroup: 'other', model: 'm' },
  ];
  const [one, two] = [rig(targets), rig(targets)];
  await connectStore(one.fleet, new Desk(shelf));
  await connectStore(two.fleet, new Desk(shelf));
  one.start();
  one.provider.last.fail({
    kind: 'throttle',
    verdict: 'cooldown',
    scope: 'quota_group',
    retryAfterMs: 3000,
    isHealthFailure: false,
  });
  expect(two.pool.explain({}).order).toEqual(['c']);
  expect(Array.from(two.fleet.hot.isThrottled.slice(0, 3))).toEqual([1, 1, 0]);
  one.provider.last.answer();
  for (let count = 0; count < 5; count++) {
    one.start({ pin: 'c' });
    one.provider.last.fail({ kind: 'network' });
  }
  expect(two.pool.explain({}).order).toEqual([]);
  expect(two.fleet.hot.isThrottled[2]).toBe(0);
  two.clock.advance(3000);
  expect(two.pool.explain({}).order).toEqual(['a', 'b']);
  two.clock.advance(57_000);
  expect(two.pool.explain({}).order).toEqual(['a', 'b', 'c']);
});

it('saves what is left when it is closed, and tells no more', async () => {
  const desk = new Desk();
  const made = rig(daily);
  const connection = await connectStore(made.fleet, alone(desk));
  made.start();
  made.provider.last.answer();
  await connection.close();
  expect((await desk.load()).map((use) => use.used)).toEqual([1]);
  const { adds } = desk;
  made.clock.advance(5000);
  expect(desk.adds).toBe(adds);
});
