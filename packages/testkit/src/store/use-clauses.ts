import assert from 'node:assert/strict';

import type { PeriodUse } from '@plimsoll/core';

import type { StoreClause } from './clause.ts';
import { assertRejects, dayOf, totalOf, useOf, withStores } from './rig.ts';

export const addsUp: StoreClause = {
  id: 'totals',
  title: 'answers an add with the totals after it, in the order of the uses',
  check: (subject) =>
    withStores(subject, async (open) => {
      const store = await open();
      const use = (key: string, used: number): PeriodUse => useOf(subject, key, used);
      assert.deepEqual(await store.add([]), []);
      assert.deepEqual(await store.add([use('a', 5), use('b', 7)]), [use('a', 5), use('b', 7)]);
      assert.deepEqual(
        await store.add([use('b', 1), use('a', 2.5), use('a', -0.25)]),
        [use('b', 8), use('a', 7.25), use('a', 7.25)],
        'a key may come twice, and what is added may be negative or a fraction',
      );
    }),
};

export const tellsApart: StoreClause = {
  id: 'names',
  title: 'tells all keys and periods apart',
  check: (subject) =>
    withStores(subject, async (open) => {
      const store = await open();
      const keys = [
        '',
        ' ',
        'a',
        'A',
        'a:b',
        'a/b%2F',
        "it's",
        '"q"',
        'zeile\nzwei',
        'käse 🧀',
        '1',
      ];
      const periods = [dayOf(subject), dayOf(subject, 1), dayOf(subject).slice(0, 7)];
      const uses = keys.flatMap((key, index) =>
        periods.map((period, more) => ({ key, period, used: 10 * index + more + 1 })),
      );
      assert.deepEqual(await store.add(uses), uses);
      assert.deepEqual(sorted(await store.load(subject.epochMs())), sorted(uses));
    }),
};

export const takesMany: StoreClause = {
  id: 'many',
  title: 'takes a thousand uses in one add',
  check: (subject) =>
    withStores(subject, async (open) => {
      const store = await open();
      const uses = Array.from({ length: 1000 }, (_, index) =>
        useOf(subject, `key-${index}`, index),
      );
      assert.deepEqual(await store.add(uses), uses);
      assert.deepEqual(sorted(await store.load(subject.epochMs())), sorted(uses));
    }),
};

export const losesNothing: StoreClause = {
  id: 'concurrent',
  title: 'loses nothing of adds that run at once',
  check: (subject) =>
    withStores(subject, async (open) => {
      const store = await open();
      await Promise.all(Array.from({ length: 50 }, () => store.add([useOf(subject, 'a', 1)])));
      assert.equal(await totalOf(subject, store, 'a'), 50);
    }),
};

export const addsTogether: StoreClause = {
  id: 'together',
  title: 'adds up what several stores on one place add at once',
  check: (subject) =>
    withStores(subject, async (open) => {
      const stores = [await open(), await open(), await open()];
      await Promise.all(
        Array.from({ length: 60 }, (_, index) => stores[index % 3]!.add([useOf(subject, 'a', 1)])),
      );
      for (const store of stores) assert.equal(await totalOf(subject, store, 'a'), 60);
    }),
};

export const outlives: StoreClause = {
  id: 'durable',
  title: 'keeps what an add resolved for when the store is gone, closed or not',
  check: (subject) =>
    withStores(subject, async (open) => {
      const first = await open();
      await first.add([useOf(subject, 'a', 3)]);
      const second = await open();
      assert.equal(await totalOf(subject, second, 'a'), 3, 'before the first store was closed');
      await first.close();
      await second.close();
      assert.equal(await totalOf(subject, await open(), 'a'), 3, 'after all stores were closed');
    }),
};

export const addsAllOrNone: StoreClause = {
  id: 'all-or-none',
  title: 'counts nothing of an add that rejects, and rejects what cannot be counted',
  check: (subject) =>
    withStores(subject, async (open) => {
      const store = await open();
      const good = useOf(subject, 'a', 1);
      for (const bad of [
        { ...good, used: NaN },
        { ...good, used: Infinity },
        { ...good, period: 'today' },
        { ...good, period: '2026-13' },
      ]) {
        await assertRejects(`add of ${bad.used} in "${bad.period}"`, () => store.add([good, bad]));
      }
      assert.equal(await totalOf(subject, store, 'a'), 0);
      assert.deepEqual(await store.add([good]), [good]);
    }),
};

export const loadsPresent: StoreClause = {
  id: 'load',
  title: 'loads what is not over, and keeps for two days what is',
  check: (subject) =>
    withStores(subject, async (open) => {
      const store = await open();
      const today = useOf(subject, 'a', 1);
      const month = { ...today, period: dayOf(subject).slice(0, 7) };
      // Two days back a day is over in every time zone, one day back it may not be.
      const over = { ...today, period: dayOf(subject, -2) };
      await store.add([over, today, month]);
      const nowMs = subject.epochMs();
      assert.deepEqual(sorted(await store.load(nowMs)), sorted([today, month]));
      // While the day was not over; a store that forgets it at its end does not know.
      const beforeMs = Date.parse(over.period);
      assert.deepEqual(sorted(await store.load(beforeMs)), sorted([over, today, month]));
    }),
};

function sorted(uses: readonly PeriodUse[]): PeriodUse[] {
  const name = ({ key, period }: PeriodUse): string => JSON.stringify([key, period]);
  return [...uses].sort((a, b) => (name(a) < name(b) ? -1 : 1));
}
