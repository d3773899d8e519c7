import type { Estimates, Snapshot, Trace, View } from '@plimsoll/core';

/** A view whose every number is a plain array that a test sets: `view.inFlight[3] = 2`. */
export interface TestView extends View {
  /** What `admits` answers, by slot: 1 for yes. At first 1 for every slot, also for those without a member. */
  readonly admissible: Uint8Array;
  /** What `isHealthy` answers, by slot: 1 for yes. At first 1 for every slot. */
  readonly healthy: Uint8Array;
  /** What `quotaLeft` answers, by slot. At first 1 for every slot. */
  readonly quota: Float64Array;
  /** At first 500 ms, 20 ms per token, no failure, no sample, nothing unanswered, for every slot. */
  readonly estimates: Estimates;
  trace: Trace | undefined;
  peek: boolean;
  /** Takes up the weights of another snapshot, and makes room for its slots; everything else stays as it is set. */
  update(snapshot: Snapshot): void;
}

/** A view of an idle pool in which every slot is admitted and in good health. */
export function testView(snapshot: Snapshot): TestView {
  return new ArrayView(snapshot);
}

/** A trace that keeps what it is told. */
export interface TestTrace extends Trace {
  /** The last score of each slot. */
  readonly scores: ReadonlyMap<number, number>;
  readonly steps: readonly string[];
}

/** A trace to be set as `view.trace`. */
export function testTrace(): TestTrace {
  const scores = new Map<number, number>();
  const steps: string[] = [];
  return {
    scores,
    steps,
    score: (slot, score) => void scores.set(slot, score),
    step: (name) => void steps.push(name),
  };
}

class ArrayView implements TestView {
  admissible: Uint8Array = new Uint8Array(0);
  healthy: Uint8Array = new Uint8Array(0);
  quota: Float64Array = new Float64Array(0);
  inFlight: Int32Array = new Int32Array(0);
  weights: Float64Array = new Float64Array(0);
  estimates: Estimates = {
    firstContentMs: new Float64Array(0),
    perTokenMs: new Float64Array(0),
    failureRatio: new Float64Array(0),
    samples: new Uint32Array(0),
    oldestUnansweredMs: new Float64Array(0),
  };
  trace: Trace | undefined = undefined;
  peek = false;

  constructor(snapshot: Snapshot) {
    this.update(snapshot);
  }

  admits(slot: number): boolean {
    return this.admissible[slot] === 1;
  }

  isHealthy(slot: number): boolean {
    return this.healthy[slot] === 1;
  }

  quotaLeft(slot: number): number {
    return this.quota[slot]!;
  }

  update(snapshot: Snapshot): void {
    if (snapshot.slotLimit > this.admissible.length) this.#grow(snapshot.slotLimit);
    for (const [index, slot] of snapshot.slots.entries()) {
      this.weights[slot] = snapshot.weights[index]!;
    }
  }

  // New arrays, as in the engine: a strategy that kept the old ones must be seen to fail.
  #grow(limit: number): void {
    const { firstContentMs, perTokenMs, failureRatio, samples, oldestUnansweredMs } =
      this.estimates;
    this.admissible = grown(this.admissible, new Uint8Array(limit).fill(1));
    this.healthy = grown(this.healthy, new Uint8Array(limit).fill(1));
    this.quota = grown(this.quota, new Float64Array(limit).fill(1));
    this.inFlight = grown(this.inFlight, new Int32Array(limit));
    this.weights = grown(this.weights, new Float64Array(limit).fill(1));
    this.estimates = {
      firstContentMs: grown(firstContentMs, new Float64Array(limit).fill(500)),
      perTokenMs: grown(perTokenMs, new Float64Array(limit).fill(20)),
      failureRatio: grown(failureRatio, new Float64Array(limit)),
      samples: grown(samples, new Uint32Array(limit)),
      oldestUnansweredMs: grown(oldestUnansweredMs, new Float64Array(limit).fill(Infinity)),
    };
  }
}

function grown<Numbers extends Uint8Array | Int32Array | Uint32Array | Float64Array>(
  old: Numbers,
  larger: Numbers,
): Numbers {
  larger.set(old);
  return larger;
}
