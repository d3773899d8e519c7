import type {
  Estimates,
  Outcome,
  RequestTraits,
  Snapshot,
  Strategy,
  StrategyDefinition,
  Trace,
  View,
} from '@plimsoll/core';

import type { Tallies } from './tally.ts';

/**
 * Lets a strategy see the attempts in flight of all gateways instead of its own, but as they stood at the last refresh:
 * what a pool knows whose gateways share their counts now and then.
 */
export function globalView(
  definition: StrategyDefinition,
  tallies: Tallies,
  refreshMs: number,
): StrategyDefinition {
  return {
    ...definition,
    create: (context) => new GlobalStrategy(definition.create(context), tallies, refreshMs),
  };
}

class GlobalStrategy implements Strategy, View {
  readonly #inner: Strategy;
  readonly #tallies: Tallies;
  readonly #refreshMs: number;
  /** The number of the refresh that `inFlight` is from. */
  #refresh = -1;
  #snapshot: Snapshot | undefined = undefined;
  #view!: View;
  inFlight: Int32Array = new Int32Array(0);

  constructor(inner: Strategy, tallies: Tallies, refreshMs: number) {
    this.#inner = inner;
    this.#tallies = tallies;
    this.#refreshMs = refreshMs;
  }

  update(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    this.inFlight = new Int32Array(snapshot.slotLimit);
    this.#refresh = -1;
    this.#inner.update(snapshot);
  }

  pick(view: View, request: RequestTraits, nowMs: number): number {
    this.#view = view;
    const refresh = Math.floor(nowMs / this.#refreshMs);
    if (refresh !== this.#refresh) this.#read(refresh);
    return this.#inner.pick(this, request, nowMs);
  }

  observe(slot: number, outcome: Outcome, nowMs: number): void {
    this.#inner.observe?.(slot, outcome, nowMs);
  }

  admits(slot: number): boolean {
    return this.#view.admits(slot);
  }

  isHealthy(slot: number): boolean {
    return this.#view.isHealthy(slot);
  }

  quotaLeft(slot: number): number {
    return this.#view.quotaLeft(slot);
  }

  get weights(): Float64Array {
    return this.#view.weights;
  }

  get estimates(): Estimates {
    return this.#view.estimates;
  }

  get trace(): Trace | undefined {
    return this.#view.trace;
  }

  get peek(): boolean {
    return this.#view.peek;
  }

  #read(refresh: number): void {
    this.#refresh = refresh;
    const { slots, targets } = this.#snapshot!;
    for (let index = 0; index < slots.length; index++) {
      this.inFlight[slots[index]!] = this.#tallies.of(targets[index]!.id).inFlight;
    }
  }
}
