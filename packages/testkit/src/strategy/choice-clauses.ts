import assert from 'node:assert/strict';

import type { StrategyClause } from './clause.ts';
import { membersOf, sparse, StrategyRig, failed } from './rig.ts';

export const answersAdmitted: StrategyClause = {
  id: 'admitted',
  title: 'answers a member that is admitted, and -1 exactly when there is none',
  check(subject) {
    const weights = [3, 1, 2, 1];
    const slots = [...sparse, 40];
    const rig = new StrategyRig(subject, membersOf(subject, weights, { slots }));
    // Every subset of the members, each for some picks, in an order that opens and closes several at once.
    for (let round = 0; round < 4; round++) {
      for (let subset = 0; subset < 1 << slots.length; subset++) {
        const admitted = slots.filter((_, index) => (((subset * 7) % 16) >> index) & 1);
        for (const slot of slots) rig.view.admissible[slot] = admitted.includes(slot) ? 1 : 0;
        for (const slot of rig.picks(3)) {
          if (admitted.length === 0) assert.equal(slot, -1, 'no target is admitted');
          else assert.ok(admitted.includes(slot), `picked ${slot} where only ${admitted} may be`);
        }
      }
    }
  },
};

export const neverThrows: StrategyClause = {
  id: 'sturdy',
  title: 'takes every snapshot: empty, single, sparse, larger, smaller and empty again',
  check(subject) {
    const memberships: (readonly number[])[] = [
      [],
      [0],
      sparse,
      [0, 1, 2, 4096],
      [17],
      [17, 5],
      [],
      [2, 1],
    ];
    const rig = new StrategyRig(subject, membersOf(subject, [], { slotLimit: 0 }));
    for (const [index, slots] of memberships.entries()) {
      const version = 2 + index;
      rig.update(
        membersOf(
          subject,
          slots.map(() => 0.5 + index),
          { slots, version },
        ),
      );
      for (const slot of [...rig.picks(6), rig.pick({}), rig.peek()]) {
        if (slots.length === 0) assert.equal(slot, -1, 'the pool is empty');
        else assert.ok(slots.includes(slot), `picked ${slot}, not one of ${slots}`);
      }
      // A lease can end after its target has left the pool.
      for (const slot of sparse) rig.strategy.observe?.(slot, failed, rig.clock.now());
    }
  },
};

export const passesOver: StrategyClause = {
  id: 'skip',
  title: 'passes over a target that is left out and starves no other',
  check(subject) {
    const slots = [...sparse, 40, 41];
    const rig = new StrategyRig(
      subject,
      membersOf(
        subject,
        slots.map(() => 1),
        { slots },
      ),
    );
    for (const leftOut of slots) {
      rig.view.admissible[leftOut] = 0;
      const shares = rig.shares(500);
      rig.view.admissible[leftOut] = 1;
      for (const [index, slot] of slots.entries()) {
        if (slot === leftOut) assert.equal(shares[index], 0, `picked ${slot}, which is left out`);
        else assert.ok(shares[index]! > 0, `never picked ${slot} while ${leftOut} is left out`);
      }
    }
  },
};

export const reachesAll: StrategyClause = {
  id: 'reach',
  title: 'picks every admitted target in time',
  check(subject) {
    for (const size of [1, 2, 5, 16]) {
      const shares = new StrategyRig(
        subject,
        membersOf(
          subject,
          Array.from({ length: size }, () => 1),
        ),
      ).shares(100 * size);
      assert.ok(!shares.includes(0), `of ${size} targets some were never picked: ${shares}`);
    }
  },
};
