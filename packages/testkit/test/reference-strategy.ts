import type { RequestTraits, Snapshot, Strategy, StrategyDefinition, View } from '@plimsoll/core';

/** Smooth weighted round-robin in its plainest form: what the mutants are made of. */
export class ReferenceStrategy implements Strategy {
  slots: Int32Array = new Int32Array(0);
  weights: Float64Array = new Float64Array(0);
  /** What each target is owed, by slot. */
  owed: Float64Array = new Float64Array(0);

  update(snapshot: Snapshot): void {
    const owed = new Float64Array(snapshot.slotLimit);
    for (const slot of snapshot.slots) owed[slot] = this.owed[slot] ?? 0;
    this.owed = owed;
    this.slots = snapshot.slots;
    this.weights = snapshot.weights;
  }

  pick(view: View, _request: RequestTraits, _nowMs: number): number {
    let best = -1;
    let most = -Infinity;
    let total = 0;
    for (let index = 0; index < this.slots.length; index++) {
      const slot = this.slots[index]!;
      if (!view.admits(slot)) continue;
      const weight = this.weights[index]!;
      total += weight;
      const owed = this.owed[slot]! + weight;
      if (owed > most) {
        most = owed;
        best = slot;
      }
      if (!view.peek) this.owed[slot] = owed;
    }
    if (best >= 0 && !view.peek) this.owed[best]! -= total;
    return best;
  }
}

/** A definition of the reference, or of a strategy derived from it, which says of itself what `says` adds. */
export function definitionOf(
  create: StrategyDefinition['create'] = () => new ReferenceStrategy(),
  says: Partial<StrategyDefinition> = {},
): StrategyDefinition {
  return { name: 'reference', honoursWeights: true, expectedShare: 'by_weight', create, ...says };
}
