import type { Outcome, RequestTraits, Snapshot, Strategy, Target, View } from '@plimsoll/core';

/** A strategy with the targets that are its own; parts may share targets. */
export class Part {
  readonly label: string;
  readonly #strategy: Strategy;
  readonly #keep: ((target: Target) => boolean) | undefined;
  #isMember = new Uint8Array(0);

  /** @param keep - which targets are its own; all when absent. */
  constructor(label: string, strategy: Strategy, keep?: (target: Target) => boolean) {
    this.label = label;
    this.#strategy = strategy;
    this.#keep = keep;
  }

  update(snapshot: Snapshot): void {
    const members = this.#keep === undefined ? snapshot : snapshot.where(this.#keep);
    this.#isMember = new Uint8Array(snapshot.slotLimit);
    for (const slot of members.slots) this.#isMember[slot] = 1;
    this.#strategy.update(members);
  }

  pick(view: View, request: RequestTraits, nowMs: number): number {
    view.trace?.step(this.label);
    return this.#strategy.pick(view, request, nowMs);
  }

  observe(slot: number, outcome: Outcome, nowMs: number): void {
    if (this.#isMember[slot] === 1) this.#strategy.observe?.(slot, outcome, nowMs);
  }
}
