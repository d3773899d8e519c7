import { optionError, type StrategyDefinition } from '@plimsoll/core';

import { ByHealth } from './by-health.ts';
import { Strict } from './strict.ts';

/** Options of `tiered`. */
export interface TieredOptions {
  /** Chooses among the targets of one tier. Every tier has a strategy of its own, made from this. */
  readonly within: StrategyDefinition;
  /** Tiers with another strategy than `within`, by the number of the tier, an integer >= 0. @defaultValue none */
  readonly tiers?: Readonly<Record<number, StrategyDefinition>>;
  /**
   * When a tier gets traffic while an earlier one still could take some:
   * - `strict`: never.
   * - `by-health`: while less than 72 % of the earlier tier is healthy, for the part that it lacks.
   * @defaultValue 'strict'
   */
  readonly overflow?: 'strict' | 'by-health';
  /**
   * With `by-health`: while every tier has a smaller healthy share than this, 0 to 1, the load is split by the size of
   * the tiers instead, since their health tells nothing then. Only of use where the pool itself uses unhealthy targets
   * in such a case; Envoy has 0.5.
   * @defaultValue 0, never
   */
  readonly panicRatio?: number;
}

/**
 * Chooses among the targets of the lowest tier (`target.tier`) that has one to choose: free, then cheap, then premium.
 *
 * Use it where some targets are meant to be used before others; use `cost` where the price of the single request is to
 * decide, and weights where all targets are to be used at once.
 *
 * Source of `by-health`: priority levels, overprovisioning and panic threshold in Envoy's `load_balancer_impl.cc`
 * (docs "Priority levels"); its arithmetic, where the tables of its documentation differ.
 *
 * Differs from the source: health counts by weight, not by the number of targets; there is no third state between
 * healthy and not, so none spills over in a second round; a tier that was drawn but has no admissible target is passed
 * over for the others in order; panic does not make unhealthy targets admissible, which is for the engine to say.
 *
 * Cost: the inner pick of each tier asked; `by-health` reads the health of the tiers that get load, O(targets) of
 * those. Memory: one number per slot.
 *
 * Weights are honoured where the inner strategies do so, and count in `by-health`. State: that of the inner strategies.
 */
export function tiered(options: TieredOptions): StrategyDefinition {
  const { within, tiers = {}, overflow = 'strict', panicRatio = 0 } = options;
  if (!isDefinition(within)) {
    throw optionError('tiered', 'within', 'a strategy, such as roundRobin()', within);
  }
  for (const [number, definition] of Object.entries(tiers)) {
    if (!/^\d+$/.test(number)) {
      throw optionError(
        'tiered',
        'tiers',
        'given by the number of the tier, an integer >= 0',
        number,
      );
    }
    if (!isDefinition(definition)) {
      throw optionError(
        'tiered',
        `tiers.${number}`,
        'a strategy, such as roundRobin()',
        definition,
      );
    }
  }
  if (overflow !== 'strict' && overflow !== 'by-health') {
    throw optionError('tiered', 'overflow', '"strict" or "by-health"', overflow);
  }
  if (!(panicRatio >= 0 && panicRatio <= 1)) {
    throw optionError('tiered', 'panicRatio', 'from 0 to 1', panicRatio);
  }
  if (panicRatio > 0 && overflow === 'strict') {
    throw optionError('tiered', 'panicRatio', '0 when `overflow` is "strict"', panicRatio);
  }
  return {
    name: 'tiered',
    honoursWeights: [within, ...Object.values(tiers)].every((part) => part.honoursWeights),
    expectedShare: 'none',
    create(context) {
      const parts = (number: number): StrategyDefinition => tiers[number] ?? within;
      return overflow === 'strict'
        ? new Strict(parts, context)
        : new ByHealth(parts, context, panicRatio);
    },
  };
}

function isDefinition(value: StrategyDefinition): boolean {
  return typeof value?.create === 'function';
}
