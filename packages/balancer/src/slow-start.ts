import { optionError } from '@plimsoll/core';

/** Options of slow start. */
export interface SlowStartOptions {
  /** Milliseconds from a target's return to its full share, > 0. @defaultValue 30000 */
  readonly windowMs?: number;
  /** Share of the requests it is offered at first, more than 0 and at most 1. @defaultValue 0.1 */
  readonly minRatio?: number;
  /** > 0; 1 grows evenly, more grows faster at first. @defaultValue 1 */
  readonly aggression?: number;
}

/** Slow start with defaults filled in. @throws PlimsollError ERR_PLIMSOLL_OPTION on an option out of range. */
export function resolveSlowStart(options: SlowStartOptions = {}): Required<SlowStartOptions> {
  const { windowMs = 30_000, minRatio = 0.1, aggression = 1 } = options;
  if (!(windowMs > 0)) throw optionError('balancer', 'slowStart.windowMs', 'ms > 0', windowMs);
  if (!(minRatio > 0 && minRatio <= 1)) {
    throw optionError('balancer', 'slowStart.minRatio', 'more than 0 and at most 1', minRatio);
  }
  if (!(aggression > 0)) throw optionError('balancer', 'slowStart.aggression', '> 0', aggression);
  return { windowMs, minRatio, aggression };
}

/**
 * The probability with which a target that returned `sinceMs` ago is admitted. Thinning its admissions works under every
 * strategy and rebuilds no table.
 *
 * Source: Envoy's slow start, `max(min_weight, (t / window)^(1 / aggression))`.
 */
export function admissionRatio(sinceMs: number, options: Required<SlowStartOptions>): number {
  const part = Math.min(1, Math.max(0, sinceMs / options.windowMs));
  return Math.max(options.minRatio, part ** (1 / options.aggression));
}
