import type { RequestTraits, Snapshot, Strategy, StrategyDefinition, View } from '@plimsoll/core';

/** Takes turns in the order of the slots: enough of a strategy to stand inside a composite that is tested. */
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
  /** Index of the slot whose turn is next. */
  #next = 0;

  update(snapshot: Snapshot): void {
    const due = this.#slots[this.#next] ?? 0;
    this.#slots = snapshot.slots.toSorted();
    this.#next = Math.max(
      0,
      this.#slots.findIndex((slot) => slot >= due),
    );
  }

  pick(view: View, _request: RequestTraits, _nowMs: number): number {
    const count = this.#slots.length;
    let index = this.#next;
    for (let asked = 0; asked < count; asked++) {
      const slot = this.#slots[index]!;
      index = index + 1 === count ? 0 : index + 1;
      if (view.admits(slot)) {
        if (!view.peek) this.#next = index;
        return slot;
      }
    }
    return -1;
  }
}
