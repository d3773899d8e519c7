import {
  type Failure,
  type Health,
  type HealthContext,
  type HealthDefinition,
  optionError,
} from '@plimsoll/core';

import { grown } from './hot-state.ts';

/** Options of `consecutiveFailures`. */
export interface ConsecutiveFailuresOptions {
  /** Failures in a row that open the breaker, an integer >= 1. @defaultValue 5 */
  readonly failures?: number;
  /** Milliseconds the breaker stays open the first time, > 0; doubled with each further time. @defaultValue 60000 */
  readonly resetMs?: number;
  /** Longest time open, in milliseconds, >= `resetMs`. @defaultValue the larger of `resetMs` and 300000 */
  readonly maxResetMs?: number;
  /** Probes in flight at once while half open, an integer >= 1. @defaultValue 1 */
  readonly probes?: number;
}

const CLOSED = 0;
const OPEN = 1;
const HALF_OPEN = 2;

/**
 * A circuit breaker per target: a number of failures in a row opens it, after a while single requests are let through
 * as probes, and the first of them that gets content closes it.
 *
 * Use it for any pool; a failure-rate judge is better where a target fails now and then for long.
 *
 * Source: Michael Nygard, Release It!, 2007; times open grow and are spread as in Finagle's FailureAccrual.
 *
 * Differs in that news counts only from attempts that started in the present state: what was in flight when the breaker
 * opened says nothing of the target's return.
 *
 * Cost: one array read per `admits`; 40 bytes per target.
 *
 * @throws PlimsollError ERR_PLIMSOLL_OPTION on an option out of range.
 */
export function consecutiveFailures(options: ConsecutiveFailuresOptions = {}): HealthDefinition {
  const failures = options.failures ?? 5;
  const resetMs = options.resetMs ?? 60_000;
  const maxResetMs = options.maxResetMs ?? Math.max(resetMs, 300_000);
  const probes = options.probes ?? 1;
  const check = (name: string, accepted: string, value: number, isValid: boolean): void => {
    if (!isValid) throw optionError('consecutiveFailures', name, accepted, value);
  };
  check('failures', 'an integer >= 1', failures, Number.isInteger(failures) && failures >= 1);
  check('resetMs', 'milliseconds > 0', resetMs, resetMs > 0 && Number.isFinite(resetMs));
  check('maxResetMs', 'milliseconds >= resetMs', maxResetMs, maxResetMs >= resetMs);
  check('probes', 'an integer >= 1', probes, Number.isInteger(probes) && probes >= 1);
  return {
    name: 'consecutive-failures',
    create: (context) => new Breaker(context, failures, resetMs, maxResetMs, probes),
  };
}

class Breaker implements Health {
  readonly #context: HealthContext;
  readonly #failures: number;
  readonly #resetMs: number;
  readonly #maxResetMs: number;
  readonly #probes: number;
  #state = new Uint8Array(0);
  #inRow = new Int32Array(0);
  #probing = new Int32Array(0);
  /** Grows with every change of state; an attempt's token is the value it started with. */
  #epoch = new Int32Array(0);
  #timesOpened = new Int32Array(0);
  #retryAtMs = new Float64Array(0);

  constructor(
    context: HealthContext,
    failures: number,
    resetMs: number,
    maxResetMs: number,
    probes: number,
  ) {
    this.#context = context;
    this.#failures = failures;
    this.#resetMs = resetMs;
    this.#maxResetMs = maxResetMs;
    this.#probes = probes;
  }

  resize(slotLimit: number): void {
    this.#state = grown(this.#state, slotLimit, Uint8Array);
    this.#inRow = grown(this.#inRow, slotLimit, Int32Array);
    this.#probing = grown(this.#probing, slotLimit, Int32Array);
    this.#epoch = grown(this.#epoch, slotLimit, Int32Array);
    this.#timesOpened = grown(this.#timesOpened, slotLimit, Int32Array);
    this.#retryAtMs = grown(this.#retryAtMs, slotLimit, Float64Array);
  }

  reset(slot: number): void {
    this.#state[slot] = CLOSED;
    this.#inRow[slot] = 0;
    this.#probing[slot] = 0;
    this.#epoch[slot]!++;
    this.#timesOpened[slot] = 0;
    this.#retryAtMs[slot] = 0;
  }

  admits(slot: number, nowMs: number): boolean {
    const state = this.#state[slot];
    if (state === CLOSED) return true;
    if (state === OPEN) return nowMs >= this.#retryAtMs[slot]!;
    return this.#probing[slot]! < this.#probes;
  }

  isHealthy(slot: number): boolean {
    return this.#state[slot] === CLOSED;
  }

  onStart(slot: number, nowMs: number): number {
    if (this.#state[slot] === OPEN && nowMs >= this.#retryAtMs[slot]!) {
      this.#enter(slot, HALF_OPEN, 'trying it out');
    }
    if (this.#state[slot] === HALF_OPEN) this.#probing[slot]!++;
    return this.#epoch[slot]!;
  }

  onContent(slot: number, token: number): void {
    if (this.#epoch[slot] === token && this.#state[slot] === HALF_OPEN) this.#close(slot);
  }

  onEnd(slot: number, token: number, failure: Failure | undefined, nowMs: number): void {
    if (this.#epoch[slot] !== token) return;
    const isHalfOpen = this.#state[slot] === HALF_OPEN;
    if (isHalfOpen) this.#probing[slot]!--;
    if (failure === undefined) {
      this.#inRow[slot] = 0;
      if (isHalfOpen) this.#close(slot);
      else this.#timesOpened[slot] = 0;
      return;
    }
    if (!failure.isHealthFailure) return;
    this.#inRow[slot]!++;
    if (isHalfOpen || this.#inRow[slot]! >= this.#failures) this.#open(slot, failure, nowMs);
  }

  retryAtMs(slot: number, nowMs: number): number {
    return this.#state[slot] === OPEN ? Math.max(nowMs, this.#retryAtMs[slot]!) : nowMs;
  }

  #open(slot: number, failure: Failure, nowMs: number): void {
    const times = this.#timesOpened[slot]!++;
    const grownMs = Math.min(this.#resetMs * 2 ** times, this.#maxResetMs);
    // Equal jitter from the second time on, so that a fleet of gateways does not probe in step.
    const openMs =
      times === 0 ? grownMs : grownMs / 2 + this.#context.random.float() * (grownMs / 2);
    this.#retryAtMs[slot] = nowMs + openMs;
    const reason = `${this.#inRow[slot]} failures in a row, last: ${failure.message}`;
    this.#enter(slot, OPEN, reason);
  }

  #close(slot: number): void {
    this.#inRow[slot] = 0;
    this.#enter(slot, CLOSED, 'a probe was answered');
  }

  #enter(slot: number, state: 0 | 1 | 2, reason: string): void {
    this.#state[slot] = state;
    this.#probing[slot] = 0;
    this.#epoch[slot]!++;
    const name = state === CLOSED ? 'closed' : state === OPEN ? 'open' : 'half_open';
    this.#context.onChange(slot, name, reason);
  }
}
