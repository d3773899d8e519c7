import type { Random, Snapshot } from '@plimsoll/core';

/** Up to this many members a pick looks at all. */
const EXACT_UP_TO = 64;
/** Above, at so many distinct ones. */
const DRAWN = 8;

/** Members to compare: all of a small pool, a few drawn ones of a large pool. */
export interface Members {
  // Plain arrays: an index read from a typed array into another costs V8 twice as much.
  readonly slots: number[];
  readonly weights: Float64Array;
  readonly count: number;
}

/** The members of a snapshot, and draws from them. */
export class Membership {
  readonly #random: Random;
  readonly #drawn: Members = {
    slots: Array.from({ length: DRAWN }, () => 0),
    weights: new Float64Array(DRAWN),
    count: DRAWN,
  };
  all: Members = { slots: [], weights: new Float64Array(0), count: 0 };

  constructor(random: Random) {
    this.#random = random;
  }

  update(snapshot: Snapshot): void {
    const slots = Array.from(snapshot.slots);
    this.all = { slots, weights: snapshot.weights, count: slots.length };
  }

  /** Those to look at first. */
  toCompare(): Members {
    const { slots, weights, count } = this.all;
    if (count <= EXACT_UP_TO) return this.all;
    const drawn = this.#drawn;
    for (let at = 0; at < DRAWN;) {
      const member = this.#random.below(count);
      const slot = slots[member]!;
      if (isAmong(drawn.slots, at, slot)) continue;
      drawn.slots[at] = slot;
      drawn.weights[at] = weights[member]!;
      at++;
    }
    return drawn;
  }
}

function isAmong(slots: readonly number[], count: number, slot: number): boolean {
  for (let at = 0; at < count; at++) if (slots[at] === slot) return true;
  return false;
}
