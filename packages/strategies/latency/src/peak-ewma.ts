import type { Outcome, Random, RequestTraits, Snapshot, Strategy, View } from '@plimsoll/core';

/** Load of a target that has requests and no history: above any that has one. */
const PENALTY = Number.MAX_VALUE / 65_536;
/** Pairs drawn before all members are compared. */
const DRAWS = 8;

/**
 * Chooses, of two targets drawn at random, the one with the lower peak-sensitive average of completion time, times its
 * requests in flight and one more.
 *
 * Use it for comparison, or for calls of even length without streams. It fails for AI requests, which is why it is not
 * the default: completion time is mostly the length of the answer; an average that no completion refreshes falls to
 * zero, so a target that hangs looks ever better; and a target that fails at once looks fastest.
 *
 * Source: Finagle, PeakEwma.scala; the draws are its P2CPick.scala.
 *
 * Differs in that a pair of which none is admissible is drawn again, up to 8 times, and then all are compared.
 *
 * Cost: O(1), two exponentials per pick, allocates nothing; 24 bytes per target.
 *
 * Weights are ignored. State is an average per target, in this process; both reading it and completions let it fall.
 */
export class PeakEwma implements Strategy {
  readonly #random: Random;
  readonly #decayMs: number;
  #slots: number[] = [];
  /** Milliseconds, by slot. */
  #costs = new Float64Array(0);
  /** When the cost was last brought up to date, by slot. */
  #atMs = new Float64Array(0);
  /** Scratch of one pick: a number that a function returns would be allocated. */
  readonly #loads = new Float64Array(2);
  /** The id of the target whose cost it is, by slot. */
  #owners: (string | undefined)[] = [];

  constructor(random: Random, decayMs: number) {
    this.#random = random;
    this.#decayMs = decayMs;
  }

  update(snapshot: Snapshot): void {
    if (snapshot.slotLimit > this.#costs.length) {
      this.#costs = grown(this.#costs, snapshot.slotLimit);
      this.#atMs = grown(this.#atMs, snapshot.slotLimit);
    }
    this.#slots = Array.from(snapshot.slots);
    for (const [index, slot] of this.#slots.entries()) {
      const { id } = snapshot.targets[index]!;
      if (this.#owners[slot] !== id) this.#costs[slot] = 0;
      this.#owners[slot] = id;
    }
  }

  pick(view: View, _request: RequestTraits, nowMs: number): number {
    const slots = this.#slots;
    const count = slots.length;
    const draws = count > 1 ? DRAWS : 0;
    for (let draw = 0; draw < draws; draw++) {
      const first = this.#random.below(count);
      let second = this.#random.below(count - 1);
      if (second >= first) second++;
      const one = slots[first]!;
      const other = slots[second]!;
      const isOneAdmitted = view.admits(one);
      const isOtherAdmitted = view.admits(other);
      if (!isOneAdmitted && !isOtherAdmitted) continue;
      this.#loads[0] = Infinity;
      this.#loads[1] = Infinity;
      if (isOneAdmitted) this.#read(one, 0, view, nowMs);
      if (isOtherAdmitted) this.#read(other, 1, view, nowMs);
      return this.#loads[0] <= this.#loads[1] ? one : other;
    }
    return this.#leastLoad(view, nowMs);
  }

  observe(slot: number, outcome: Outcome, nowMs: number): void {
    // A lease may end after its target has left.
    if (slot >= this.#costs.length) return;
    const cost = this.#costs[slot]!;
    const rtt = outcome.durationMs;
    const kept = this.#kept(slot, nowMs);
    this.#costs[slot] = rtt > cost ? rtt : cost * kept + rtt * (1 - kept);
    this.#atMs[slot] = nowMs;
  }

  /** Puts a target's load at `at` of `#loads`. As published, reading it counts as an observation of zero. */
  #read(slot: number, at: number, view: View, nowMs: number): void {
    const cost = this.#costs[slot]! * this.#kept(slot, nowMs);
    if (!view.peek) {
      this.#costs[slot] = cost;
      this.#atMs[slot] = nowMs;
    }
    const pending = view.inFlight[slot]!;
    this.#loads[at] = cost === 0 && pending > 0 ? PENALTY + pending : cost * (pending + 1);
    view.trace?.score(slot, this.#loads[at]);
  }

  /** What is left of a cost after the time since it was brought up to date. */
  #kept(slot: number, nowMs: number): number {
    return Math.exp(-Math.max(0, nowMs - this.#atMs[slot]!) / this.#decayMs);
  }

  #leastLoad(view: View, nowMs: number): number {
    let best = -1;
    let least = Infinity;
    for (const slot of this.#slots) {
      if (!view.admits(slot)) continue;
      this.#read(slot, 0, view, nowMs);
      if (this.#loads[0]! >= least) continue;
      best = slot;
      least = this.#loads[0]!;
    }
    return best;
  }
}

function grown(old: Float64Array, limit: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(limit);
  larger.set(old);
  return larger;
}
