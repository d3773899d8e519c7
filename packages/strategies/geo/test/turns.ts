import type { RequestTraits, Snapshot, Strategy, StrategyDefinition, View } from '@plimsoll/core';

/** Takes turns in the order of the slots: enough of a strategy to stand inside another one. */
export function turns(): StrategyDefinition {
  return {
    name: 'turns',
    honoursWeights: false,
    expectedShare: 'equal',
    create: () => new Turns(),
  };
}

class Turns implements Strategy {
  #slots: Int32Array = new Int32Array(0);
  #last = -1;

  update(snapshot: Snapshot): void {
    this.#slots = snapshot.slots.toSorted();
  }

  pick(view: View, _request: RequestTraits, _nowMs: number): number {
    let first = -1;
    let next = -1;
    for (const slot of this.#slots) {
      if (!view.admits(slot)) continue;
      if (first < 0) first = slot;
      if (next < 0 && slot > this.#last) next = slot;
    }
    const slot = next < 0 ? first : next;
    if (slot >= 0 && !view.peek) this.#last = slot;
    return slot;
  }
}
