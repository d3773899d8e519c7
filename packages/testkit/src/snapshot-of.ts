import type { Snapshot, Target } from '@plimsoll/core';

/** Options of `snapshotOf`. */
export interface SnapshotOptions {
  /** The members' slots, in the members' order. @defaultValue 0, 1, 2, … */
  readonly slots?: readonly number[];
  /** @defaultValue 1 */
  readonly version?: number;
  /** @defaultValue one above the highest slot */
  readonly slotLimit?: number;
}

/**
 * A snapshot of the given members, each a weight or a part of a target. What is not stated has the default of the
 * configuration; an id is `target-<slot>`, so a slot keeps its target from one snapshot to the next unless told
 * otherwise. Throws a `RangeError` when there are not as many slots as members.
 */
export function snapshotOf(
  members: readonly (number | Partial<Target>)[],
  options: SnapshotOptions = {},
): Snapshot {
  const slots = Int32Array.from(options.slots ?? members.keys());
  if (slots.length !== members.length) {
    throw new RangeError(`snapshotOf: ${members.length} members but ${slots.length} slots`);
  }
  const targets = members.map((member, index) =>
    targetOf({
      id: `target-${slots[index]}`,
      ...(typeof member === 'number' ? { weight: member } : member),
    }),
  );
  return new PlainSnapshot(
    options.version ?? 1,
    slots,
    targets,
    options.slotLimit ?? slots.reduce((limit, slot) => Math.max(limit, slot + 1), 0),
  );
}

/** A whole target from the parts a test cares about; the rest has the default of the configuration. */
export function targetOf(parts: Partial<Target> = {}): Target {
  const id = parts.id ?? 'target-0';
  return { weight: 1, tier: 0, tags: [], quotaGroup: id, cacheDomain: id, ...parts, id };
}

class PlainSnapshot implements Snapshot {
  readonly version: number;
  readonly slots: Int32Array;
  readonly targets: readonly Target[];
  readonly weights: Float64Array;
  readonly slotLimit: number;

  constructor(version: number, slots: Int32Array, targets: readonly Target[], slotLimit: number) {
    this.version = version;
    this.slots = slots;
    this.targets = targets;
    this.weights = Float64Array.from(targets, (target) => target.weight);
    this.slotLimit = slotLimit;
  }

  where(keep: (target: Target, slot: number) => boolean): Snapshot {
    const kept = [...this.slots.keys()].filter((index) =>
      keep(this.targets[index]!, this.slots[index]!),
    );
    return new PlainSnapshot(
      this.version,
      Int32Array.from(kept, (index) => this.slots[index]!),
      kept.map((index) => this.targets[index]!),
      this.slotLimit,
    );
  }
}
