import type { Estimates, Trace, View } from '@plimsoll/core';

/** A view in which slow targets are not admitted. Made once and pointed at each pick's view, so a pick allocates none. */
export class QuickView implements View {
  readonly #maxFirstContentMs: number;
  #view!: View;

  constructor(maxFirstContentMs: number) {
    this.#maxFirstContentMs = maxFirstContentMs;
  }

  of(view: View): this {
    this.#view = view;
    return this;
  }

  admits(slot: number): boolean {
    const view = this.#view;
    return view.estimates.firstContentMs[slot]! <= this.#maxFirstContentMs && view.admits(slot);
  }

  isHealthy(slot: number): boolean {
    return this.#view.isHealthy(slot);
  }

  quotaLeft(slot: number): number {
    return this.#view.quotaLeft(slot);
  }

  get inFlight(): Int32Array {
    return this.#view.inFlight;
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

  noteAffinity(isHome: boolean): void {
    this.#view.noteAffinity?.(isHome);
  }
}
