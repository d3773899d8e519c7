import {
  optionError,
  type Outcome,
  type RequestTraits,
  type Snapshot,
  type Strategy,
  type StrategyContext,
  type StrategyDefinition,
  type View,
} from '@plimsoll/core';

import { DrawnChoices } from './drawn-choices.ts';
import { FullScan } from './full-scan.ts';
import { RoomyView } from './roomy-view.ts';

/** Options of `quotaHeadroom`. */
export interface QuotaHeadroomOptions {
  /**
   * Chooses among the targets that have nearly as much left as the one with most.
   * @defaultValue none: the one with most, ties to the fewest requests in flight, then by turns
   */
  readonly within?: StrategyDefinition;
  /**
   * With `within`: how much smaller a share may be than the largest and still be nearly as much, 0 to 1.
   * @defaultValue 0.05
   */
  readonly tolerance?: number;
  /**
   * Without `within`: targets compared per pick in a pool larger than `exactUpTo`, an integer from 2 to 10.
   * @defaultValue 2
   */
  readonly choices?: number;
  /**
   * Without `within`: largest pool in which every target is compared, an integer >= 1.
   * @defaultValue 64
   */
  readonly exactUpTo?: number;
}

/**
 * Chooses the target that has the largest share of its tightest rate limit left, so that keys with different limits run
 * dry together: 500 used of 1,000,000 goes before 400 used of 1,000. Ties go to the fewest requests in flight, then by
 * turns from a random start. Pools above `exactUpTo` compare `choices` distinct targets, drawn alike.
 *
 * Use it for keys whose limits differ, or are used by others too, where what the provider reports as left is the best
 * there is to go by. Prefer `leastBusy` with weights where limits are never near: quota is a gate in every strategy, so no
 * other one sends a request to a key that is used up either.
 *
 * Source: own for the measure. The draws are Michael Mitzenmacher, The Power of Two Choices in Randomized Load
 * Balancing, IEEE TPDS 12(10), 2001.
 *
 * Differs from "least requests per minute" routers in that the share counts, not the number, and that it is the
 * tightest of all limits, those of the quota group and reported ones included.
 *
 * Cost: O(n) times the limits of a target up to `exactUpTo`, and with `within`; above it O(1) while one target in ten or
 * more is admissible, and O(n) else. Allocates nothing; 8 bytes per target.
 *
 * Weights are ignored, but by `within`. State is whose turn is next, in this process, and that of `within`.
 *
 * @throws PlimsollError ERR_PLIMSOLL_OPTION on an option out of range.
 */
export function quotaHeadroom(options: QuotaHeadroomOptions = {}): StrategyDefinition {
  const { within, tolerance = 0.05, choices = 2, exactUpTo = 64 } = options;
  if (within !== undefined && typeof within?.create !== 'function') {
    throw optionError('quotaHeadroom', 'within', 'a strategy, such as leastBusy()', within);
  }
  if (!(tolerance >= 0 && tolerance <= 1)) {
    throw optionError('quotaHeadroom', 'tolerance', 'from 0 to 1', tolerance);
  }
  if (!(Number.isInteger(choices) && choices >= 2 && choices <= 10)) {
    throw optionError('quotaHeadroom', 'choices', 'an integer from 2 to 10', choices);
  }
  if (!(Number.isInteger(exactUpTo) && exactUpTo >= 1)) {
    throw optionError('quotaHeadroom', 'exactUpTo', 'an integer >= 1', exactUpTo);
  }
  const unread = within === undefined ? UNREAD_ALONE : UNREAD_WITHIN;
  for (const name of unread.options) {
    if (options[name] !== undefined) {
      throw optionError('quotaHeadroom', name, unread.accepted, options[name]);
    }
  }
  return {
    name: 'quota-headroom',
    honoursWeights: within?.honoursWeights ?? false,
    expectedShare: 'none',
    create: (context) =>
      within === undefined
        ? new MostLeft(context, choices, exactUpTo)
        : new NearlyMostLeft(within.create(context), tolerance),
  };
}

interface Unread {
  readonly options: readonly ('tolerance' | 'choices' | 'exactUpTo')[];
  readonly accepted: string;
}

/** Options that would not be read. */
const UNREAD_ALONE: Unread = { options: ['tolerance'], accepted: 'absent without `within`' };
const UNREAD_WITHIN: Unread = {
  options: ['choices', 'exactUpTo'],
  accepted: 'absent with `within`',
};

class MostLeft implements Strategy {
  readonly #scan: FullScan;
  readonly #choices: DrawnChoices;
  readonly #exactUpTo: number;
  #isLarge = false;

  constructor({ random }: StrategyContext, choices: number, exactUpTo: number) {
    this.#scan = new FullScan(random);
    this.#choices = new DrawnChoices(random, this.#scan, choices);
    this.#exactUpTo = exactUpTo;
  }

  update(snapshot: Snapshot): void {
    this.#isLarge = snapshot.slots.length > this.#exactUpTo;
    this.#scan.update(snapshot);
    if (this.#isLarge) this.#choices.update(snapshot);
  }

  pick(view: View, _request: RequestTraits, _nowMs: number): number {
    return this.#isLarge ? this.#choices.pick(view) : this.#scan.pick(view);
  }
}

class NearlyMostLeft implements Strategy {
  readonly #within: Strategy;
  readonly #tolerance: number;
  readonly #roomy = new RoomyView();
  #slots: Int32Array = new Int32Array(0);

  constructor(within: Strategy, tolerance: number) {
    this.#within = within;
    this.#tolerance = tolerance;
  }

  update(snapshot: Snapshot): void {
    this.#slots = snapshot.slots;
    this.#within.update(snapshot);
  }

  pick(view: View, request: RequestTraits, nowMs: number): number {
    const slots = this.#slots;
    let most = -1;
    for (let index = 0; index < slots.length && most < 1; index++) {
      const slot = slots[index]!;
      const left = view.quotaLeft(slot);
      if (left > most && view.admits(slot)) most = left;
    }
    if (most < 0) return -1;
    if (view.trace !== undefined) this.#explain(view, most);
    return this.#within.pick(this.#roomy.of(view, most - this.#tolerance), request, nowMs);
  }

  observe(slot: number, outcome: Outcome, nowMs: number): void {
    this.#within.observe?.(slot, outcome, nowMs);
  }

  #explain(view: View, most: number): void {
    const percent = (ratio: number): string => `${(100 * Math.max(0, ratio)).toFixed(1)} %`;
    view.trace?.step(`quota left: ${percent(most - this.#tolerance)} to ${percent(most)}`);
  }
}
