import assert from 'node:assert/strict';

import type { StrategyClause } from './clause.ts';
import { membersOf, sparse, StrategyRig } from './rig.ts';

export const repeatsItself: StrategyClause = {
  id: 'deterministic',
  title: 'makes the same choices from the same seed',
  check(subject) {
    const run = (): number[] =>
      new StrategyRig(subject, membersOf(subject, [2, 3, 1, 1], { slots: [...sparse, 1] })).picks(
        300,
      );
    assert.deepEqual(run(), run());
  },
};

export const peeksWithoutTrace: StrategyClause = {
  id: 'peek',
  title: 'changes no later pick by a peek',
  check(subject) {
    const snapshot = membersOf(subject, [3, 1, 2], { slots: sparse });
    const plain = new StrategyRig(subject, snapshot);
    const peeked = new StrategyRig(subject, snapshot);
    for (let pick = 0; pick < 200; pick++) {
      // Peeks come with other requests, and while other targets are left out.
      const leftOut = sparse[pick % 4];
      if (leftOut !== undefined) peeked.view.admissible[leftOut] = 0;
      for (let peek = 0; peek < pick % 3; peek++) peeked.peek(subject.traits(1000 + pick + peek));
      if (leftOut !== undefined) peeked.view.admissible[leftOut] = 1;
      assert.equal(peeked.pick(), plain.pick(), `pick ${pick} differs after peeks`);
    }
  },
};

export const explainsTheRealChoice: StrategyClause = {
  id: 'explain',
  title: 'answers to a traced peek what the next pick answers',
  check(subject) {
    const rig = new StrategyRig(subject, membersOf(subject, [3, 1, 2], { slots: sparse }));
    for (let pick = 0; pick < 200; pick++) {
      const leftOut = sparse[pick % 4];
      if (leftOut !== undefined) rig.view.admissible[leftOut] = 0;
      assert.equal(rig.peek(), rig.pick(), `the peek before pick ${pick} answered otherwise`);
      if (leftOut !== undefined) rig.view.admissible[leftOut] = 1;
    }
  },
};

export const sharesNothing: StrategyClause = {
  id: 'isolated',
  title: 'shares no state between two strategies of one definition',
  check(subject) {
    const snapshot = membersOf(subject, [3, 1, 2], { slots: sparse });
    const alone = new StrategyRig(subject, snapshot).picks(200);
    const definition = subject.create();
    const first = new StrategyRig(subject, snapshot, { definition });
    const second = new StrategyRig(subject, membersOf(subject, [1, 1]), { seed: 2, definition });
    const beside = alone.map((_, pick) => {
      second.picks(pick % 3);
      return first.pick();
    });
    assert.deepEqual(beside, alone);
  },
};

export const leavesAlone: StrategyClause = {
  id: 'read-only',
  title: 'changes nothing of the snapshot and the view',
  check(subject) {
    const rig = new StrategyRig(subject, membersOf(subject, [3, 1, 2], { slots: sparse }));
    const { slots, weights } = rig.snapshot;
    const { inFlight, weights: current, estimates, admissible, healthy } = rig.view;
    const state = (): unknown =>
      structuredClone({ slots, weights, inFlight, current, estimates, admissible, healthy });
    const before = state();
    rig.picks(50);
    rig.peek();
    assert.deepEqual(state(), before);
  },
};
