import { optionError, type StrategyDefinition } from '@plimsoll/core';

import { ExpectedTime } from './expected-time.ts';
import { PeakEwma } from './peak-ewma.ts';

/** What a target's speed is measured by. */
export type LatencyMode = 'balanced' | 'first-token' | 'per-token' | 'peak-ewma';

/** Options of `latency`. */
export interface LatencyOptions {
  /**
   * `balanced`: time to first content plus the time an answer of usual length takes. `first-token`: time to first
   * content alone, for short answers and people who wait. `per-token`: time per token alone, for long answers.
   * `peak-ewma`: completion time as published for RPC, for comparison; see `PeakEwma` for where it fails.
   * @defaultValue 'balanced'
   */
  readonly mode?: LatencyMode;
  /**
   * Tokens of a usual answer, a number >= 1; a request that allows fewer counts with what it allows. Read by `balanced`
   * and `per-token`.
   * @defaultValue 256
   */
  readonly expectedOutputTokens?: number;
  /**
   * Milliseconds, > 0, in which a measured time falls to 1 / e. Read by `peak-ewma`.
   * @defaultValue 10000
   */
  readonly decayMs?: number;
}

const MODES: readonly LatencyMode[] = ['balanced', 'first-token', 'per-token', 'peak-ewma'];

/**
 * Chooses the target with the least expected time for this request, in seconds of the fastest one:
 *
 *     (inFlight + 1) / weight * slowness + p / (1 - p) * load
 *
 * `slowness` is the target's time to first content plus tokens times its time per token, over that of the fastest
 * target: what is learned of its capacity. `p` is its failure ratio and `load` the mean of (inFlight + 1) / weight: a
 * failed attempt is paid for by waiting once more. Where half the age of the oldest request without content is more than
 * the time to first content, the rest of it is added: a target that hangs is slow long before it times out. Equal costs
 * go to the faster target, times within 2 % to any. One without a sample gets its share of the requests, never all and
 * never none, and a dwindling part of it until it has eight.
 *
 * Slowness up to 1.5 counts as none, from there to 3 it grows to its full size (`first-token`: 3 and 6, as prompts of
 * different length make that noisier). Equal targets are then told apart by what is in flight alone. Without that band
 * the noise of the estimates sends requests to busier targets.
 *
 * Use it where targets differ in speed and it is not known how: regions, providers, models. Prefer `leastBusy` for keys
 * of one provider, and `leastBusy` with weights where capacities are known.
 *
 * Source: own; its parts are least loaded with weights (nginx least_conn), the age of what is unanswered (nginx
 * least_time), and time apart by first content and token (the metrics of LLM serving benchmarks). Peak EWMA: Finagle.
 *
 * Differs from latency strategies elsewhere in that the length of an answer is no part of what is measured, that
 * estimates are the engine's, which move to the mean of the others as they age, and in the band.
 *
 * Cost: O(n) up to 64 targets, at about 20 ns per target; above that 8 distinct ones are drawn, and all are looked at
 * only where none of those is admissible. Allocates nothing; 24 bytes per target.
 *
 * Weights are honoured as capacity: twice the weight, twice the requests in flight; `peak-ewma` ignores them. No state,
 * but for `peak-ewma`, per process.
 *
 * @throws PlimsollError ERR_PLIMSOLL_OPTION on an option out of range.
 */
export function latency(options: LatencyOptions = {}): StrategyDefinition {
  const { mode = 'balanced', expectedOutputTokens = 256, decayMs = 10_000 } = options;
  if (!MODES.includes(mode))
    throw optionError('latency', 'mode', `one of ${MODES.join(', ')}`, mode);
  if (!(expectedOutputTokens >= 1 && Number.isFinite(expectedOutputTokens))) {
    throw optionError('latency', 'expectedOutputTokens', 'a number >= 1', expectedOutputTokens);
  }
  if (!(decayMs > 0 && Number.isFinite(decayMs))) {
    throw optionError('latency', 'decayMs', 'milliseconds > 0', decayMs);
  }
  return {
    name: 'latency',
    honoursWeights: mode !== 'peak-ewma',
    expectedShare: 'none',
    create: ({ random }) =>
      mode === 'peak-ewma'
        ? new PeakEwma(random, decayMs)
        : new ExpectedTime(random, mode, expectedOutputTokens),
  };
}
