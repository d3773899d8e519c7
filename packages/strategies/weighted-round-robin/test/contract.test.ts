import type { Snapshot } from '@plimsoll/core';
import { snapshotOf, strategyContract } from '@plimsoll/testkit';

import { weightedRoundRobin } from '../src/index.ts';

strategyContract({ create: weightedRoundRobin });

// The same by deadlines: a millionth more or less, and no small whole numbers are in proportion to the weights.
strategyContract({
  name: 'weighted-round-robin, by deadlines',
  create: () => {
    const definition = weightedRoundRobin();
    return {
      ...definition,
      create: (context) => {
        const strategy = definition.create(context);
        return {
          update: (snapshot) => strategy.update(uneven(snapshot)),
          pick: (view, request, nowMs) => strategy.pick(view, request, nowMs),
        };
      },
    };
  },
});

function uneven({ targets, slots, version, slotLimit }: Snapshot): Snapshot {
  return snapshotOf(
    targets.map((target, index) => ({
      ...target,
      weight: target.weight * (1 + 1e-6 * Math.SQRT2 * index),
    })),
    { slots: [...slots], version, slotLimit },
  );
}
