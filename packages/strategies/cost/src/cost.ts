import { optionError, type StrategyDefinition } from '@plimsoll/core';

import { ByCost } from './by-cost.ts';
import { QuickView } from './quick-view.ts';

/** Options of `cost`. */
export interface CostOptions {
  /** Chooses among the targets of equal price. */
  readonly within: StrategyDefinition;
  /** Tokens of the prompt where the request does not say, >= 0. @defaultValue 700 */
  readonly expectedInputTokens?: number;
  /** Tokens of the answer, >= 0; `maxOutputTokens` of the request counts instead where it is less. @defaultValue 300 */
  readonly expectedOutputTokens?: number;
  /**
   * Targets whose estimated time to first content is longer, in milliseconds (> 0), are passed over while another one is
   * admissible.
   * @defaultValue none
   */
  readonly maxFirstContentMs?: number;
}

/**
 * Chooses the admissible target on which the request is likely to cost least, in US dollars:
 *
 *     (input x (1 - c) + cachedInput x c) x inputTokens + output x min(expectedOutputTokens, maxOutputTokens)
 *
 * where c is the share of input tokens that targets of this price served from their prompt caches lately. 0 is a price,
 * and the lowest. Targets without a price come last.
 *
 * Use it where targets are equally good and differ in price; use `tiered` where one is to be used first whatever it
 * costs, `rules` where cheap targets are good enough for some requests only.
 *
 * Source: none; the prices are those of the configuration. The defaults are the mean request of the trace of Google's
 * model service that the README names.
 *
 * Cost: O(p) for p different prices, plus the inner pick of each price asked; O(p^2) where most prices have no
 * admissible target. Memory: one number per slot and seven per price.
 *
 * Weights are honoured among targets of equal price where the inner strategy does so. State, per process: c with a
 * half-life of ten minutes, and that of the inner strategies.
 */
export function cost(options: CostOptions): StrategyDefinition {
  const {
    within,
    expectedInputTokens = 700,
    expectedOutputTokens = 300,
    maxFirstContentMs = Infinity,
  } = options;
  if (typeof within?.create !== 'function') {
    throw optionError('cost', 'within', 'a strategy, such as roundRobin()', within);
  }
  if (!(expectedInputTokens >= 0 && expectedInputTokens < Infinity)) {
    throw optionError('cost', 'expectedInputTokens', 'a number >= 0', expectedInputTokens);
  }
  if (!(expectedOutputTokens >= 0 && expectedOutputTokens < Infinity)) {
    throw optionError('cost', 'expectedOutputTokens', 'a number >= 0', expectedOutputTokens);
  }
  if (!(maxFirstContentMs > 0)) {
    throw optionError('cost', 'maxFirstContentMs', 'a number > 0', maxFirstContentMs);
  }
  const expected = { input: expectedInputTokens, output: expectedOutputTokens };
  return {
    name: 'cost',
    honoursWeights: within.honoursWeights,
    expectedShare: 'none',
    create(context) {
      const quick = maxFirstContentMs < Infinity ? new QuickView(maxFirstContentMs) : undefined;
      return new ByCost(within, expected, quick, context);
    },
  };
}
