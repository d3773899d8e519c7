import {
  optionError,
  type Outcome,
  type RequestTraits,
  type Snapshot,
  type Strategy,
  type StrategyContext,
  type StrategyDefinition,
  type Trace,
  type View,
} from '@plimsoll/core';

import { PriceGroup, priceKey } from './price-group.ts';
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
 * admissible target. Memory: one number per slot and four per price.
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
  const settings: Settings = {
    within,
    expectedInputTokens,
    expectedOutputTokens,
    maxFirstContentMs,
  };
  return {
    name: 'cost',
    honoursWeights: within.honoursWeights,
    expectedShare: 'none',
    create: (context) => new Cost(settings, context),
  };
}

type Settings = Required<CostOptions>;

class Cost implements Strategy {
  readonly #settings: Settings;
  readonly #context: StrategyContext;
  readonly #quick: QuickView | undefined;
  #groups: PriceGroup[] = [];
  #groupAt: (PriceGroup | undefined)[] = [];
  /** By group; what `#estimate` made of the request at hand. */
  #usd = new Float64Array(0);

  constructor(settings: Settings, context: StrategyContext) {
    this.#settings = settings;
    this.#context = context;
    const { maxFirstContentMs } = settings;
    this.#quick = maxFirstContentMs < Infinity ? new QuickView(maxFirstContentMs) : undefined;
  }

  update(snapshot: Snapshot): void {
    // A price keeps its strategy, and so its phase, for as long as a target has it.
    const before = new Map(this.#groups.map((group) => [group.key, group]));
    const groups = new Map<string, PriceGroup>();
    this.#groupAt = [];
    for (const [index, { price }] of snapshot.targets.entries()) {
      const key = priceKey(price);
      let group = groups.get(key);
      if (group === undefined) {
        const { within } = this.#settings;
        group = before.get(key) ?? new PriceGroup(price, within.create(this.#context));
        groups.set(key, group);
      }
      this.#groupAt[snapshot.slots[index]!] = group;
    }
    this.#groups = [...groups.values()];
    for (const group of this.#groups) {
      group.update(snapshot.where((_, slot) => this.#groupAt[slot] === group));
    }
    this.#usd = new Float64Array(this.#groups.length);
  }

  pick(view: View, request: RequestTraits, nowMs: number): number {
    this.#estimate(request, nowMs);
    let slot = -1;
    if (this.#quick !== undefined) slot = this.#cheapest(this.#quick.of(view), request, nowMs);
    if (slot < 0) slot = this.#cheapest(view, request, nowMs);
    // After the inner picks: their scores would be in another unit.
    if (view.trace !== undefined) this.#score(view.trace);
    return slot;
  }

  observe(slot: number, outcome: Outcome, nowMs: number): void {
    this.#groupAt[slot]?.observe(slot, outcome, nowMs);
  }

  #estimate(request: RequestTraits, nowMs: number): void {
    const { expectedInputTokens, expectedOutputTokens } = this.#settings;
    const input = request.inputTokens ?? expectedInputTokens;
    const output = Math.min(expectedOutputTokens, request.maxOutputTokens ?? Infinity);
    for (let index = 0; index < this.#groups.length; index++) {
      this.#groups[index]!.estimate(input, output, nowMs, this.#usd, index);
    }
  }

  /** Asks the prices in the order of their cost, those that cost the same in the order of the configuration. */
  #cheapest(view: View, request: RequestTraits, nowMs: number): number {
    const usd = this.#usd;
    let asked = -1;
    for (;;) {
      let next = -1;
      for (let index = 0; index < usd.length; index++) {
        const isAsked =
          asked >= 0 &&
          (usd[index]! < usd[asked]! || (usd[index] === usd[asked] && index <= asked));
        if (!isAsked && (next < 0 || usd[index]! < usd[next]!)) next = index;
      }
      if (next < 0) return -1;
      const group = this.#groups[next]!;
      view.trace?.step(step(group, usd[next]!));
      const slot = group.pick(view, request, nowMs);
      if (slot >= 0) return slot;
      asked = next;
    }
  }

  #score(trace: Trace): void {
    for (const [index, group] of this.#groups.entries()) {
      if (this.#usd[index] === Infinity) continue;
      for (const slot of group.slots) trace.score(slot, this.#usd[index]!);
    }
  }
}

function step(group: PriceGroup, usd: number): string {
  return usd === Infinity ? 'no price' : `price ${group.key}: about $${usd.toPrecision(3)}`;
}
