import type { Failure, Outcome, RequestTraits, Spending, Usage } from '@plimsoll/core';

import { Attempt, type AttemptOwner } from './attempt.ts';
import { isThrottle } from './cool-downs.ts';
import { costUsd } from './cost.ts';
import type { FleetState } from './fleet.ts';
import type { Member } from './member.ts';
import { accountsOf, expectedUsd } from './quota/accounts.ts';
import { TRIAL_DUE, TRIAL_NONE, TRIAL_UNDER_WAY } from './hot-state.ts';

/** An attempt takes its place in flight on `member`, and reserves what it may use of its quota. */
export function openLease(
  fleet: FleetState,
  owner: AttemptOwner,
  member: Member,
  request: RequestTraits,
  poolBudget: Spending | undefined,
  decision: number,
  nowMs: number,
): Attempt {
  const { inputTokens = 0, maxOutputTokens = Infinity } = request;
  const reservation = fleet.quota.reserve(member.slot, inputTokens, maxOutputTokens, nowMs);
  const token = member.health.onStart(member.slot, nowMs);
  const attempt = new Attempt(owner, fleet.sweeper, member, token, reservation, decision, nowMs);
  const accounts = accountsOf(member, request, poolBudget);
  if (accounts.length > 0) {
    attempt.accounts = accounts;
    attempt.heldUsd = expectedUsd(member, request);
    for (const account of accounts) account.hold(attempt.heldUsd);
  }
  const { inFlight, trial } = fleet.hot;
  inFlight[member.slot]!++;
  if (trial[member.slot] === TRIAL_DUE) {
    trial[member.slot] = TRIAL_UNDER_WAY;
    attempt.isTrial = true;
  }
  const last = member.unansweredLast;
  if (last === undefined) {
    member.unansweredFirst = attempt;
    fleet.estimates.oldestUnansweredMs[member.slot] = attempt.startedAtMs;
  } else {
    last.younger = attempt;
    attempt.older = last;
  }
  member.unansweredLast = attempt;
  return attempt;
}

/** The attempt has content: it no longer tells, by its age, that the target may hang. */
export function markAnswered(fleet: FleetState, attempt: Attempt): void {
  const { member, older, younger } = attempt;
  if (older !== undefined) older.younger = younger;
  else if (member.unansweredFirst === attempt) member.unansweredFirst = younger;
  else return;
  if (younger !== undefined) younger.older = older;
  else member.unansweredLast = older;
  attempt.older = undefined;
  attempt.younger = undefined;
  fleet.estimates.oldestUnansweredMs[member.slot] = member.unansweredFirst?.startedAtMs ?? Infinity;
}

/** The one request that tries a target out after its cool-down has told: others may follow, or the next one tries. */
export function endTrial(
  fleet: FleetState,
  attempt: Attempt,
  isPassed: boolean,
  nowMs: number,
): void {
  if (!attempt.isTrial) return;
  attempt.isTrial = false;
  fleet.hot.trial[attempt.member.slot] = isPassed ? TRIAL_NONE : TRIAL_DUE;
  if (fleet.waiting.size > 0) fleet.serveWaiting(nowMs);
}

/**
 * The attempt gives its place back, and health and estimates hear what came of it. The caller has made sure that this
 * happens once: `attempt.isOpen` was true and is set to false here.
 */
export function closeLease(
  fleet: FleetState,
  attempt: Attempt,
  failure: Failure | undefined,
  usage: Usage | undefined,
  isStream: boolean,
  nowMs: number,
): Outcome {
  const { member, startedAtMs, firstContentAtMs } = attempt;
  const { slot, target } = member;
  const hasContent = !Number.isNaN(firstContentAtMs);
  const durationMs = nowMs - startedAtMs;
  const outcome: Outcome = {
    failure,
    usage,
    firstContentMs: hasContent ? firstContentAtMs - startedAtMs : undefined,
    durationMs,
    costUsd: costUsd(target.price, usage),
  };
  attempt.isOpen = false;
  markAnswered(fleet, attempt);
  endTrial(fleet, attempt, failure === undefined, nowMs);
  for (const account of attempt.accounts) {
    account.charge(outcome.costUsd ?? 0, attempt.heldUsd, nowMs);
  }
  settleQuota(fleet, attempt, failure, usage, nowMs);
  const left = --fleet.hot.inFlight[slot]!;
  member.health.onEnd(slot, attempt.healthToken, failure, nowMs);
  if (failure === undefined) {
    fleet.estimates.observeEnd(slot, false, nowMs);
    observePace(fleet, slot, outcome, isStream, nowMs);
  } else if (failure.isHealthFailure) {
    fleet.estimates.observeEnd(slot, true, nowMs);
    // A target that timed out needs at least this long: an attempt cut off is evidence too.
    if (failure.kind === 'timeout' && !hasContent) {
      fleet.estimates.observeFirstContent(slot, durationMs, nowMs);
    }
  }
  if (left === 0) fleet.becameIdle(slot);
  if (fleet.waiting.size > 0) fleet.serveWaiting(nowMs);
  return outcome;
}

/** What was used takes the place of what was reserved, and what the provider said of its limits is taken over. */
function settleQuota(
  fleet: FleetState,
  attempt: Attempt,
  failure: Failure | undefined,
  usage: Usage | undefined,
  nowMs: number,
): void {
  const { quota } = fleet;
  const { reservation, limits } = attempt;
  const { slot } = attempt.member;
  const isThrottled = failure !== undefined && isThrottle(failure);
  if (isThrottled) quota.onThrottled(reservation, failure.retryAfterMs, failure.exhausted, nowMs);
  // Without a connection nothing reached the provider, so nothing was used.
  else quota.settle(reservation, usage, failure !== undefined && !attempt.isConnected, nowMs);
  if (limits !== undefined) quota.reconcile(slot, limits, isThrottled, nowMs);
  if (failure?.kind === 'ramp') quota.onRamp(slot, nowMs);
}

/**
 * Takes time to first content and time per token apart, so that long answers do not look like a slow target. A buffered
 * answer tells only their sum: its first content is taken to be as late as streams have shown.
 */
function observePace(
  fleet: FleetState,
  slot: number,
  outcome: Outcome,
  isStream: boolean,
  nowMs: number,
): void {
  const { estimates } = fleet;
  const tokens = outcome.usage?.outputTokens ?? 0;
  if (isStream && outcome.firstContentMs !== undefined) {
    // The time to first content was observed when it came.
    if (tokens > 1) {
      const flowMs = outcome.durationMs - outcome.firstContentMs;
      estimates.observePerToken(slot, flowMs / (tokens - 1), nowMs);
    }
  } else if (tokens > 1) {
    const firstMs = estimates.hasFirstContent(slot) ? estimates.firstContentMs[slot]! : 0;
    estimates.observePerToken(slot, Math.max(0, outcome.durationMs - firstMs) / tokens, nowMs);
    estimates.samples[slot]!++;
  } else {
    estimates.observeFirstContent(slot, outcome.durationMs, nowMs);
  }
}
