import type { Failure, FailureKind, Random, Scope, Target } from '@plimsoll/core';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Cool-downs, in milliseconds, for failures that name no time. Money and keys need a person, not a moment. */
const DEFAULT_MS: Partial<Record<FailureKind, number>> = {
  throttle: 10 * SECOND_MS,
  ramp: MINUTE_MS,
  money: 6 * HOUR_MS,
  daily_quota: HOUR_MS,
  auth: HOUR_MS,
  model_access: 5 * MINUTE_MS,
};

/** Nothing is left out for longer than this on a provider's word, in milliseconds: words can be wrong. */
const LONGEST_MS = 24 * HOUR_MS;

/** How long what `failure` covers is left alone. */
export function coolDownMs(failure: Failure, random: Random): number {
  if (failure.retryAfterMs !== undefined) return Math.min(failure.retryAfterMs, LONGEST_MS);
  // An overload passes in seconds; spread, so that those who wait do not return together.
  return DEFAULT_MS[failure.kind] ?? 5 * SECOND_MS + random.float() * 25 * SECOND_MS;
}

/** Whether `failure` of an attempt on `target` starts a cool-down. */
export function isCooling(failure: Failure, target: Target): boolean {
  if (failure.verdict === 'cooldown') return true;
  // The target does not have its model. Where the caller names the model, the name may be what is wrong.
  return failure.kind === 'model_access' && target.model !== '*';
}

/** Whether the failure is about a rate, which comes back in seconds: worth waiting for. */
export function isThrottle({ kind }: Failure): boolean {
  return kind === 'throttle' || kind === 'ramp';
}

/** Whether a cool-down of `scope` that `one` caused covers `other`. */
export function covers(scope: Scope, one: Target, other: Target): boolean {
  if (one === other) return true;
  switch (scope) {
    case 'target':
      return false;
    case 'key':
    case 'account':
      return one.quotaGroup === other.quotaGroup;
    case 'quota_group':
    case 'model':
      return one.quotaGroup === other.quotaGroup && one.model === other.model;
    case 'region':
      return (
        one.region !== undefined &&
        one.region === other.region &&
        one.provider?.name === other.provider?.name
      );
  }
}

/** A cool-down that may cover targets which are not there yet. */
interface Standing {
  readonly scope: Scope;
  readonly target: Target;
  readonly untilMs: number;
}

/** Remembers cool-downs that cover more than one target, for targets that join while they last. */
export class StandingCoolDowns {
  #standing: Standing[] = [];

  add(scope: Scope, target: Target, untilMs: number, nowMs: number): void {
    if (scope === 'target') return;
    this.#standing = this.#standing.filter((one) => one.untilMs > nowMs);
    this.#standing.push({ scope, target, untilMs });
  }

  /** Until when `target`, which joins now, is covered; `-Infinity` if it is not. */
  untilMs(target: Target): number {
    return this.#standing.reduce(
      (latest, one) =>
        covers(one.scope, one.target, target) ? Math.max(latest, one.untilMs) : latest,
      -Infinity,
    );
  }
}
