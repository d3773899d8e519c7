import type { Outcome } from '@plimsoll/core';

import { grown } from './hot-state.ts';

/** What a pool counts, by slot: sums since the target joined the pool. */
export class Counters {
  requests = 0;
  succeeded = 0;
  failed = 0;
  aborted = 0;
  totalAttempts = 0;
  hedges = 0;
  rescues = 0;
  /** First picks for requests with a key: at the key's home, and elsewhere. */
  atHome = 0;
  awayFromHome = 0;
  picks: Float64Array = new Float64Array(0);
  expectedPicks: Float64Array = new Float64Array(0);
  attempts: Float64Array = new Float64Array(0);
  served: Float64Array = new Float64Array(0);
  failures: Float64Array = new Float64Array(0);
  abortedAttempts: Float64Array = new Float64Array(0);
  latencySumMs: Float64Array = new Float64Array(0);
  firstContentSumMs: Float64Array = new Float64Array(0);
  inputTokens: Float64Array = new Float64Array(0);
  outputTokens: Float64Array = new Float64Array(0);
  costUsd: Float64Array = new Float64Array(0);
  lastUsedMs: Float64Array = new Float64Array(0);

  /** Makes room for `slotLimit` slots and starts `slot` at zero. */
  reset(slot: number, slotLimit: number): void {
    if (slotLimit > this.picks.length) {
      for (const name of BY_SLOT) this[name] = grown(this[name], slotLimit, Float64Array);
    }
    for (const name of BY_SLOT) this[name][slot] = 0;
    this.lastUsedMs[slot] = -Infinity;
  }

  /** A request with a key had its first pick. */
  noteAffinity(isAtHome: boolean): void {
    if (isAtHome) this.atHome++;
    else this.awayFromHome++;
  }

  /** An attempt starts. */
  start(slot: number, isFirst: boolean, nowMs: number): void {
    if (isFirst) this.picks[slot]!++;
    this.attempts[slot]!++;
    this.totalAttempts++;
    this.lastUsedMs[slot] = nowMs;
  }

  /** An attempt ended. */
  end(slot: number, outcome: Outcome): void {
    const { failure, usage } = outcome;
    if (usage !== undefined) {
      this.inputTokens[slot]! += usage.inputTokens;
      this.outputTokens[slot]! += usage.outputTokens;
      this.costUsd[slot]! += outcome.costUsd ?? 0;
    }
    if (failure === undefined) {
      this.served[slot]!++;
      this.latencySumMs[slot]! += outcome.durationMs;
      this.firstContentSumMs[slot]! += outcome.firstContentMs ?? outcome.durationMs;
    } else if (failure.kind === 'aborted') {
      this.abortedAttempts[slot]!++;
    } else {
      this.failures[slot]!++;
    }
  }
}

const BY_SLOT = [
  'picks',
  'expectedPicks',
  'attempts',
  'served',
  'failures',
  'abortedAttempts',
  'latencySumMs',
  'firstContentSumMs',
  'inputTokens',
  'outputTokens',
  'costUsd',
  'lastUsedMs',
] as const;
