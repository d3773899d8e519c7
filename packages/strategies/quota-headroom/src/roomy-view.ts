import type { Estimates, Trace, View } from '@plimsoll/core';

/** A view that admits only targets with enough left. Made once and pointed at each pick's view, so a pick allocates none. */
export class RoomyView implements View {
  #view!: View;
  #least = 0;

  /** @param least - the smallest share that is enough. */
  of(view: View, least: number): this {
    this.#view = view;
    this.#least = least;
    return this;
  }

  admits(slot: number): boolean {
    const view = this.#view;
    return view.quotaLeft(slot) >= this.#least && view.admits(slot);
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
