import type {
  Outcome,
  RequestTraits,
  Snapshot,
  Strategy,
  StrategyDefinition,
  Trace,
} from '@plimsoll/core';

import type { FleetState } from './fleet.ts';
import type { Roster } from './roster.ts';
import type { PickView } from './view.ts';

/**
 * Runs a pool's strategy: once over the active members and, for when none of them is admissible, once over the standby
 * ones. A strategy that breaks its contract (a plugin may) costs its choice, never the request: then the first
 * admissible member is taken and the process is warned.
 */
export class Picker {
  readonly #definition: StrategyDefinition;
  readonly #fleet: FleetState;
  readonly #active: Strategy;
  #standby: Strategy | undefined;

  constructor(definition: StrategyDefinition, fleet: FleetState) {
    this.#definition = definition;
    this.#fleet = fleet;
    this.#active = definition.create(fleet);
  }

  update(roster: Roster): void {
    this.#active.update(roster.active);
    if (roster.standby.slots.length > 0) this.#standby ??= this.#definition.create(this.#fleet);
    this.#standby?.update(roster.standby);
  }

  /** The slot to use, or -1; `view` is open for the request. */
  pick(roster: Roster, view: PickView, request: RequestTraits, nowMs: number): number {
    let slot = this.#ask(this.#active, roster.active, view, request, nowMs);
    if (slot === -1 && view.hasThinned) {
      // The last admissible target takes all, however fresh it is.
      view.isThinning = false;
      slot = this.#ask(this.#active, roster.active, view, request, nowMs);
    }
    if (slot !== -1 || this.#standby === undefined) return slot;
    return this.#ask(this.#standby, roster.standby, view, request, nowMs);
  }

  /** Picks with notes; `isPeek` leaves every later pick as it would have been. */
  trace(
    roster: Roster,
    view: PickView,
    request: RequestTraits,
    nowMs: number,
    trace: Trace,
    isPeek: boolean,
  ): number {
    const state = isPeek ? this.#fleet.random.save() : undefined;
    view.trace = trace;
    view.peek = isPeek;
    const slot = this.pick(roster, view, request, nowMs);
    view.trace = undefined;
    view.peek = false;
    if (state !== undefined) this.#fleet.random.restore(state);
    return slot;
  }

  observe(slot: number, outcome: Outcome, nowMs: number): void {
    this.#active.observe?.(slot, outcome, nowMs);
    this.#standby?.observe?.(slot, outcome, nowMs);
  }

  #ask(
    strategy: Strategy,
    snapshot: Snapshot,
    view: PickView,
    request: RequestTraits,
    nowMs: number,
  ): number {
    let slot: number;
    try {
      slot = strategy.pick(view, request, nowMs);
    } catch (error) {
      return this.#rescue(snapshot, view, `threw ${String(error)}`);
    }
    if (slot === -1) return -1;
    // An odd value finds no member, so only real slots get as far as the view.
    if (snapshot.slotLimit > slot && slot >= 0 && view.admits(slot)) return slot;
    return this.#rescue(snapshot, view, `chose ${slot}, which is not admissible`);
  }

  #rescue(snapshot: Snapshot, view: PickView, fault: string): number {
    process.emitWarning(`strategy ${this.#definition.name} ${fault}`, 'PlimsollStrategy');
    return snapshot.slots.find((slot) => view.admits(slot)) ?? -1;
  }
}
