import type { RequestTraits } from '@plimsoll/core';

import type { Candidate, Explanation } from './decision.ts';
import { Notes } from './decision-ring.ts';
import type { FleetState } from './fleet.ts';
import { NO_NARROWING } from './narrowing.ts';
import type { Picker } from './picker.ts';
import type { Roster } from './roster.ts';
import type { PickView } from './view.ts';

/** Tries a decision out: what would be picked now, why not the others, and what after that. Changes nothing. */
export function explain(
  pool: string,
  strategy: string,
  fleet: FleetState,
  roster: Roster,
  picker: Picker,
  view: PickView,
  request: RequestTraits,
): Explanation {
  const nowMs = fleet.clock.now();
  const notes = new Notes();
  view.open(request, NO_NARROWING, nowMs);
  const first = picker.trace(roster, view, request, nowMs, notes, true);
  const { isAtHome } = view;
  const candidates = roster.members.map(({ slot, target }): Candidate => ({
    target: target.id,
    reason: view.reason(slot),
    score: notes.scores.get(slot),
  }));
  const order: number[] = [];
  for (let slot = first; slot !== -1;) {
    order.push(slot);
    view.open(request, { ...NO_NARROWING, tried: order }, nowMs);
    slot = picker.trace(roster, view, request, nowMs, new Notes(), true);
  }
  const idOf = (slot: number): string => fleet.members[slot]!.target.id;
  return {
    callId: 0,
    pool,
    strategy,
    attempt: 1,
    number: -1,
    cause: 'first',
    epochMs: fleet.clock.epochMs(),
    sinceStartMs: 0,
    request: {
      inputTokens: request.inputTokens,
      pin: request.pin,
      residency: request.residency,
      isAtHome,
      deadlineMs: undefined,
    },
    target: first === -1 ? undefined : idOf(first),
    candidates,
    path: notes.path,
    outcome: undefined,
    failure: undefined,
    failureFacts: undefined,
    firstContentMs: undefined,
    durationMs: undefined,
    inputTokens: undefined,
    outputTokens: undefined,
    costUsd: undefined,
    order: order.map(idOf),
  };
}
