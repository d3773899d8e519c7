import type { Clock } from './clock.ts';
import type { Failure } from './failure.ts';
import type { Random } from './random.ts';

/**
 * Judges targets by what became of attempts, and says which may be tried. Numbers stand in arrays by slot; `admits` is
 * asked in the middle of a pick and must cost nanoseconds.
 */
export interface Health {
  /** Makes room for slots below `slotLimit`. */
  resize(slotLimit: number): void;
  /** Forgets what is known of `slot`: another target has it now. */
  reset(slot: number): void;
  /** `slot` has no target any more. */
  free(slot: number): void;
  /** Whether an attempt may start on `slot`. True for a due probe. Changes nothing. */
  admits(slot: number, nowMs: number): boolean;
  /** Whether `slot` may be used although it is not admitted, when too few others are left; asked only in panic. */
  admitsInPanic(slot: number, nowMs: number): boolean;
  /** Whether the target is trusted, not just tried out. */
  isHealthy(slot: number, nowMs: number): boolean;
  /**
   * An attempt starts on `slot`.
   *
   * @returns a token for the calls below: what an attempt tells is news only while the state it started in lasts.
   */
  onStart(slot: number, nowMs: number): number;
  /**
   * The attempt has its first content. A stream may go on for minutes; a probe is answered now.
   *
   * @returns the token for the attempt's end.
   */
  onContent(slot: number, token: number, nowMs: number): number;
  /**
   * The attempt ended: well (no failure), badly, or without telling anything of the target (`isHealthFailure` false:
   * the caller's fault, or the caller went away).
   */
  onEnd(slot: number, token: number, failure: Failure | undefined, nowMs: number): void;
  /** An active probe, made beside the requests, came back. */
  onProbe(slot: number, failure: Failure | undefined, nowMs: number): void;
  /** When `slot` may be tried again, on the clock of `nowMs`; `nowMs` itself if it may be now. */
  retryAtMs(slot: number, nowMs: number): number;
  /** How many probes `slot` has passed of those it has to, while it is tried out; undefined while it is not. */
  probesOf?(slot: number): { readonly passed: number; readonly needed: number } | undefined;
}

/** A way of judging health, as a pool is configured with it. */
export interface HealthDefinition {
  readonly name: string;
  /** Makes the state of one fleet. */
  create(context: HealthContext): Health;
}

/** What a health judge may use of the world. */
export interface HealthContext {
  readonly random: Random;
  readonly clock: Clock;
  /** Says that a target's state changed, and why, for events and metrics. */
  onChange(slot: number, state: 'closed' | 'open' | 'half_open', reason: string): void;
}
