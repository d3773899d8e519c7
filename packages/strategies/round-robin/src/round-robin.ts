import type {
  Random,
  RequestTraits,
  Snapshot,
  Strategy,
  StrategyDefinition,
  View,
} from '@plimsoll/core';

/**
 * Chooses the targets in turn, in the order of the configuration.
 *
 * Use it when targets are alike and requests are many; where requests differ much in length, `least-busy` keeps queues
 * shorter, and where targets differ in size, `weighted-round-robin` follows their weights.
 *
 * Source: folklore; the traps are described in Envoy's documentation of its round-robin balancer
 * (https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/load_balancers).
 *
 * Differs from the usual `i = (i + 1) % n` in three ways: it starts at a random target, so that many processes started
 * together do not all begin with the first; after passing over a target it goes on behind the one it chose, so that the
 * successor of a target that is out gets its own turn only; and its place is a target, not an index, so that a
 * membership change neither repeats nor skips anyone. A turn that was passed over is lost, not owed: a target admitted
 * to a part of the requests, as in slow start, gets that part of its share, and one that comes back is not flooded.
 *
 * Cost: O(1) per pick while the next target is admitted, and one question more for each that is not; 4 bytes per target
 * and 4 per slot.
 *
 * Weights are ignored. The place in the order is kept per process.
 */
export function roundRobin(): StrategyDefinition {
  return {
    name: 'round-robin',
    honoursWeights: false,
    expectedShare: 'equal',
    create: ({ random }) => new RoundRobin(random),
  };
}

class RoundRobin implements Strategy {
  readonly #random: Random;
  #order: Int32Array = new Int32Array(0);
  /** Index in `#order` of the target whose turn it is. */
  #next = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  update(snapshot: Snapshot): void {
    this.#next = this.#placeIn(snapshot);
    this.#order = snapshot.slots;
  }

  pick(view: View, _request: RequestTraits, _nowMs: number): number {
    const order = this.#order;
    let index = this.#next;
    for (let asked = 0; asked < order.length; asked++) {
      const slot = order[index]!;
      index = index + 1 === order.length ? 0 : index + 1;
      if (view.admits(slot)) {
        if (!view.peek) this.#next = index;
        return slot;
      }
    }
    return -1;
  }

  /** Where `snapshot` has the target whose turn it is, or else the first after it that is still there. */
  #placeIn(snapshot: Snapshot): number {
    const { slots, slotLimit } = snapshot;
    const old = this.#order;
    const places = new Int32Array(slotLimit).fill(-1);
    for (let index = 0; index < slots.length; index++) places[slots[index]!] = index;
    for (let step = 0; step < old.length; step++) {
      const place = places[old[(this.#next + step) % old.length]!] ?? -1;
      if (place >= 0) return place;
    }
    return slots.length === 0 ? 0 : this.#random.below(slots.length);
  }
}
