import type { Outcome, RequestTraits, Snapshot, StrategyDefinition, View } from '@plimsoll/core';
import { describe, expect, test } from 'vitest';

import { strategyClauses } from '../src/strategy/clauses.ts';
import { strategySubject } from '../src/strategy/contract.ts';
import { definitionOf, ReferenceStrategy } from './reference-strategy.ts';

class Equal extends ReferenceStrategy {
  override update(snapshot: Snapshot): void {
    super.update(snapshot);
    this.weights = snapshot.weights.map(() => 1);
  }
}

/** Strategies that are broken in one way, by the clause that must catch them. */
const mutants: Record<string, Record<string, () => StrategyDefinition>> = {
  admitted: {
    'asks for health instead of admission': each(
      class extends ReferenceStrategy {
        override pick(view: View, request: RequestTraits, nowMs: number): number {
          return super.pick(
            admitting(view, (slot) => view.isHealthy(slot)),
            request,
            nowMs,
          );
        }
      },
    ),
    'gives up when its first choice is left out': each(
      class extends ReferenceStrategy {
        override pick(view: View, request: RequestTraits, nowMs: number): number {
          const slot = super.pick(admitting(view, always), request, nowMs);
          return view.admits(slot) ? slot : -1;
        }
      },
    ),
    'picks the first target when none is admitted': each(
      class extends ReferenceStrategy {
        override pick(view: View, request: RequestTraits, nowMs: number): number {
          const slot = super.pick(view, request, nowMs);
          return slot === -1 ? this.slots[0]! : slot;
        }
      },
    ),
  },
  sturdy: {
    'fails on an empty pool': each(
      class extends ReferenceStrategy {
        override update(snapshot: Snapshot): void {
          if (snapshot.slots.length === 0) throw new Error('no targets');
          super.update(snapshot);
        }
      },
    ),
    'takes places for slots': each(
      class extends ReferenceStrategy {
        override update(snapshot: Snapshot): void {
          super.update(snapshot);
          this.slots = Int32Array.from(snapshot.slots.keys());
        }
      },
    ),
    'fails when a target that left is observed': each(
      class extends ReferenceStrategy {
        observe(slot: number): void {
          if (!this.slots.includes(slot)) throw new Error(`unknown slot ${slot}`);
        }
      },
    ),
  },
  deterministic: {
    'draws from randomness of its own': each(
      class extends ReferenceStrategy {
        override pick(view: View, request: RequestTraits, nowMs: number): number {
          const first = this.slots[0]!;
          if (Math.random() < 0.2 && view.admits(first)) return first;
          return super.pick(view, request, nowMs);
        }
      },
    ),
  },
  peek: {
    'advances in a peek': each(
      class extends ReferenceStrategy {
        override pick(view: View, request: RequestTraits, nowMs: number): number {
          const blind = admitting(view, (slot) => view.admits(slot));
          return super.pick({ ...blind, peek: false }, request, nowMs);
        }
      },
    ),
  },
  explain: {
    'takes a simpler way in a peek': each(
      class extends ReferenceStrategy {
        override pick(view: View, request: RequestTraits, nowMs: number): number {
          if (view.peek) return this.slots.find((slot) => view.admits(slot)) ?? -1;
          return super.pick(view, request, nowMs);
        }
      },
    ),
    'takes another way when traced': each(
      class extends ReferenceStrategy {
        override pick(view: View, request: RequestTraits, nowMs: number): number {
          if (view.trace) return this.slots.findLast((slot) => view.admits(slot)) ?? -1;
          return super.pick(view, request, nowMs);
        }
      },
    ),
  },
  isolated: {
    'keeps its state in the definition': () => {
      const shared = new ReferenceStrategy();
      return definitionOf(() => shared);
    },
  },
  'read-only': {
    'counts in the view': each(
      class extends ReferenceStrategy {
        override pick(view: View, request: RequestTraits, nowMs: number): number {
          const slot = super.pick(view, request, nowMs);
          if (slot >= 0) view.inFlight[slot]!++;
          return slot;
        }
      },
    ),
    'scales the weights in place': each(
      class extends ReferenceStrategy {
        override pick(view: View, request: RequestTraits, nowMs: number): number {
          for (let index = 0; index < this.weights.length; index++) this.weights[index]! /= 2;
          return super.pick(view, request, nowMs);
        }
      },
    ),
  },
  skip: {
    'sends all to one target while another is left out': each(
      class extends ReferenceStrategy {
        override pick(view: View, request: RequestTraits, nowMs: number): number {
          const isWhole = this.slots.every((slot) => view.admits(slot));
          if (isWhole) return super.pick(view, request, nowMs);
          return this.slots.find((slot) => view.admits(slot)) ?? -1;
        }
      },
    ),
  },
  reach: {
    'never picks the last target': each(
      class extends ReferenceStrategy {
        override update(snapshot: Snapshot): void {
          const last = snapshot.slots.at(-1);
          const isAlone = snapshot.slots.length === 1;
          super.update(snapshot.where((_, slot) => isAlone || slot !== last));
        }
      },
    ),
  },
  rebuild: {
    'starts afresh with every snapshot': each(
      class extends ReferenceStrategy {
        override update(snapshot: Snapshot): void {
          this.owed.fill(0);
          super.update(snapshot);
        }
      },
    ),
  },
  phase: {
    'starts afresh with every changed weight': each(
      class extends ReferenceStrategy {
        override update(snapshot: Snapshot): void {
          const isSame = snapshot.weights.every((weight, index) => weight === this.weights[index]);
          if (!isSame) this.owed.fill(0);
          super.update(snapshot);
        }
      },
    ),
  },
  weights: {
    'says that it honours weights and does not': each(Equal, { expectedShare: 'none' }),
    'honours weights and says that it does not': each(ReferenceStrategy, {
      honoursWeights: false,
      expectedShare: 'none',
    }),
  },
  share: {
    'gives equal shares and promises others': each(Equal),
    'gives shares by weight and promises equal ones': each(ReferenceStrategy, {
      expectedShare: 'equal',
    }),
    'favours the first target by a tenth': each(
      class extends ReferenceStrategy {
        override update(snapshot: Snapshot): void {
          super.update(snapshot);
          this.weights = snapshot.weights.map((weight, index) => weight * (index === 0 ? 1.1 : 1));
        }
      },
    ),
  },
  'share-of-rest': {
    'hands the turn of a target that is left out to its successor': each(
      class extends ReferenceStrategy {
        override pick(view: View, request: RequestTraits, nowMs: number): number {
          const slot = super.pick(admitting(view, always), request, nowMs);
          const from = this.slots.indexOf(slot);
          for (let step = 0; step < this.slots.length; step++) {
            const next = this.slots[(from + step) % this.slots.length]!;
            if (view.admits(next)) return next;
          }
          return -1;
        }
      },
    ),
  },
  reuse: {
    'bans a slot for good': each(
      class extends ReferenceStrategy {
        readonly banned = new Set<number>();
        observe(slot: number, outcome: Outcome): void {
          if (outcome.failure) this.banned.add(slot);
        }
        override pick(view: View, request: RequestTraits, nowMs: number): number {
          const isIn = (slot: number): boolean => view.admits(slot) && !this.banned.has(slot);
          return super.pick(admitting(view, isIn), request, nowMs);
        }
      },
    ),
    'keeps a ban while the slot has any target': each(
      class extends ReferenceStrategy {
        readonly banned = new Set<number>();
        override update(snapshot: Snapshot): void {
          super.update(snapshot);
          for (const slot of this.banned)
            if (!snapshot.slots.includes(slot)) this.banned.delete(slot);
        }
        observe(slot: number, outcome: Outcome): void {
          if (outcome.failure) this.banned.add(slot);
        }
        override pick(view: View, request: RequestTraits, nowMs: number): number {
          const isIn = (slot: number): boolean => view.admits(slot) && !this.banned.has(slot);
          return super.pick(admitting(view, isIn), request, nowMs);
        }
      },
    ),
    'goes on with a target that left': each(
      class extends ReferenceStrategy {
        override update(snapshot: Snapshot): void {
          if (snapshot.slots.length >= this.slots.length) super.update(snapshot);
        }
      },
    ),
  },
  allocation: {
    'makes a list per pick': each(
      class extends ReferenceStrategy {
        last: number[] = [];
        override pick(view: View, request: RequestTraits, nowMs: number): number {
          this.last = [nowMs];
          return super.pick(view, request, nowMs);
        }
      },
    ),
    'boxes a number per pick': each(
      class extends ReferenceStrategy {
        // Beside an object, so that the list holds references and cannot hold a double itself.
        readonly boxes: unknown[] = [0, {}];
        override pick(view: View, request: RequestTraits, nowMs: number): number {
          this.boxes[0] = nowMs + 0.5;
          return super.pick(view, request, nowMs);
        }
      },
    ),
    'makes a list while a target is left out': each(
      class extends ReferenceStrategy {
        last: number[] = [];
        override pick(view: View, request: RequestTraits, nowMs: number): number {
          if (this.slots.some((slot) => !view.admits(slot))) this.last = [nowMs];
          return super.pick(view, request, nowMs);
        }
      },
    ),
  },
};

describe('the strategy contract', () => {
  test('has a mutant for every clause', () => {
    expect(Object.keys(mutants).sort()).toEqual(strategyClauses.map(({ id }) => id).sort());
  });

  for (const { id, check } of strategyClauses) {
    for (const [name, create] of Object.entries(mutants[id] ?? {})) {
      test(`[${id}] catches a strategy that ${name}`, () => {
        expect(() => check(strategySubject({ create }))).toThrow();
      });
    }
  }
});

function each(
  Mutant: new () => ReferenceStrategy,
  says?: Partial<StrategyDefinition>,
): () => StrategyDefinition {
  return () => definitionOf(() => new Mutant(), says);
}

function always(): boolean {
  return true;
}

/** The view with another answer to `admits`. */
function admitting(view: View, admits: (slot: number) => boolean): View {
  const { inFlight, weights, estimates, trace, peek } = view;
  return {
    admits,
    isHealthy: (slot) => view.isHealthy(slot),
    quotaLeft: (slot) => view.quotaLeft(slot),
    inFlight,
    weights,
    estimates,
    trace,
    peek,
  };
}
