import {
  type Failure,
  type Health,
  type HealthContext,
  type HealthDefinition,
  optionError,
} from '@plimsoll/core';

import { inWords } from '../failure-facts.ts';
import { grown } from '../hot-state.ts';
import { consecutiveFailures } from './consecutive-failures.ts';
import type { Detector, DetectorDefinition } from './detector.ts';

/** Options of `breaker`. */
export interface BreakerOptions {
  /** What opens it; the first to trip does. @defaultValue `[consecutiveFailures()]` */
  readonly trip?: readonly DetectorDefinition[];
  /** Milliseconds open the first time, > 0; doubled with each further time. @defaultValue 60000 */
  readonly resetMs?: number;
  /** Longest time open, in milliseconds, >= `resetMs`. @defaultValue the larger of `resetMs` and 300000 */
  readonly maxResetMs?: number;
  /** Probes in flight at once while half open, an integer >= 1. @defaultValue 1 */
  readonly probes?: number;
  /** Probes that must succeed to close it, an integer >= 1. @defaultValue 1 */
  readonly successes?: number;
  /** Share of the targets that statistical detectors may have open at once, 0 to 1; one target always. @defaultValue 0.5 */
  readonly maxEjectedRatio?: number;
}

const CLOSED = 0;
const OPEN = 1;
const HALF_OPEN = 2;

/** The token of a probe that has told what it had to tell. */
const SPENT = -1;

/**
 * A circuit breaker per target: detectors open it, after a while single requests are let through as probes, and their
 * success closes it.
 *
 * Use it for any pool; choose detectors by traffic and size: each names its place.
 *
 * Source: Michael Nygard, Release It!, 2007; times open grow as in Envoy's outlier ejection and are spread by equal
 * jitter as in Finagle's FailureAccrual.
 *
 * Differs in that news counts only from attempts that started in the present state: what was in flight when the breaker
 * opened says nothing of the target's return. A probe has succeeded with its first content.
 *
 * Cost: one array read per `admits`; 33 bytes per target, and the detectors'.
 *
 * @throws PlimsollError ERR_PLIMSOLL_OPTION on an option out of range.
 */
export function breaker(options: BreakerOptions = {}): HealthDefinition {
  const resetMs = options.resetMs ?? 60_000;
  const resolved: Required<BreakerOptions> = {
    trip: options.trip ?? [consecutiveFailures()],
    resetMs,
    maxResetMs: options.maxResetMs ?? Math.max(resetMs, 300_000),
    probes: options.probes ?? 1,
    successes: options.successes ?? 1,
    maxEjectedRatio: options.maxEjectedRatio ?? 0.5,
  };
  const check = (name: keyof BreakerOptions, accepted: string, isValid: boolean): void => {
    if (!isValid) throw optionError('breaker', name, accepted, resolved[name]);
  };
  const { maxResetMs, probes, successes, maxEjectedRatio } = resolved;
  check('resetMs', 'milliseconds > 0', resetMs > 0 && Number.isFinite(resetMs));
  check('maxResetMs', 'milliseconds >= resetMs', maxResetMs >= resetMs);
  check('probes', 'an integer >= 1', Number.isInteger(probes) && probes >= 1);
  check('successes', 'an integer >= 1', Number.isInteger(successes) && successes >= 1);
  check('maxEjectedRatio', 'from 0 to 1', maxEjectedRatio >= 0 && maxEjectedRatio <= 1);
  return { name: 'breaker', create: (context) => new Breaker(context, resolved) };
}

class Breaker implements Health {
  readonly #context: HealthContext;
  readonly #options: Required<BreakerOptions>;
  readonly #detectors: readonly Detector[];
  #state = new Uint8Array(0);
  /** 1 where a statistical detector opened it. */
  #isEjected = new Uint8Array(0);
  #probing = new Int32Array(0);
  #succeeded = new Int32Array(0);
  /** Grows with every change of state; an attempt's token is the value it started with. */
  #epoch = new Int32Array(0);
  #timesOpened = new Int32Array(0);
  #retryAtMs = new Float64Array(0);
  #targets = 0;
  #ejected = 0;

  constructor(context: HealthContext, options: Required<BreakerOptions>) {
    this.#context = context;
    this.#options = options;
    this.#detectors = options.trip.map((definition) =>
      definition.create((slot, reason, nowMs) => {
        this.#trip(slot, definition.isStatistical, reason, nowMs);
      }),
    );
  }

  resize(slotLimit: number): void {
    this.#state = grown(this.#state, slotLimit, Uint8Array);
    this.#isEjected = grown(this.#isEjected, slotLimit, Uint8Array);
    this.#probing = grown(this.#probing, slotLimit, Int32Array);
    this.#succeeded = grown(this.#succeeded, slotLimit, Int32Array);
    this.#epoch = grown(this.#epoch, slotLimit, Int32Array);
    this.#timesOpened = grown(this.#timesOpened, slotLimit, Int32Array);
    this.#retryAtMs = grown(this.#retryAtMs, slotLimit, Float64Array);
    for (const detector of this.#detectors) detector.resize(slotLimit);
  }

  reset(slot: number): void {
    this.#targets++;
    this.#state[slot] = CLOSED;
    this.#probing[slot] = 0;
    this.#epoch[slot]!++;
    this.#timesOpened[slot] = 0;
    this.#retryAtMs[slot] = 0;
    for (const detector of this.#detectors) detector.reset(slot);
  }

  free(slot: number): void {
    this.#targets--;
    this.#setEjected(slot, 0);
    for (const detector of this.#detectors) detector.free(slot);
  }

  admits(slot: number, nowMs: number): boolean {
    const state = this.#state[slot];
    if (state === CLOSED) return true;
    if (state === OPEN) return nowMs >= this.#retryAtMs[slot]!;
    return this.#probing[slot]! < this.#options.probes;
  }

  admitsInPanic(slot: number): boolean {
    return this.#isEjected[slot] === 1;
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

  onContent(slot: number, token: number): number {
    if (this.#epoch[slot] !== token || this.#state[slot] !== HALF_OPEN) return token;
    this.#probing[slot]!--;
    this.#succeed(slot);
    return SPENT;
  }

  onEnd(slot: number, token: number, failure: Failure | undefined, nowMs: number): void {
    if (this.#epoch[slot] !== token) return;
    const isHalfOpen = this.#state[slot] === HALF_OPEN;
    if (isHalfOpen) this.#probing[slot]!--;
    if (failure !== undefined && !failure.isHealthFailure) return;
    if (isHalfOpen) {
      if (failure === undefined) this.#succeed(slot);
      else this.#open(slot, `a probe failed: ${inWords(failure)}`, nowMs);
      return;
    }
    if (failure === undefined) this.#timesOpened[slot] = 0;
    for (const detector of this.#detectors) detector.record(slot, failure, nowMs);
  }

  onProbe(slot: number, failure: Failure | undefined, nowMs: number): void {
    if (failure !== undefined) this.onEnd(slot, this.#epoch[slot]!, failure, nowMs);
    // Reachable again: let requests find out at once whether it also works.
    else if (this.#state[slot] === OPEN) this.#retryAtMs[slot] = nowMs;
  }

  retryAtMs(slot: number, nowMs: number): number {
    return this.#state[slot] === OPEN ? Math.max(nowMs, this.#retryAtMs[slot]!) : nowMs;
  }

  probesOf(slot: number): { readonly passed: number; readonly needed: number } | undefined {
    if (this.#state[slot] === CLOSED) return undefined;
    return { passed: this.#succeeded[slot]!, needed: this.#options.successes };
  }

  #trip(slot: number, isStatistical: boolean, reason: string, nowMs: number): void {
    if (this.#state[slot] !== CLOSED) return;
    if (isStatistical) {
      const allowed = Math.max(1, Math.floor(this.#targets * this.#options.maxEjectedRatio));
      if (this.#ejected >= allowed) return;
      this.#setEjected(slot, 1);
    }
    this.#open(slot, reason, nowMs);
  }

  #open(slot: number, reason: string, nowMs: number): void {
    const { resetMs, maxResetMs } = this.#options;
    const times = this.#timesOpened[slot]!++;
    const grownMs = Math.min(resetMs * 2 ** times, maxResetMs);
    // Equal jitter from the second time on, so that a fleet of gateways does not probe in step.
    const openMs =
      times === 0 ? grownMs : grownMs / 2 + this.#context.random.float() * (grownMs / 2);
    this.#retryAtMs[slot] = nowMs + openMs;
    this.#enter(slot, OPEN, reason);
  }

  #succeed(slot: number): void {
    if (++this.#succeeded[slot]! < this.#options.successes) return;
    this.#setEjected(slot, 0);
    this.#enter(slot, CLOSED, 'a probe was answered');
  }

  #setEjected(slot: number, isEjected: 0 | 1): void {
    this.#ejected += isEjected - this.#isEjected[slot]!;
    this.#isEjected[slot] = isEjected;
  }

  #enter(slot: number, state: 0 | 1 | 2, reason: string): void {
    this.#state[slot] = state;
    this.#probing[slot] = 0;
    this.#succeeded[slot] = 0;
    this.#epoch[slot]!++;
    for (const detector of this.#detectors) detector.reset(slot);
    const name = state === CLOSED ? 'closed' : state === OPEN ? 'open' : 'half_open';
    this.#context.onChange(slot, name, reason);
  }
}
