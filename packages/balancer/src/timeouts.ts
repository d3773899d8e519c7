import { optionError } from '@plimsoll/core';

import type { RescueOptions, RetryOptions, TimeoutOptions } from './options.ts';

/** Time limits with defaults filled in. @throws PlimsollError ERR_PLIMSOLL_OPTION unless each is > 0. */
export function resolveTimeouts(options: TimeoutOptions = {}): Required<TimeoutOptions> {
  const resolved = {
    connectMs: options.connectMs ?? 5_000,
    firstContentMs: options.firstContentMs ?? 30_000,
    idleMs: options.idleMs ?? 60_000,
    deadlineMs: options.deadlineMs ?? 60_000,
    totalMs: options.totalMs ?? 600_000,
  };
  for (const [name, value] of Object.entries(resolved)) {
    if (!(value > 0)) throw optionError('balancer', `timeouts.${name}`, 'milliseconds > 0', value);
  }
  return resolved;
}

/** Retry options with defaults filled in. @throws PlimsollError ERR_PLIMSOLL_OPTION on one out of range. */
export function resolveRetry(options: RetryOptions = {}): Required<RetryOptions> {
  const cap = options.budgetCap ?? 100;
  const resolved = {
    budgetRatio: options.budgetRatio ?? 0.2,
    budgetCap: cap,
    budgetInitial: options.budgetInitial ?? Math.min(20, cap),
    policyFailover: options.policyFailover ?? false,
    backoffMs: options.backoffMs ?? 100,
    backoffMaxMs: options.backoffMaxMs ?? 5_000,
  };
  const check = (name: keyof RetryOptions, accepted: string, isValid: boolean): void => {
    if (!isValid) throw optionError('balancer', `retry.${name}`, accepted, resolved[name]);
  };
  check('budgetRatio', 'from 0 to 1', resolved.budgetRatio >= 0 && resolved.budgetRatio <= 1);
  check('budgetCap', '>= 0', cap >= 0);
  const initial = resolved.budgetInitial;
  check('budgetInitial', `from 0 to budgetCap (${cap})`, initial >= 0 && initial <= cap);
  check('backoffMs', 'milliseconds > 0', resolved.backoffMs > 0);
  check('backoffMaxMs', 'milliseconds >= backoffMs', resolved.backoffMaxMs >= resolved.backoffMs);
  return resolved;
}

/** Rescue options with defaults filled in. @throws PlimsollError ERR_PLIMSOLL_OPTION on one out of range. */
export function resolveRescue(options: RescueOptions): Required<RescueOptions> {
  const { acrossModels = false, holdBack = 0 } = options;
  if (!Number.isInteger(holdBack) || holdBack < 0) {
    throw optionError('balancer', 'rescue.holdBack', 'an integer >= 0', holdBack);
  }
  return { acrossModels, holdBack };
}
