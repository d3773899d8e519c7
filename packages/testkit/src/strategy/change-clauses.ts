import assert from 'node:assert/strict';

import type { StrategyClause } from './clause.ts';
import { membersOf, sparse, StrategyRig, failed } from './rig.ts';

export const keepsItsPlace: StrategyClause = {
  id: 'rebuild',
  title: 'goes on as before after a snapshot in which nothing changed',
  check(subject) {
    const weights = [3, 1, 2];
    const plain = new StrategyRig(subject, membersOf(subject, weights, { slots: sparse }));
    const rebuilt = new StrategyRig(subject, membersOf(subject, weights, { slots: sparse }));
    for (let pick = 0; pick < 100; pick++) {
      rebuilt.update(membersOf(subject, weights, { slots: sparse, version: 2 + pick }));
      assert.equal(rebuilt.pick(), plain.pick(), `pick ${pick} differs after a rebuild`);
    }
  },
};

export const keepsItsPhase: StrategyClause = {
  id: 'phase',
  title: 'keeps its phase when weights change: no burst to one target',
  check(subject) {
    const count = 5;
    const picks = 1000;
    const equal = Array.from({ length: count }, () => 1);
    const undisturbed = Math.max(
      ...new StrategyRig(subject, membersOf(subject, equal)).shares(picks),
    );
    const rig = new StrategyRig(subject, membersOf(subject, equal));
    const counts = equal.map(() => 0);
    for (let pick = 0; pick < picks; pick++) {
      // The last weight moves by a hundredth before every pick, down and up again: next to nothing, but a changed
      // snapshot. Whoever starts afresh then starts with the first target, every time.
      const weights = equal.with(count - 1, pick % 2 === 0 ? 0.99 : 1);
      rig.update(membersOf(subject, weights, { version: 2 + pick }));
      const slot = rig.pick();
      counts[slot] = counts[slot]! + 1;
    }
    assert.ok(
      Math.max(...counts) <= 1.5 * undisturbed,
      `at most ${undisturbed} of ${picks} without changes, but ${counts} with them`,
    );
  },
};

export const forgetsSlots: StrategyClause = {
  id: 'reuse',
  title:
    'forgets a target that left: its slot is never picked, and the next one in it starts afresh',
  check(subject) {
    const [first, second, left] = sparse;
    const before = membersOf(subject, [1, 1, 1], { slots: sparse });
    const without = membersOf(subject, [1, 1], { slots: [first, second], version: 2 });
    const after = membersOf(subject, [1, 1, 1], {
      slots: sparse,
      ids: [`target-${first}`, `target-${second}`, 'newcomer'],
      version: 3,
    });
    // The newcomer may get the slot some snapshots later, or in the very snapshot in which the old target is gone.
    for (const snapshots of [[without, after], [after]]) {
      const rig = new StrategyRig(subject, before);
      for (let round = 0; round < 20; round++) {
        rig.pick();
        rig.strategy.observe?.(left, failed, rig.clock.now());
      }
      for (const snapshot of snapshots) {
        rig.update(snapshot);
        const shares = rig.shares(300);
        const picked = shares.reduce((sum, count) => sum + count, 0);
        assert.equal(picked, 300, 'a slot was picked whose target has left the pool');
        assert.ok(
          !shares.includes(0),
          `of the targets there are now some are not picked: ${shares}`,
        );
      }
    }
  },
};
