import type { Random, Snapshot, View } from '@plimsoll/core';

/**
 * What one request on the heaviest target adds to a score. Turns, which break ties, are at most some thousand, so loads
 * are ties where they differ by less than a millionth of a request: 3 / 0.3 and 1 / 0.1 do, by a rounding error.
 */
const REQUEST = 2 ** 30;

/** Turns are counted from here anew once they are above it: they must stay small beside a request. */
const MOST_TURNS = 1024;

/**
 * Compares all members by inFlight / weight, ties by turns. Whether a target is admissible is asked as late as possible,
 * since it is the dearest question of a pick: only of targets that would be chosen.
 *
 * With unequal weights load and turn are one number, so that one comparison per member does. The k-th turn of a member is
 * due at (k - 1/2) / weight, and of those alike in load the one whose turn is due first has it: smooth weighted
 * round-robin as deadlines. Turns that come due while a member is not among the least busy are lost.
 */
export class FullScan {
  readonly #random: Random;
  readonly #own: 0 | 1;
  // Members are in plain arrays: an index read from a typed array into another costs V8 twice as much.
  #slots: number[] = [];
  /** The id of each member. */
  #ids: string[] = [];
  #weights: Float64Array = new Float64Array(0);
  #isEqual = true;
  /** With equal weights, the member whose turn is next; -1 before the first one. */
  #cursor = -1;
  /** Otherwise what a request of each member adds to its score. */
  #loads: Float64Array = new Float64Array(0);
  /** From one turn of a member to its next: the least weight over its own. */
  #steps: Float64Array = new Float64Array(0);
  /** When the next turn of each member is due. */
  #dues: Float64Array = new Float64Array(0);
  /** When the last turn was due. In an array, since a fraction in a field may be a new object at every change. */
  readonly #now = new Float64Array(1);

  /** @param own - what the request on offer counts for in a target's load: 1 for `idle: 'capacity'`. */
  constructor(random: Random, own: 0 | 1) {
    this.#random = random;
    this.#own = own;
  }

  update(snapshot: Snapshot): void {
    const { slots, targets, weights } = snapshot;
    const next = this.#slots[this.#cursor];
    this.#takeUpTurns(snapshot);
    this.#slots = Array.from(slots);
    this.#ids = targets.map(({ id }) => id);
    this.#weights = weights;
    this.#isEqual = weights.every((weight) => weight === weights[0]);
    if (slots.length === 0) return;
    // A random start: balancers that start together must not all begin with the same target.
    if (this.#cursor < 0) this.#cursor = this.#random.below(slots.length);
    else if (next !== undefined && slots.includes(next)) this.#cursor = slots.indexOf(next);
    else this.#cursor %= slots.length;
  }

  /** Who was there before keeps what is left until its turn, by the new weights. */
  #takeUpTurns({ targets, weights }: Snapshot): void {
    const least = weights.reduce((min, weight) => Math.min(min, weight), Infinity);
    const most = weights.reduce((max, weight) => Math.max(max, weight), 0);
    const now = this.#now[0]!;
    const waits = new Map(
      this.#ids.map((id, member) => [id, (this.#dues[member]! - now) / this.#steps[member]!]),
    );
    this.#loads = weights.map((weight) => (REQUEST * most) / weight);
    this.#steps = weights.map((weight) => least / weight);
    this.#dues = this.#steps.map(
      (step, member) => now + step * Math.max(0, waits.get(targets[member]!.id) ?? 0.5),
    );
  }

  pick(view: View): number {
    const slot = this.#isEqual ? this.#pickEqual(view) : this.#pickWeighted(view);
    if (view.trace !== undefined) this.#explain(view);
    return slot;
  }

  /** With equal weights the first of the least from the cursor on wins, and nothing beats an idle target. */
  #pickEqual(view: View): number {
    const slots = this.#slots;
    const count = slots.length;
    const { inFlight } = view;
    let best = -1;
    let least = 0x7fff_ffff;
    let index = this.#cursor;
    for (let seen = 0; seen < count; seen++) {
      const slot = slots[index]!;
      const load = inFlight[slot]!;
      if (load < least && view.admits(slot)) {
        best = index;
        least = load;
        if (load === 0) break;
      }
      index++;
      if (index === count) index = 0;
    }
    if (best < 0) return -1;
    if (!view.peek) this.#cursor = best + 1 === count ? 0 : best + 1;
    return slots[best]!;
  }

  #pickWeighted(view: View): number {
    const { inFlight } = view;
    const slots = this.#slots;
    const loads = this.#loads;
    const dues = this.#dues;
    const own = this.#own;
    let best = 0;
    let least = Infinity;
    for (let member = 0; member < slots.length; member++) {
      const score = (inFlight[slots[member]!]! + own) * loads[member]! + dues[member]!;
      if (score >= least) continue;
      best = member;
      least = score;
    }
    // Most are admitted, so that is asked of the best one first.
    if (slots.length === 0) return -1;
    if (!view.admits(slots[best]!)) best = this.#leastAdmitted(view);
    if (best < 0) return -1;
    if (!view.peek) this.#takeTurn(best);
    return slots[best]!;
  }

  #leastAdmitted(view: View): number {
    const { inFlight } = view;
    const slots = this.#slots;
    const loads = this.#loads;
    const dues = this.#dues;
    const own = this.#own;
    let best = -1;
    let least = Infinity;
    for (let member = 0; member < slots.length; member++) {
      const score = (inFlight[slots[member]!]! + own) * loads[member]! + dues[member]!;
      if (score >= least || !view.admits(slots[member]!)) continue;
      best = member;
      least = score;
    }
    return best;
  }

  #takeTurn(member: number): void {
    const dues = this.#dues;
    const now = Math.max(this.#now[0]!, dues[member]!);
    this.#now[0] = now;
    dues[member] = now + this.#steps[member]!;
    if (now > MOST_TURNS) this.#countAnew();
  }

  #countAnew(): void {
    const now = this.#now[0]!;
    for (const [member, due] of this.#dues.entries()) this.#dues[member] = Math.max(0, due - now);
    this.#now[0] = 0;
  }

  #explain(view: View): void {
    for (const [index, slot] of this.#slots.entries()) {
      if (!view.admits(slot)) continue;
      view.trace?.score(slot, (view.inFlight[slot]! + this.#own) / this.#weights[index]!);
    }
  }
}
