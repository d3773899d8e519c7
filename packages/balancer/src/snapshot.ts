import type { Snapshot, Target } from '@plimsoll/core';

/** A snapshot of the given members; the arrays are taken as they are and must not be changed afterwards. */
export function snapshot(
  version: number,
  slots: Int32Array,
  targets: readonly Target[],
  weights: Float64Array,
  slotLimit: number,
): Snapshot {
  return {
    version,
    slots,
    targets,
    weights,
    slotLimit,
    where(keep) {
      const kept: number[] = [];
      for (let index = 0; index < targets.length; index++) {
        if (keep(targets[index]!, slots[index]!)) kept.push(index);
      }
      return snapshot(
        version,
        Int32Array.from(kept, (index) => slots[index]!),
        kept.map((index) => targets[index]!),
        Float64Array.from(kept, (index) => weights[index]!),
        slotLimit,
      );
    },
  };
}
