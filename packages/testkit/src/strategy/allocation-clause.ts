import assert from 'node:assert/strict';

import { bytesPerCall } from '../allocation.ts';
import type { StrategyClause } from './clause.ts';
import { membersOf, sparse, StrategyRig } from './rig.ts';

export const allocatesNothing: StrategyClause = {
  id: 'allocation',
  title: 'allocates nothing per pick',
  check(subject) {
    const slots = [...sparse, 40, 41, 42, 43, 44];
    const rig = new StrategyRig(
      subject,
      membersOf(
        subject,
        slots.map((_, i) => 1 + (i % 3)),
        { slots },
      ),
    );
    const requests = Array.from({ length: 64 }, (_, pick) => subject.traits(pick));
    for (const leftOut of [undefined, sparse[1]]) {
      if (leftOut !== undefined) rig.view.admissible[leftOut] = 0;
      let pick = 0;
      const bytes = bytesPerCall(() => {
        pick++;
        rig.strategy.pick(rig.view, requests[pick & 63]!, pick);
      });
      assert.ok(bytes < 1, `${bytes.toFixed(1)} bytes per pick`);
    }
  },
};
