import type {
  Outcome,
  RequestTraits,
  Snapshot,
  Strategy,
  StrategyContext,
  StrategyDefinition,
  Trace,
  View,
} from '@plimsoll/core';

import { PriceGroup, priceKey } from './price-group.ts';
import { type ExpectedTokens, PriceTable } from './price-table.ts';
import type { QuickView } from './quick-view.ts';

/** The price at which the request is likely to cost least; then the next. */
export class ByCost implements Strategy {
  readonly #within: StrategyDefinition;
  readonly #expected: ExpectedTokens;
  readonly #context: StrategyContext;
  readonly #quick: QuickView | undefined;
  #groups: readonly PriceGroup[] = [];
  #groupAt: (PriceGroup | undefined)[] = [];
  #table: PriceTable;

  constructor(
    within: StrategyDefinition,
    expected: ExpectedTokens,
    quick: QuickView | undefined,
    context: StrategyContext,
  ) {
    this.#within = within;
    this.#expected = expected;
    this.#quick = quick;
    this.#context = context;
    this.#table = new PriceTable([], expected);
  }

  update(snapshot: Snapshot): void {
    // A price keeps its strategy, and so its phase, and what was seen of it, for as long as a target has it.
    const before = new Map(this.#groups.map((group) => [priceKey(group.price), group]));
    const groups = new Map<string, PriceGroup>();
    this.#groupAt = [];
    for (const [index, { price }] of snapshot.targets.entries()) {
      const key = priceKey(price);
      let group = groups.get(key);
      if (group === undefined) {
        group = before.get(key) ?? new PriceGroup(price, this.#within.create(this.#context));
        groups.set(key, group);
      }
      this.#groupAt[snapshot.slots[index]!] = group;
    }
    this.#install([...groups.values()]);
    for (const group of this.#groups) {
      group.update(snapshot.where((_, slot) => this.#groupAt[slot] === group));
    }
  }

  pick(view: View, request: RequestTraits, nowMs: number): number {
    this.#table.estimate(request, nowMs);
    let slot = -1;
    if (this.#quick !== undefined) slot = this.#cheapest(this.#quick.of(view), request, nowMs);
    if (slot < 0) slot = this.#cheapest(view, request, nowMs);
    // After the inner picks: their scores would be in another unit.
    if (view.trace !== undefined) this.#score(view.trace);
    return slot;
  }

  observe(slot: number, outcome: Outcome, nowMs: number): void {
    const group = this.#groupAt[slot];
    if (group === undefined) return;
    if (outcome.usage !== undefined) {
      this.#table.observe(this.#groups.indexOf(group), outcome.usage, nowMs);
    }
    group.observe(slot, outcome, nowMs);
  }

  #install(groups: readonly PriceGroup[]): void {
    const prices = groups.map((group) => group.price);
    const table = new PriceTable(prices, this.#expected);
    for (const [index, group] of groups.entries()) {
      const old = this.#groups.indexOf(group);
      if (old >= 0) table.take(index, this.#table, old);
    }
    this.#groups = groups;
    this.#table = table;
  }

  /** Asks the prices in the order of their cost, those that cost the same in the order of the configuration. */
  #cheapest(view: View, request: RequestTraits, nowMs: number): number {
    const { usd } = this.#table;
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
      if (group.price === undefined) continue;
      for (const slot of group.slots) trace.score(slot, this.#table.usd[index]!);
    }
  }
}

function step({ price, label }: PriceGroup, usd: number): string {
  return price === undefined ? label : `${label}: about $${usd.toPrecision(3)}`;
}
