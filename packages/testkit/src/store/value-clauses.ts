import assert from 'node:assert/strict';

import type { StoreClause } from './clause.ts';
import { assertRejects, totalOf, useOf, withStores } from './rig.ts';

const MINUTE_MS = 60_000;

export const keepsValues: StoreClause = {
  id: 'values',
  title: 'gives back the last value put under a key, to every store of the place',
  check: (subject) =>
    withStores(subject, async (open) => {
      const store = await open();
      assert.equal(await store.get('a'), undefined);
      await store.put('a', 'one', MINUTE_MS);
      await store.put('b', '', MINUTE_MS);
      await store.put('a', 'käse 🧀\n"', MINUTE_MS);
      const other = await open();
      assert.equal(await other.get('a'), 'käse 🧀\n"');
      assert.equal(await other.get('b'), '');
      assert.equal(await other.get('c'), undefined);
      assert.equal(await totalOf(subject, other, 'a'), 0, 'a value is no use');
    }),
};

export const forgetsValues: StoreClause = {
  id: 'expiry',
  title: 'forgets a value when its time is over, counted from the last put',
  check: (subject) =>
    withStores(subject, async (open) => {
      const store = await open();
      await store.put('short', 'one', 40);
      await store.put('longer', 'one', 40);
      await store.put('longer', 'two', MINUTE_MS);
      await store.put('shorter', 'one', MINUTE_MS);
      await store.put('shorter', 'two', 40.5);
      await subject.elapse(60);
      assert.equal(await store.get('short'), undefined);
      assert.equal(await store.get('longer'), 'two');
      assert.equal(await store.get('shorter'), undefined);
    }),
};

export const rejects: StoreClause = {
  id: 'rejects',
  title: 'rejects what it cannot do, and never throws: bad times, and anything after close',
  check: (subject) =>
    withStores(subject, async (open) => {
      const store = await open();
      for (const ttlMs of [0, -1, NaN, Infinity]) {
        await assertRejects(`put for ${ttlMs} ms`, () => store.put('a', 'one', ttlMs));
      }
      assert.equal(await store.get('a'), undefined);
      await store.close();
      await assertRejects('add after close', () => store.add([useOf(subject, 'a', 1)]));
      await assertRejects('load after close', () => store.load(subject.epochMs()));
      await assertRejects('put after close', () => store.put('a', 'one', MINUTE_MS));
      await assertRejects('get after close', () => store.get('a'));
    }),
};

export const closesWell: StoreClause = {
  id: 'close',
  title: 'ends what is under way before it closes, and closes twice as once',
  check: (subject) =>
    withStores(subject, async (open) => {
      const store = await open();
      let ended = 0;
      const calls = Promise.all(
        [
          store.add([useOf(subject, 'a', 1)]),
          store.add([useOf(subject, 'a', 1)]),
          store.put('a', 'one', MINUTE_MS),
        ].map((call) => call.then(() => ended++)),
      );
      // Looked at below; until then nobody may take a rejection for unhandled.
      calls.catch(() => {});
      await Promise.all([store.close(), store.close()]);
      // A wrapper around a call settles some microtasks after it.
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
      assert.equal(ended, 3, 'calls were under way, or failed, when the store said it was closed');
      await calls;
      await store.close();
      const next = await open();
      assert.equal(await totalOf(subject, next, 'a'), 2);
      assert.equal(await next.get('a'), 'one');
    }),
};
