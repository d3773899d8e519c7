import assert from 'node:assert/strict';

import { seededRandom, type SharedStore } from '@plimsoll/core';

import type { SharedStoreClause } from './clause.ts';
import { assertShares, Fleet, LONG_MS } from './fleet.ts';
import { assertRejects, withStores } from './rig.ts';

export const grantsAllToOne: SharedStoreClause = {
  id: 'share-alone',
  title: 'grants a member that is alone the whole limit, at once, whatever its demand',
  check: (subject) =>
    withStores(subject, async (open) => {
      const member = await open();
      for (const demand of [0, 5, 1e12]) {
        const { share, members } = await new Fleet(`of ${demand}`).renew(member, demand);
        assert.deepEqual({ share, members }, { share: 1, members: 1 });
      }
    }),
};

export const neverOverGrants: SharedStoreClause = {
  id: 'share-sum',
  title: 'never grants more than the limit, however members come, go and change their demand',
  check: (subject) =>
    withStores(subject, async (open) => {
      const random = seededRandom(1);
      const fleet = new Fleet();
      const members: SharedStore[] = [];
      for (let step = 0; step < 150; step++) {
        const at = random.below(members.length + 1);
        const member = members[at];
        if (member === undefined) {
          members.push(await open());
        } else if (random.float() < 0.05) {
          members.splice(at, 1);
          await member.close();
          fleet.forget(member);
        } else {
          await fleet.renew(member, random.below(3) * 10 ** random.below(4));
        }
      }
    }),
};

export const followsDemand: SharedStoreClause = {
  id: 'share-demand',
  title: 'grants shares by demand within four rounds of renewals, and wastes nothing',
  check: (subject) =>
    withStores(subject, async (open) => {
      const [a, b, c] = [await open(), await open(), await open()];
      const fleet = new Fleet();
      const alike = new Map([a, b, c].map((member) => [member, 0]));
      assertShares(await fleet.rounds(4, alike), [1 / 3, 1 / 3, 1 / 3]);
      const unlike = await fleet.rounds(4, new Map(alike).set(a, 500).set(b, 300).set(c, 200));
      assertShares(unlike, [0.5, 0.3, 0.2]);
      assert.deepEqual(
        unlike.map(({ members }) => members),
        [3, 3, 3],
      );
    }),
};

export const leavesSomeForAll: SharedStoreClause = {
  id: 'share-floor',
  title: 'leaves a member without demand enough to begin with',
  check: (subject) =>
    withStores(subject, async (open) => {
      const [idle, busy] = [await open(), await open()];
      const [grant] = await new Fleet().rounds(
        4,
        new Map([
          [idle, 0],
          [busy, 1e9],
        ]),
      );
      assert.ok(grant!.share >= 0.005, `the idle one of two members has ${grant!.share}`);
    }),
};

export const shrinksAtOnce: SharedStoreClause = {
  id: 'share-shrinks',
  title: 'takes back at the next renewal what is more than the fair part',
  check: (subject) =>
    withStores(subject, async (open) => {
      const [a, b] = [await open(), await open()];
      const fleet = new Fleet();
      await fleet.renew(a, 100);
      await fleet.renew(b, 100);
      const { share } = await fleet.renew(a, 100);
      assert.ok(share > 0.45 && share < 0.55, `the first of two equal members has ${share}`);
      assertShares(await fleet.rounds(2, demandsOf([a, b], 100)), [0.5, 0.5]);
    }),
};

export const takesInMembers: SharedStoreClause = {
  id: 'share-joins',
  title: 'gives every newcomer its part within three rounds',
  check: (subject) =>
    withStores(subject, async (open) => {
      const fleet = new Fleet();
      const members: SharedStore[] = [];
      for (let count = 1; count <= 6; count++) {
        members.push(await open());
        const grants = await fleet.rounds(3, demandsOf(members, 10));
        assertShares(
          grants,
          members.map(() => 1 / count),
        );
        assert.equal(grants[0]!.members, count);
      }
    }),
};

export const freesTheSilent: SharedStoreClause = {
  id: 'share-expiry',
  title: 'frees the part of a member that did not renew in time, and no sooner',
  check: (subject) =>
    withStores(subject, async (open) => {
      const [a, b] = [await open(), await open()];
      const fleet = new Fleet();
      await fleet.rounds(3, demandsOf([a, b], 10));
      for (let renewal = 0; renewal < 3; renewal++) {
        const { share, members } = await fleet.renew(a, 10);
        assert.ok(share < 0.55 && members === 2, `${share} while another may still use its part`);
      }
      await fleet.renew(b, 10, 40);
      await subject.elapse(60);
      fleet.forget(b);
      const { share, members } = await fleet.renew(a, 10);
      assert.deepEqual({ share, members }, { share: 1, members: 1 });
    }),
};

export const freesTheClosed: SharedStoreClause = {
  id: 'share-leaves',
  title: 'frees the parts of a member that closes',
  check: (subject) =>
    withStores(subject, async (open) => {
      const [a, b] = [await open(), await open()];
      const fleet = new Fleet();
      await fleet.rounds(3, demandsOf([a, b], 10));
      await b.close();
      fleet.forget(b);
      const { share, members } = await fleet.renew(a, 10);
      assert.deepEqual({ share, members }, { share: 1, members: 1 });
    }),
};

export const separatesLimits: SharedStoreClause = {
  id: 'share-keys',
  title: 'shares every limit by itself, and grants in the order of the claims',
  check: (subject) =>
    withStores(subject, async (open) => {
      const [a, b] = [await open(), await open()];
      assert.deepEqual(await a.lease([], LONG_MS), []);
      for (let round = 0; round < 4; round++) {
        const ofA = await a.lease(claims({ x: 10, y: 30, 'own of a': 1 }), LONG_MS);
        const ofB = await b.lease(claims({ y: 10, 'own/b': 5, x: 30 }), LONG_MS);
        assert.deepEqual(
          [ofA, ofB].map((grants) => grants.map(({ key }) => key)),
          [
            ['x', 'y', 'own of a'],
            ['y', 'own/b', 'x'],
          ],
        );
        if (round < 3) continue;
        assertShares([ofA[0]!, ofB[2]!], [0.25, 0.75]);
        assertShares([ofA[1]!, ofB[0]!], [0.75, 0.25]);
        assert.deepEqual([ofA[2]!.share, ofB[1]!.share], [1, 1]);
      }
    }),
};

export const rejectsClaims: SharedStoreClause = {
  id: 'share-rejects',
  title: 'rejects claims that make no sense, whole, and claims after close',
  check: (subject) =>
    withStores(subject, async (open) => {
      const [a, b] = [await open(), await open()];
      for (const demand of [-1, NaN, Infinity]) {
        const call = (): Promise<unknown> => a.lease(claims({ x: 1, y: demand }), LONG_MS);
        await assertRejects(`a claim of ${demand}`, call);
      }
      for (const ttlMs of [0, -1, NaN, Infinity]) {
        await assertRejects(`a lease of ${ttlMs} ms`, () => a.lease(claims({ x: 1 }), ttlMs));
      }
      assert.equal((await new Fleet('x').renew(b, 1)).members, 1, 'a rejected claim holds a part');
      await a.close();
      await assertRejects('a lease after close', () => a.lease(claims({ x: 1 }), LONG_MS));
    }),
};

function demandsOf(members: readonly SharedStore[], demand: number): Map<SharedStore, number> {
  return new Map(members.map((member) => [member, demand]));
}

function claims(demands: Record<string, number>): { key: string; demand: number }[] {
  return Object.entries(demands).map(([key, demand]) => ({ key, demand }));
}
